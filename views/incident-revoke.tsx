// /organizations/{id}/incident/revoke: what revoking all that remains would break, to be confirmed by typing the
// organization's name. Posts csrf, before and confirm to the same path.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Field } from './components/field.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { type Breakage, pathsOf, type ShownCredential } from './credential.ts';
import { Consequences } from './credential-breakage.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';
import { numberText } from './text/numbers.ts';

type Frame = {
  shell: Shell;
  organization: Organization;
  /** ISO 8601 */
  before: string;
};

type Props = Frame & {
  csrf: string;
  /** The newest of those that remain. */
  selected: readonly ShownCredential[];
  wouldBreak: readonly Breakage[];
  total: number;
  problem?: 'stale' | 'mistyped';
  now: Date;
};

export function RevokeRemainingPage(props: Props) {
  const { shell, csrf, organization, before, selected, wouldBreak, total, problem, now } = props;
  const { locale } = shell;
  const { credentials, common } = messagesFor(locale);
  const { all: text } = credentials.incident;
  const paths = pathsOf(organization.id);
  const count = numberText(total, locale);
  const back = (
    <ButtonLink href={paths.incidentOf(before)} look="secondary">
      {text.cancel}
    </ButtonLink>
  );
  return (
    <SettingsPage shell={shell} title={text.title(count)} current="credentials" organization={organization}>
      <Card heading={text.title(count)}>
        {problem === 'stale' && <Alert tone="notice">{common.stale}</Alert>}
        {selected.length === 0 ? (
          <>
            <p class="lead">{text.nothing}</p>
            <div class="actions row">{back}</div>
          </>
        ) : (
          <>
            {selected.length < total && <p class="hint">{text.partOf(numberText(selected.length, locale), count)}</p>}
            <Consequences
              organizationId={organization.id}
              selected={selected}
              wouldBreak={wouldBreak}
              now={now}
              locale={locale}
            />
            <PostForm action={paths.incidentRevoke} csrf={csrf} hidden={{ before }}>
              <Field
                label={text.confirm(inertText(organization.name, 100))}
                name="confirm"
                autocomplete="off"
                problem={problem === 'mistyped' ? text.mistyped : undefined}
                first={problem === 'mistyped'}
              />
              <div class="actions row">
                <Button look="danger">{credentials.revocation.submit(count)}</Button>
                {back}
              </div>
            </PostForm>
          </>
        )}
      </Card>
    </SettingsPage>
  );
}

type DoneProps = Frame & {
  revoked: number;
  remaining: number;
};

export function RemainingRevokedPage({ shell, organization, before, revoked, remaining }: DoneProps) {
  const { locale } = shell;
  const { credentials } = messagesFor(locale);
  const { revocation, incident } = credentials;
  return (
    <SettingsPage shell={shell} title={revocation.doneTitle} current="credentials" organization={organization}>
      <Card heading={revocation.doneTitle}>
        {revoked > 0 ? (
          <Alert tone="success">{revocation.done(numberText(revoked, locale))}</Alert>
        ) : (
          <Alert tone="notice">{revocation.doneNothing}</Alert>
        )}
        {remaining > 0 && <Alert tone="notice">{incident.all.remaining(numberText(remaining, locale))}</Alert>}
        <div class="actions row">
          <ButtonLink href={pathsOf(organization.id).incidentOf(before)}>{incident.all.cancel}</ButtonLink>
        </div>
      </Card>
    </SettingsPage>
  );
}
