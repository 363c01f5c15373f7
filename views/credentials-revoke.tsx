// /organizations/{id}/credentials/revoke: what revoking the selected ones would break, then what was done. Posts the ids,
// csrf and confirmed=yes to the same path.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { type Breakage, pathsOf, type ShownCredential } from './credential.ts';
import { Consequences, CredentialNames } from './credential-breakage.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { numberText } from './text/numbers.ts';

type Frame = {
  shell: Shell;
  organization: Organization;
  /** Of the incident that one came from, in ISO 8601; none: from the overview. */
  before?: string;
};

type Props = Frame & {
  csrf: string;
  selected: readonly ShownCredential[];
  wouldBreak: readonly Breakage[];
  notFound: readonly string[];
  /** The form was too old. */
  stale?: boolean;
  now: Date;
};

export function RevokeCredentialsPage(props: Props) {
  const { shell, csrf, organization, before, selected, wouldBreak, notFound, stale = false, now } = props;
  const { locale } = shell;
  const { credentials, common } = messagesFor(locale);
  const { revocation: text } = credentials;
  const count = numberText(selected.length, locale);
  const paths = pathsOf(organization.id);
  if (selected.length === 0) {
    return (
      <SettingsPage shell={shell} title={text.nothing} current="credentials" organization={organization}>
        <Card heading={text.nothing} lead={text.nothingHint}>
          <Back {...props} />
        </Card>
      </SettingsPage>
    );
  }
  const ids = Object.fromEntries(selected.map(({ id }) => [id, 'on']));
  return (
    <SettingsPage shell={shell} title={text.title(count)} current="credentials" organization={organization}>
      <Card heading={text.title(count)}>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        {notFound.length > 0 && <Alert tone="notice">{text.gone(numberText(notFound.length, locale))}</Alert>}
        <Consequences
          organizationId={organization.id}
          selected={selected}
          wouldBreak={wouldBreak}
          now={now}
          locale={locale}
        />
        <PostForm
          action={paths.revoke}
          csrf={csrf}
          hidden={{ ...ids, confirmed: 'yes', ...(before === undefined ? {} : { before }) }}
        >
          <div class="actions row">
            <Button look="danger">{text.submit(count)}</Button>
            <ButtonLink href={before === undefined ? paths.credentials : paths.incidentOf(before)} look="secondary">
              {common.cancel}
            </ButtonLink>
          </div>
        </PostForm>
      </Card>
    </SettingsPage>
  );
}

type DoneProps = Frame & {
  revoked: readonly ShownCredential[];
  notFound: readonly string[];
};

export function CredentialsRevokedPage({ revoked, notFound, ...frame }: DoneProps) {
  const { shell, organization } = frame;
  const { locale } = shell;
  const { revocation: text } = messagesFor(locale).credentials;
  return (
    <SettingsPage shell={shell} title={text.doneTitle} current="credentials" organization={organization}>
      <Card heading={text.doneTitle}>
        {revoked.length > 0 ? (
          <Alert tone="success">{text.done(numberText(revoked.length, locale))}</Alert>
        ) : (
          <Alert tone="notice">{text.doneNothing}</Alert>
        )}
        {revoked.length > 0 && notFound.length > 0 && (
          <Alert tone="notice">{text.gone(numberText(notFound.length, locale))}</Alert>
        )}
        <CredentialNames credentials={revoked} locale={locale} />
        <Back {...frame} />
      </Card>
    </SettingsPage>
  );
}

function Back({ shell, organization, before }: Frame) {
  const { revocation: text } = messagesFor(shell.locale).credentials;
  const paths = pathsOf(organization.id);
  return (
    <div class="actions row">
      <ButtonLink href={before === undefined ? paths.credentials : paths.incidentOf(before)} look="secondary">
        {before === undefined ? text.back : text.backToIncident}
      </ButtonLink>
    </div>
  );
}
