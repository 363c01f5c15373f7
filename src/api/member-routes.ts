// /api/organizations/{orgId}/members: an organization's people. All of them may see who else is there; admins see how
// they sign in and what acts in their names, change roles and remove; anybody may leave.
import type Router from '@koa/router';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import type { Member } from '../members/member.ts';
import type { ApiDependencies } from './dependencies.ts';
import { changeRole } from './member-schemas.ts';
import { enterOrganization } from './organization-membership.ts';
import { actorFor, FORBIDDEN, makerOf, requireSession, requireSessionAndBody } from './principal.ts';
import { parseBody } from './schemas.ts';

const PATH = '/api/organizations/:orgId/members';

const LAST_ADMIN = 'The last admin of an organization must stay one: make somebody else an admin first';

export function mountMembers(router: Router, { accounts, members, resolver }: ApiDependencies): void {
  router.get(PATH, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'viewer');
    const list = await members.list(organizationId);
    const own = list.find(({ id }) => id === principal.personId);
    const describe = own?.role === 'admin' ? described : named;
    ctx.body = { members: list.map(describe), count: list.length };
  });

  router.post(`${PATH}/:userId/role`, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const { role } = parseBody(changeRole, body);
    const id = parameter(ctx, 'userId');
    const { outcome } = await members.changeRole(
      organizationId,
      id,
      role,
      makerOf(principal),
      actorFor(ctx, principal),
    );
    if (outcome !== 'changed') throw refusal(outcome);
    ctx.body = { id, role };
  });

  router.post(`${PATH}/:userId/remove`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const id = parameter(ctx, 'userId');
    const least = id === principal.personId ? 'viewer' : 'admin';
    const organizationId = await enterOrganization(ctx, accounts, principal, least);
    const result = await members.remove(organizationId, id, makerOf(principal), actorFor(ctx, principal));
    if (result.outcome !== 'removed') throw refusal(result.outcome);
    ctx.body = { success: true, ...result.ended };
  });

  router.post(`${PATH}/:userId/revoke-all`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const id = parameter(ctx, 'userId');
    const result = await members.revokeAll(organizationId, id, makerOf(principal), actorFor(ctx, principal));
    if (result.outcome !== 'revoked') throw refusal(result.outcome);
    ctx.body = { success: true, sessions: result.sessions, tokens: result.tokens };
  });
}

function refusal(outcome: 'unknown' | 'forbidden' | 'last_admin'): HttpError {
  if (outcome === 'unknown') return new HttpError(404, 'Member not found');
  return outcome === 'forbidden' ? new HttpError(403, FORBIDDEN) : new HttpError(409, LAST_ADMIN);
}

function named({ id, name, email, role, joinedAt }: Member) {
  return { id, name, email, role, joinedAt };
}

function described(member: Member) {
  const { lastSignInAt, hasPassword, sessions, tokens, disabled } = member;
  return {
    ...named(member),
    lastSignInAt,
    signInMethods: hasPassword ? ['password'] : [],
    sessions,
    tokens,
    disabled,
  };
}
