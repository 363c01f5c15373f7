// /organizations/{id}/invitations: the form of a new one (posts email, role and csrf to …/new), and the pages that send
// one again or withdraw it (post csrf to their own path).
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Fact } from './components/fact.tsx';
import { Field } from './components/field.tsx';
import type { ShownInvitation } from './components/invitation-table.tsx';
import { OnDate } from './components/moment.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { RoleChoice } from './components/role-choice.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { ErrorPage } from './error.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';
import { inTime } from './text/relative-time.ts';

export type InviteProblem = 'emailMalformed' | 'already_member' | 'already_invited';

/** Why nothing was sent, whatever was typed. */
export type SendingNotice = 'stale' | 'no_mail' | { retryAfterSeconds: number };

type FormProps = {
  shell: Shell;
  csrf: string;
  organization: Organization;
  /** As it was typed. */
  typed: { email: string; role: string };
  problem?: InviteProblem;
  roleRefused?: boolean;
  notice?: SendingNotice;
};

export function InvitePage({ shell, csrf, organization, typed, problem, roleRefused = false, notice }: FormProps) {
  const { invitations, common } = messagesFor(shell.locale);
  const { form: text } = invitations;
  return (
    <SettingsPage shell={shell} title={text.title} current="members" organization={organization}>
      <Card heading={text.title} lead={<bdi>{text.lead(inertText(organization.name, 100))}</bdi>}>
        {notice !== undefined && <Alert tone="notice">{noticeText(notice, shell)}</Alert>}
        {(problem !== undefined || roleRefused) && <Alert tone="problem">{text.problem}</Alert>}
        <PostForm action={`/organizations/${organization.id}/invitations/new`} csrf={csrf}>
          <Field
            label={common.email}
            name="email"
            kind="email"
            value={typed.email}
            autocomplete="off"
            hint={text.emailHint}
            problem={problem && text[problem]}
            first={!roleRefused}
          />
          <RoleChoice locale={shell.locale} chosen={typed.role} refused={roleRefused} first={roleRefused} />
          <div class="actions row">
            <Button>{text.submit}</Button>
            <ButtonLink href={`/organizations/${organization.id}/members`} look="secondary">
              {common.cancel}
            </ButtonLink>
          </div>
        </PostForm>
      </Card>
    </SettingsPage>
  );
}

type ActProps = {
  shell: Shell;
  csrf: string;
  organization: Organization;
  invitation: ShownInvitation;
  act: 'resend' | 'revoke';
  notice?: SendingNotice | 'already_member';
};

export function InvitationActPage({ shell, csrf, organization, invitation, act, notice }: ActProps) {
  const { invitations, common } = messagesFor(shell.locale);
  const text = act === 'resend' ? invitations.resendPage : invitations.withdrawPage;
  const list = `/organizations/${organization.id}/members`;
  return (
    <SettingsPage shell={shell} title={text.title} current="members" organization={organization}>
      <Card heading={text.title}>
        {notice !== undefined && <Alert tone="notice">{noticeText(notice, shell)}</Alert>}
        <dl class="facts">
          <Fact term={common.email}>
            <bdi class="strong">{inertText(invitation.email, 260)}</bdi>
          </Fact>
          <Fact term={common.organization}>
            <bdi>{inertText(organization.name, 100)}</bdi> <span class="pill">{common.roles[invitation.role]}</span>
          </Fact>
          <Fact term={invitations.columns.sent}>
            <OnDate at={invitation.createdAt} locale={shell.locale} />
          </Fact>
        </dl>
        <Alert tone="warning">{text.warning}</Alert>
        <PostForm action={`/organizations/${organization.id}/invitations/${invitation.id}/${act}`} csrf={csrf}>
          <div class="actions row">
            <Button look={act === 'resend' ? 'primary' : 'danger'}>{text.submit}</Button>
            <ButtonLink href={list} look="secondary">
              {common.cancel}
            </ButtonLink>
          </div>
        </PostForm>
      </Card>
    </SettingsPage>
  );
}

function noticeText(notice: SendingNotice | 'already_member', { locale }: Shell): string {
  const { common, invitations } = messagesFor(locale);
  if (notice === 'stale') return common.stale;
  return typeof notice === 'string'
    ? invitations.form[notice]
    : invitations.form.limited(inTime(notice.retryAfterSeconds, locale));
}

/** It was answered or withdrawn meanwhile. */
export function InvitationGonePage(props: { shell: Shell; organization: Organization; requestId: string }) {
  const { invitations, members } = messagesFor(props.shell.locale);
  return (
    <ErrorPage
      shell={props.shell}
      status={404}
      {...invitations.gone}
      requestId={props.requestId}
      back={{ href: `/organizations/${props.organization.id}/members`, label: members.backToList }}
    />
  );
}
