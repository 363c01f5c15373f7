// /api/users/me/sessions and /api/organizations/{orgId}/sessions. For people who signed in: no token may see or end
// sign-ins, or whoever found one could lock its owner out.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import { confirms, type Ending, type SignIn, type SignInsOf } from '../sign-ins/sign-ins.ts';
import type { ApiDependencies } from './dependencies.ts';
import { enterOrganization } from './organization-membership.ts';
import { CURSOR_RULE } from './paging.ts';
import { actorFor, FORBIDDEN, requireSession, requireSessionAndBody, type SessionPrincipal } from './principal.ts';
import { parseBody } from './schemas.ts';
import { organizationSessionsQuery, revokeOrganizationSessions, sessionsQuery } from './session-schemas.ts';

const MINE = '/api/users/me/sessions';
const THEIRS = '/api/organizations/:orgId/sessions';

export function mountSessions(router: Router, { accounts, resolver, signIns }: ApiDependencies): void {
  router.get(MINE, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const page = parseBody(sessionsQuery, { ...ctx.query });
    await answerList(ctx, { personId: principal.personId }, page, (one) => described(one, principal));
  });

  router.post(`${MINE}/revoke-others`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    answerEnding(ctx, await signIns.endOthers(endedBy(principal), actorFor(ctx, principal)));
  });

  router.post(`${MINE}/:id/revoke`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    await endOne(ctx, { personId: principal.personId }, principal);
  });

  router.get(THEIRS, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const organizationId = await enter(ctx, principal);
    const { user, ...page } = parseBody(organizationSessionsQuery, { ...ctx.query });
    await answerList(ctx, ofOrganization(organizationId, user), page, (one) => {
      const { personId: id, personName: name, email } = one;
      return { ...described(one, principal), user: { id, name, email } };
    });
  });

  router.post(`${THEIRS}/revoke-all`, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const organizationId = await enter(ctx, principal);
    const { userId, confirm } = parseBody(revokeOrganizationSessions, body);
    const organizations = await accounts.memberships(principal.personId);
    const organization = organizations.find(({ id }) => id === organizationId);
    if (userId === undefined && !confirms(organization, confirm)) {
      throw new HttpError(
        400,
        "confirm must be the organization's name or id: without userId, every sign-in that acts for it is ended",
      );
    }
    const of = ofOrganization(organizationId, userId);
    answerEnding(ctx, await signIns.endAll(of, endedBy(principal), actorFor(ctx, principal)));
  });

  router.post(`${THEIRS}/:id/revoke`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    await endOne(ctx, { organizationId: await enter(ctx, principal) }, principal);
  });

  async function enter(ctx: Context, principal: SessionPrincipal): Promise<string> {
    return await enterOrganization(ctx, accounts, principal, 'admin');
  }

  async function answerList(
    ctx: Context,
    of: SignInsOf,
    query: { readonly cursor?: string | undefined; readonly limit: number },
    describe: (one: SignIn) => object,
  ): Promise<void> {
    const page = await signIns.list(of, query);
    if (page === undefined) throw new HttpError(400, CURSOR_RULE);
    ctx.body = { sessions: page.signIns.map(describe), count: page.count, nextCursor: page.nextCursor };
  }

  async function endOne(ctx: Context, of: SignInsOf, principal: SessionPrincipal): Promise<void> {
    const outcome = await signIns.end(of, parameter(ctx, 'id'), endedBy(principal), actorFor(ctx, principal));
    if (outcome === 'forbidden') throw new HttpError(403, FORBIDDEN);
    if (outcome === 'unknown') throw new HttpError(404, 'Session not found');
    ctx.body = { success: true };
  }
}

function ofOrganization(organizationId: string, personId: string | undefined) {
  return personId === undefined ? { organizationId } : { organizationId, personId };
}

function endedBy({ personId, session }: SessionPrincipal) {
  return { personId, sessionId: session.id };
}

function answerEnding(ctx: Context, ending: Ending): void {
  if (ending.outcome === 'forbidden') throw new HttpError(403, FORBIDDEN);
  ctx.body = { success: true, ended: ending.count };
}

function described(one: SignIn, { session }: SessionPrincipal) {
  const { id, kind, client, organizationId, deviceName: device, deviceSystem: system, address, userAgent } = one;
  const { createdAt, lastUsedAt, lastUsedAddress, expiresAt } = one;
  const times = { createdAt, lastUsedAt, lastUsedAddress, expiresAt };
  return { id, kind, client, organizationId, device, system, address, userAgent, ...times, current: id === session.id };
}
