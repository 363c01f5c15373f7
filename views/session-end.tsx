// Before sign-ins are ended: which, and what that does. …/{id}/end posts csrf; …/end-others too; …/end-all also `user`, or
// `confirm`, the typed name of the organization. And why nothing was ended.
import type { ComponentChildren } from 'preact';
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Fact } from './components/fact.tsx';
import { Field } from './components/field.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { ErrorPage } from './error.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { Person, SessionFacts } from './session-table.tsx';
import type { SessionArea, ShownSession } from './sessions.ts';
import { inertText } from './text/inert-text.ts';

type Props = {
  shell: Shell;
  csrf: string;
  area: SessionArea;
  /** For the frame: the one whose sign-ins they are, or the visitor's first. */
  organization: Organization | undefined;
  /** The form was too old. */
  stale?: boolean;
};

export function EndSessionPage(props: Props & { session: ShownSession; now: Date }) {
  const { shell, csrf, area, session, now } = props;
  const { sessions: text } = messagesFor(shell.locale);
  return (
    <Frame {...props} title={text.endOne.title}>
      <SessionFacts session={session} now={now} locale={shell.locale} />
      <Alert tone="warning">{session.current ? text.endOne.current : text.endOne[session.kind]}</Alert>
      <PostForm action={`${area.path}/${session.id}/end`} csrf={csrf}>
        <Actions {...props} submit={session.current ? text.signOutHere : text.endOne.submit} />
      </PostForm>
    </Frame>
  );
}

/** Settings → Sessions → Sign out everywhere else. */
export function EndOthersPage(props: Props & { count: number }) {
  const { shell, csrf, area, count } = props;
  const { sessions: text } = messagesFor(shell.locale);
  return (
    <Frame {...props} title={text.endMany.othersTitle}>
      <dl class="facts">
        <Fact term={text.endMany.others}>{new Intl.NumberFormat(shell.locale).format(count)}</Fact>
      </dl>
      <Alert tone="warning">{text.endMany.othersWarning}</Alert>
      <PostForm action={`${area.path}/end-others`} csrf={csrf}>
        <Actions {...props} submit={text.endOthers} />
      </PostForm>
    </Frame>
  );
}

type EndAllProps = Props & {
  organization: Organization;
  count: number;
  /** Whose; none: everyone's, and the name of the organization has to be typed. */
  person?: { id: string; name: string; email: string };
  /** What was typed, where it was not the name. */
  wrong?: string;
};

export function EndAllPage(props: EndAllProps) {
  const { shell, csrf, area, organization, count, person, wrong } = props;
  const { sessions: text, common } = messagesFor(shell.locale);
  const many = text.endMany;
  return (
    <Frame {...props} title={person === undefined ? many.allTitle : many.personTitle}>
      {wrong !== undefined && <Alert tone="problem">{many.confirmWrong}</Alert>}
      <dl class="facts">
        <Fact term={common.organization}>
          <bdi class="strong">{inertText(organization.name, 100)}</bdi>
        </Fact>
        {person !== undefined && (
          <Fact term={text.person}>
            <Person person={person} />
          </Fact>
        )}
        <Fact term={many.number}>{new Intl.NumberFormat(shell.locale).format(count)}</Fact>
      </dl>
      <Alert tone="warning">{person === undefined ? many.allWarning : many.personWarning}</Alert>
      <PostForm
        action={`${area.path}/end-all`}
        csrf={csrf}
        {...(person === undefined ? {} : { hidden: { user: person.id } })}
      >
        {person === undefined && (
          <Field
            label={many.confirm}
            name="confirm"
            value={wrong ?? ''}
            autocomplete="off"
            hint={many.confirmHint(inertText(organization.name, 100))}
            problem={wrong === undefined ? undefined : many.confirmWrong}
            first
          />
        )}
        <Actions {...props} submit={many.submit} />
      </PostForm>
    </Frame>
  );
}

type FrameProps = Props & { title: string; children: ComponentChildren };

function Frame({ shell, area, organization, stale = false, title, children }: FrameProps) {
  const { common } = messagesFor(shell.locale);
  const current = area.organization === undefined ? 'sessions' : 'organizationSessions';
  return (
    <SettingsPage shell={shell} title={title} current={current} organization={organization}>
      <Card heading={title}>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        {children}
      </Card>
    </SettingsPage>
  );
}

function Actions({ shell, area, submit }: Props & { submit: string }) {
  const { common } = messagesFor(shell.locale);
  return (
    <div class="actions row">
      <Button look="danger">{submit}</Button>
      <ButtonLink href={area.path} look="secondary">
        {common.cancel}
      </ButtonLink>
    </div>
  );
}

export const SESSION_REFUSAL_STATUS = { gone: 404, forbidden: 403 } as const;

type RefusalProps = {
  shell: Shell;
  area: SessionArea;
  why: keyof typeof SESSION_REFUSAL_STATUS;
  requestId: string;
};

export function SessionRefusalPage({ shell, area, why, requestId }: RefusalProps) {
  const { sessions: text } = messagesFor(shell.locale);
  return (
    <ErrorPage
      shell={shell}
      status={SESSION_REFUSAL_STATUS[why]}
      {...text.refusals[why]}
      requestId={requestId}
      back={{ href: area.path, label: text.backToList }}
    />
  );
}
