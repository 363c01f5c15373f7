// /organizations/{id}/members: who belongs here, what acts in their names, and who is asked to join. The acts are pages of
// their own.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { InvitationTable, type ShownInvitation } from './components/invitation-table.tsx';
import { MemberTable, type ShownMember } from './components/member-table.tsx';
import { OrganizationChoice } from './components/organization-choice.tsx';
import type { Shell } from './components/page.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';

export type MemberNotice = keyof Messages['members']['notices'];

type Props = {
  shell: Shell;
  organization: Organization;
  /** All of the visitor's. */
  organizations: readonly Organization[];
  members: readonly ShownMember[];
  /** For admins. */
  invitations: readonly ShownInvitation[];
  /** What the last form came to. */
  notice?: MemberNotice;
  now: Date;
};

export function MembersPage({ shell, organization, organizations, members, invitations, notice, now }: Props) {
  const { members: text, invitations: invitationText, tokens } = messagesFor(shell.locale);
  const path = `/organizations/${organization.id}`;
  const isAdmin = organization.role === 'admin';
  return (
    <SettingsPage shell={shell} title={text.title} current="members" organization={organization}>
      <section class="card">
        <div class="toolbar">
          <div>
            <h1>{text.title}</h1>
            {organizations.length === 1 && <bdi class="soft">{inertText(organization.name, 100)}</bdi>}
          </div>
          {isAdmin && <ButtonLink href={`${path}/invitations/new`}>{text.invite}</ButtonLink>}
        </div>
        {notice !== undefined && <Alert tone="success">{text.notices[notice]}</Alert>}
        {organizations.length > 1 && (
          <form class="switch" method="get" action="/organization/members">
            <OrganizationChoice organizations={organizations} selectedId={organization.id} locale={shell.locale} />
            <Button look="secondary">{tokens.show}</Button>
          </form>
        )}
        <p class="hint">{isAdmin ? text.lead : text.viewersNote}</p>
        <MemberTable path={path} members={members} isAdmin={isAdmin} now={now} locale={shell.locale} />
        {invitations.length > 0 && (
          <>
            <h2 class="section-title">{invitationText.pending}</h2>
            <InvitationTable path={path} invitations={invitations} now={now} locale={shell.locale} />
          </>
        )}
      </section>
    </SettingsPage>
  );
}
