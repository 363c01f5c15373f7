// /organizations/{orgId}/invitations: sending, sending again and withdrawing, for admins. The list is on the members' page.
import type Router from '@koa/router';
import type { Context } from 'koa';
import {
  InvitationActPage,
  InvitationGonePage,
  InvitePage,
  type InviteProblem,
  type SendingNotice,
} from '../../views/invitation-send.tsx';
import { MEMBER_REFUSAL_STATUS, MemberRefusalPage } from '../../views/member-act.tsx';
import { normalizeEmail } from '../accounts/account.ts';
import { readForm } from '../http/body.ts';
import { parameter } from '../http/parameter.ts';
import { actorOf } from '../http/request-context.ts';
import { ROLES } from '../oauth/roles.ts';
import type { MemberPageDependencies } from './member-routes.tsx';
import { goOnWith } from './notice.ts';
import { makerOf, type OrganizationVisit, visitAsAdmin } from './organization-area.tsx';

const PATH = '/organizations/:orgId/invitations';
const USUAL_ROLE = 'member';

export function mountInvitationPages(router: Router, dependencies: MemberPageDependencies): void {
  const { accounts, cookies, guard, invitations, pages } = dependencies;

  router.get(`${PATH}/new`, async (ctx) => {
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit !== undefined) showForm(ctx, visit, { email: '', role: USUAL_ROLE });
  });

  router.post(`${PATH}/new`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit === undefined) return;
    const typed = { email: (form['email'] ?? '').slice(0, 320), role: form['role'] ?? '' };
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return showForm(ctx, visit, typed, { notice: 'stale' }, 403);
    const email = normalizeEmail(typed.email);
    const role = ROLES.find((each) => each === typed.role);
    if (email === undefined || role === undefined) {
      const problem = email === undefined ? { problem: 'emailMalformed' as const } : {};
      return showForm(ctx, visit, typed, { ...problem, roleRefused: role === undefined }, 422);
    }
    const result = await invitations.send(visit.organization.id, { email, role }, makerOf(visit), visit.actor);
    switch (result.outcome) {
      case 'sent':
        return goOnWith(ctx, cookies, listOf(visit), 'invited');
      case 'forbidden':
        return refuse(ctx, visit);
      case 'already_member':
      case 'already_invited':
        return showForm(ctx, visit, typed, { problem: result.outcome }, 409);
      case 'no_mail':
        return showForm(ctx, visit, typed, { notice: 'no_mail' }, 409);
      case 'limited':
        return showForm(ctx, visit, typed, { notice: limited(ctx, result.retryAfterSeconds) }, 429);
    }
  });

  for (const act of ['resend', 'revoke'] as const) {
    router.get(`${PATH}/:id/${act}`, async (ctx) => {
      const visit = await visitAsAdmin(ctx, accounts, pages);
      if (visit !== undefined) await showAct(ctx, visit, act);
    });
  }

  router.post(`${PATH}/:id/resend`, async (ctx) => {
    const visit = await enterAct(ctx, 'resend');
    if (visit === undefined) return;
    const id = parameter(ctx, 'id');
    const result = await invitations.resend(visit.organization.id, id, makerOf(visit), visit.actor);
    switch (result.outcome) {
      case 'sent':
        return goOnWith(ctx, cookies, listOf(visit), 'resent');
      case 'forbidden':
        return refuse(ctx, visit);
      case 'unknown':
        return showGone(ctx, visit);
      case 'already_member':
      case 'no_mail':
        return await showAct(ctx, visit, 'resend', result.outcome, 409);
      case 'limited':
        return await showAct(ctx, visit, 'resend', limited(ctx, result.retryAfterSeconds), 429);
    }
  });

  router.post(`${PATH}/:id/revoke`, async (ctx) => {
    const visit = await enterAct(ctx, 'revoke');
    if (visit === undefined) return;
    const id = parameter(ctx, 'id');
    switch (await invitations.revoke(visit.organization.id, id, makerOf(visit), visit.actor)) {
      case 'revoked':
        return goOnWith(ctx, cookies, listOf(visit), 'withdrawn');
      case 'unknown':
        return showGone(ctx, visit);
      case 'forbidden':
        return refuse(ctx, visit);
    }
  });

  /** An admin's visit by a form that is fresh. Undefined: something else was shown. */
  async function enterAct(ctx: Context, act: 'resend' | 'revoke'): Promise<OrganizationVisit | undefined> {
    const form = await readForm(ctx);
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit === undefined || guard.accepts(ctx, visit.session, form['csrf'])) return visit;
    await showAct(ctx, visit, act, 'stale', 403);
    return undefined;
  }

  function showForm(
    ctx: Context,
    { shell, csrf, organization }: OrganizationVisit,
    typed: { email: string; role: string },
    said: { problem?: InviteProblem; roleRefused?: boolean; notice?: SendingNotice } = {},
    status = 200,
  ): void {
    pages.show(ctx, <InvitePage {...{ shell, csrf, organization, typed }} {...said} />, status);
  }

  async function showAct(
    ctx: Context,
    visit: OrganizationVisit,
    act: 'resend' | 'revoke',
    notice?: SendingNotice | 'already_member',
    status = 200,
  ): Promise<void> {
    const { shell, csrf, organization } = visit;
    const invitation = await invitations.find(organization.id, parameter(ctx, 'id'));
    if (invitation === undefined) return showGone(ctx, visit);
    const page = { shell, csrf, organization, invitation, act };
    pages.show(ctx, <InvitationActPage {...page} {...(notice === undefined ? {} : { notice })} />, status);
  }

  function showGone(ctx: Context, { shell, organization }: OrganizationVisit): void {
    const { requestId } = actorOf(ctx);
    pages.show(ctx, <InvitationGonePage shell={shell} organization={organization} requestId={requestId} />, 404);
  }

  function refuse(ctx: Context, { shell, organization }: OrganizationVisit): void {
    const page = { shell, organization, requestId: actorOf(ctx).requestId };
    pages.show(ctx, <MemberRefusalPage {...page} why="forbidden" />, MEMBER_REFUSAL_STATUS.forbidden);
  }
}

function limited(ctx: Context, retryAfterSeconds: number): { retryAfterSeconds: number } {
  ctx.set('retry-after', String(retryAfterSeconds));
  return { retryAfterSeconds };
}

function listOf({ organization }: OrganizationVisit): string {
  return `/organizations/${organization.id}/members`;
}
