// /api/organizations/{orgId}/tokens: an organization's tokens, in the shapes of the published documents.
// Members and admins create and revoke, viewers list; only people who signed in, never another token.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import type { Role } from '../oauth/roles.ts';
import { unknownScope } from '../tokens/token-policy.ts';
import type { ApiDependencies } from './dependencies.ts';
import { enterOrganization } from './organization-membership.ts';
import { actorFor, makerOf, requireSession, requireSessionAndBody, type SessionPrincipal } from './principal.ts';
import { createOrganizationToken, parseBody, rotateToken } from './schemas.ts';
import { answerIssued, answerList, answerRevoked } from './token-answers.ts';

const PATH = '/api/organizations/:orgId/tokens';

export function mountOrganizationTokens(
  router: Router,
  { accounts, resolver, tokenPolicy, tokens }: ApiDependencies,
): void {
  router.get(PATH, async (ctx) => {
    const owner = await enter(ctx, await requireSession(ctx, resolver), 'viewer');
    answerList(ctx, await tokens.list(owner));
  });

  router.post(PATH, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const owner = await enter(ctx, principal, 'member');
    const { name, scopes, expiresInDays } = parseBody(createOrganizationToken, body);
    const unknown = unknownScope(scopes, tokenPolicy);
    if (unknown !== undefined) {
      const known = ['all', ...tokenPolicy.services].join(', ');
      throw new HttpError(400, `Unknown scope '${unknown.slice(0, 40)}'. Known scopes: ${known}`);
    }
    const request = { ...owner, name, scopes: [...new Set(scopes)], expiresInDays, by: makerOf(principal) };
    answerIssued(ctx, await tokens.create(request, actorFor(ctx, principal)));
  });

  router.post(`${PATH}/:tokenId/revoke`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const owner = await enter(ctx, principal, 'member');
    const id = parameter(ctx, 'tokenId');
    answerRevoked(ctx, await tokens.revoke(owner, id, makerOf(principal), actorFor(ctx, principal)));
  });

  router.post(`${PATH}/:tokenId/rotate`, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const owner = await enter(ctx, principal, 'member');
    const rotation = parseBody(rotateToken, body);
    const id = parameter(ctx, 'tokenId');
    answerIssued(ctx, await tokens.rotate(owner, id, makerOf(principal), rotation, actorFor(ctx, principal)));
  });

  async function enter(ctx: Context, principal: SessionPrincipal, least: Role) {
    return { kind: 'organization', organizationId: await enterOrganization(ctx, accounts, principal, least) } as const;
  }
}
