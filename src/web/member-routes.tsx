// /organizations/{orgId}/members: an organization's people. All of them see who is there and may leave; admins change
// roles, revoke access and remove.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { VNode } from 'preact';
import type { ShownMember } from '../../views/components/member-table.tsx';
import {
  type AffectedMember,
  MEMBER_REFUSAL_STATUS,
  type MemberRefusal,
  MemberRefusalPage,
  MemberRemovePage,
  MemberRevokePage,
  MemberRolePage,
} from '../../views/member-act.tsx';
import { type MemberNotice, MembersPage } from '../../views/members.tsx';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../clock.ts';
import { readForm } from '../http/body.ts';
import { parameter } from '../http/parameter.ts';
import { actorOf } from '../http/request-context.ts';
import type { Invitations } from '../members/invitations.ts';
import type { Member } from '../members/member.ts';
import type { Members } from '../members/members.ts';
import { ROLES } from '../oauth/roles.ts';
import type { Cookies } from './cookies.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { goOnWith, takeNotice } from './notice.ts';
import { makerOf, type OrganizationVisit, visitAsAdmin, visitOrganization } from './organization-area.tsx';
import type { Pages } from './pages.ts';
import { redirect } from './sign-in-routes.tsx';

export interface MemberPageDependencies {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly cookies: Cookies;
  readonly guard: ForgeryGuard;
  readonly invitations: Invitations;
  readonly members: Members;
  readonly pages: Pages;
}

const NOTICES: readonly MemberNotice[] = [
  'roleChanged',
  'removed',
  'revoked',
  'invited',
  'resent',
  'withdrawn',
  'joined',
];

const PATH = '/organizations/:orgId/members';

export function mountMemberPages(router: Router, dependencies: MemberPageDependencies): void {
  const { accounts, clock, cookies, guard, invitations, members, pages } = dependencies;

  router.get(PATH, async (ctx) => {
    const visit = await visitOrganization(ctx, accounts, pages);
    if (visit === undefined) return;
    const { shell, organization, organizations, session } = visit;
    const isAdmin = organization.role === 'admin';
    const [list, pending] = await Promise.all([
      members.list(organization.id),
      isAdmin ? invitations.list(organization.id) : [],
    ]);
    const notice = takeNotice(ctx, cookies, NOTICES);
    pages.show(
      ctx,
      <MembersPage
        shell={shell}
        organization={organization}
        organizations={organizations}
        members={list.map((member) => shown(member, session.personId, isAdmin))}
        invitations={pending}
        {...(notice === undefined ? {} : { notice })}
        now={clock.now()}
      />,
    );
  });

  mountAct('role', asAdmin, MemberRolePage, async (ctx, visit, member, form) => {
    const role = ROLES.find((each) => each === form['role']);
    if (role === undefined) {
      const page = <MemberRolePage {...frame(visit, member)} refused={form['role'] ?? ''} />;
      return pages.show(ctx, page, 422);
    }
    const by = makerOf(visit);
    const { outcome } = await members.changeRole(visit.organization.id, member.id, role, by, visit.actor);
    if (outcome === 'changed') goOnWith(ctx, cookies, listOf(visit), 'roleChanged');
    else refuse(ctx, visit, outcome);
  });

  mountAct('remove', asAdminOrSelf, MemberRemovePage, async (ctx, visit, member) => {
    const { outcome } = await members.remove(visit.organization.id, member.id, makerOf(visit), visit.actor);
    if (outcome !== 'removed') refuse(ctx, visit, outcome);
    else if (member.isSelf) redirect(ctx, '/');
    else goOnWith(ctx, cookies, listOf(visit), 'removed');
  });

  mountAct('revoke-all', asAdmin, MemberRevokePage, async (ctx, visit, member) => {
    const { outcome } = await members.revokeAll(visit.organization.id, member.id, makerOf(visit), visit.actor);
    if (outcome === 'revoked') goOnWith(ctx, cookies, listOf(visit), 'revoked');
    else refuse(ctx, visit, outcome);
  });

  /** A page that says what an act comes to, and the act. */
  function mountAct(
    act: string,
    enter: (ctx: Context) => Promise<OrganizationVisit | undefined>,
    ActPage: (props: ReturnType<typeof frame> & { stale?: boolean }) => VNode,
    carryOut: (
      ctx: Context,
      visit: OrganizationVisit,
      member: AffectedMember,
      form: Readonly<Record<string, string>>,
    ) => Promise<void>,
  ): void {
    router.get(`${PATH}/:userId/${act}`, async (ctx) => {
      const visit = await enter(ctx);
      const member = visit && (await affected(ctx, visit));
      if (visit !== undefined && member !== undefined) pages.show(ctx, <ActPage {...frame(visit, member)} />);
    });

    router.post(`${PATH}/:userId/${act}`, async (ctx) => {
      const form = await readForm(ctx);
      const visit = await enter(ctx);
      const member = visit && (await affected(ctx, visit));
      if (visit === undefined || member === undefined) return;
      if (!guard.accepts(ctx, visit.session, form['csrf']))
        return pages.show(ctx, <ActPage {...frame(visit, member)} stale />, 403);
      await carryOut(ctx, visit, member, form);
    });
  }

  function asAdmin(ctx: Context): Promise<OrganizationVisit | undefined> {
    return visitAsAdmin(ctx, accounts, pages);
  }

  async function asAdminOrSelf(ctx: Context): Promise<OrganizationVisit | undefined> {
    const visit = await visitOrganization(ctx, accounts, pages);
    return visit?.session.personId === parameter(ctx, 'userId') ? visit : await asAdmin(ctx);
  }

  /** The member of the path. Undefined: a refusal was shown. */
  async function affected(ctx: Context, visit: OrganizationVisit): Promise<AffectedMember | undefined> {
    const member = await members.find(visit.organization.id, parameter(ctx, 'userId'));
    if (member !== undefined) return { ...member, isSelf: member.id === visit.session.personId };
    refuse(ctx, visit, 'unknown');
    return undefined;
  }

  function refuse(ctx: Context, { shell, organization }: OrganizationVisit, why: MemberRefusal): void {
    const { requestId } = actorOf(ctx);
    const page = <MemberRefusalPage shell={shell} organization={organization} why={why} requestId={requestId} />;
    pages.show(ctx, page, MEMBER_REFUSAL_STATUS[why]);
  }
}

function frame({ shell, csrf, organization }: OrganizationVisit, member: AffectedMember) {
  return { shell, csrf, organization, member };
}

function listOf({ organization }: OrganizationVisit): string {
  return `/organizations/${organization.id}/members`;
}

function shown(member: Member, visitorId: string, isAdmin: boolean): ShownMember {
  const { id, name, email, role, joinedAt, lastSignInAt, hasPassword, disabled, sessions, tokens } = member;
  const access = { lastSignInAt, hasPassword, disabled, sessions, tokens };
  return { id, name, email, role, joinedAt, isSelf: id === visitorId, ...(isAdmin ? { access } : {}) };
}
