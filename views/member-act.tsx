// …/members/{userId}/role, /remove and /revoke-all: each names the member and what it comes to, and posts csrf (and role)
// to the same path. Leaving is a removal of oneself.
import type { ComponentChildren } from 'preact';
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink, type Look } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Fact } from './components/fact.tsx';
import { AccessList, type ShownMember } from './components/member-table.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { RoleChoice } from './components/role-choice.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { ErrorPage } from './error.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';

export type AffectedMember = Pick<ShownMember, 'id' | 'name' | 'email' | 'role' | 'isSelf'> & {
  /** Those that act for the organization. */
  sessions: number;
  tokens: number;
  /** Which they sent, and which wait. */
  invitations: number;
  /** Which they made. */
  organizationTokens: number;
};

type Props = {
  shell: Shell;
  csrf: string;
  organization: Organization;
  member: AffectedMember;
  /** The form was too old. */
  stale?: boolean;
};

/** `refused` is a role that was sent and isn't one. */
export function MemberRolePage(props: Props & { refused?: string }) {
  const { shell, member, refused } = props;
  const { roleForm: text } = messagesFor(shell.locale).members;
  return (
    <Frame {...props} title={text.title}>
      <dl class="facts">
        <Person {...props} />
      </dl>
      <Form {...props} act="role" submit={text.submit} look="primary">
        <RoleChoice
          locale={shell.locale}
          chosen={refused ?? member.role}
          refused={refused !== undefined}
          first={refused !== undefined}
        />
        <p class="hint">{text.effect}</p>
        {member.role === 'admin' && member.invitations > 0 && (
          <p class="hint">{text.invitations(member.invitations)}</p>
        )}
      </Form>
    </Frame>
  );
}

export function MemberRemovePage(props: Props) {
  const { shell, member } = props;
  const { removal: text } = messagesFor(shell.locale).members;
  const [title, warning, submit] = member.isSelf
    ? [text.leaveTitle, text.leaveWarning, text.leaveSubmit]
    : [text.title, text.warning, text.submit];
  return (
    <Frame {...props} title={title}>
      <dl class="facts">
        <Person {...props} />
        <Fact term={text.ends}>
          <span class="line">{text.membership}</span>
          {(member.sessions > 0 || member.tokens > 0) && <AccessList access={member} locale={shell.locale} />}
          {member.invitations > 0 && <span class="line">{text.invitations(member.invitations)}</span>}
        </Fact>
        <Fact term={text.stays}>
          <span class="line">{text.account}</span>
          {member.organizationTokens > 0 && (
            <span class="line">{text.organizationTokens(member.organizationTokens)}</span>
          )}
        </Fact>
      </dl>
      <Alert tone="warning">{warning}</Alert>
      <Form {...props} act="remove" submit={submit} look="danger" />
    </Frame>
  );
}

export function MemberRevokePage(props: Props) {
  const { shell, member } = props;
  const { revocation: text, removal } = messagesFor(shell.locale).members;
  return (
    <Frame {...props} title={text.title} lead={text.lead}>
      <dl class="facts">
        <Person {...props} />
        <Fact term={removal.ends}>
          <AccessList access={member} locale={shell.locale} />
        </Fact>
      </dl>
      <Alert tone="warning">{text.warning}</Alert>
      <Form {...props} act="revoke-all" submit={text.submit} look="danger" />
    </Frame>
  );
}

function Frame(props: Props & { title: string; lead?: string; children: ComponentChildren }) {
  const { shell, organization, title, lead, stale = false, children } = props;
  const { common } = messagesFor(shell.locale);
  return (
    <SettingsPage shell={shell} title={title} current="members" organization={organization}>
      <Card heading={title} lead={lead}>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        {children}
      </Card>
    </SettingsPage>
  );
}

function Person({ shell, organization, member }: Props) {
  const { members: text, common } = messagesFor(shell.locale);
  return (
    <>
      <Fact term={text.columns.name}>
        <bdi class="strong">{inertText(member.name, 100)}</bdi>
        <bdi class="detail">{inertText(member.email, 260)}</bdi>
      </Fact>
      <Fact term={common.organization}>
        <bdi>{inertText(organization.name, 100)}</bdi> <span class="pill">{common.roles[member.role]}</span>
      </Fact>
    </>
  );
}

type Act = 'role' | 'remove' | 'revoke-all';

function Form(props: Props & { act: Act; submit: string; look: Look; children?: ComponentChildren }) {
  const { shell, csrf, organization, member, act, submit, look, children } = props;
  const list = `/organizations/${organization.id}/members`;
  return (
    <PostForm action={`${list}/${member.id}/${act}`} csrf={csrf}>
      {children}
      <div class="actions row">
        <Button look={look}>{submit}</Button>
        <ButtonLink href={list} look="secondary">
          {messagesFor(shell.locale).common.cancel}
        </ButtonLink>
      </div>
    </PostForm>
  );
}

export type MemberRefusal = keyof Messages['members']['refusals'];

export const MEMBER_REFUSAL_STATUS: Record<MemberRefusal, number> = { unknown: 404, forbidden: 403, last_admin: 409 };

/** Why nothing was done, on a page that leads back to the list. */
export function MemberRefusalPage(props: {
  shell: Shell;
  organization: Organization;
  why: MemberRefusal;
  requestId: string;
}) {
  const { shell, organization, why, requestId } = props;
  const { members: text } = messagesFor(shell.locale);
  return (
    <ErrorPage
      shell={shell}
      status={MEMBER_REFUSAL_STATUS[why]}
      {...text.refusals[why]}
      requestId={requestId}
      back={{ href: `/organizations/${organization.id}/members`, label: text.backToList }}
    />
  );
}
