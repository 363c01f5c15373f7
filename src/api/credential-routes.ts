// /api/organizations/{orgId}/credentials and …/personal-tokens: what acts for the organization, for its admins, who sign
// in for it; /api/users/me/tokens/revoke-all: the end of all of one's own.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { readJson } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import type { Credential } from '../tokens/credential.ts';
import type { Breakage } from '../tokens/credential-uses.ts';
import type { Revocation } from '../tokens/credentials.ts';
import { previewOf } from '../tokens/token.ts';
import { credentialsQuery, personalTokensQuery, revokeAllTokens, revokeCredentials } from './credential-schemas.ts';
import type { ApiDependencies } from './dependencies.ts';
import { enterOrganization } from './organization-membership.ts';
import { actorFor, FORBIDDEN, makerOf, requirePerson, requireSession, requireSessionAndBody } from './principal.ts';
import { parseBody } from './schemas.ts';
import { answerRevoked } from './token-answers.ts';

const PATH = '/api/organizations/:orgId';

export function mountCredentials(router: Router, { accounts, credentials, resolver, tokens }: ApiDependencies): void {
  router.get(`${PATH}/personal-tokens`, async (ctx) => {
    const organizationId = await enter(ctx);
    const page = parseBody(personalTokensQuery, { ...ctx.query });
    const { list, ...rest } = await listed({ organizationId, kind: 'personal' }, page);
    ctx.body = { tokens: list.map(described), ...rest };
  });

  router.get(`${PATH}/credentials`, async (ctx) => {
    const organizationId = await enter(ctx);
    const { filter, kind, owner: ownerId, ...page } = parseBody(credentialsQuery, { ...ctx.query });
    const { list, ...rest } = await listed({ organizationId, filter, kind, ownerId }, page);
    ctx.body = { credentials: list.map(withScopes), ...rest };
  });

  router.post(`${PATH}/personal-tokens/:tokenId/revoke`, async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const owner = { kind: 'members', organizationId } as const;
    const id = parameter(ctx, 'tokenId');
    answerRevoked(ctx, await tokens.revoke(owner, id, makerOf(principal), actorFor(ctx, principal)));
  });

  router.post(`${PATH}/credentials/revoke`, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const { ids, dryRun } = parseBody(revokeCredentials, body);
    if (dryRun) {
      ctx.body = revocation(await credentials.plan(organizationId, ids), false);
      return;
    }
    const result = await credentials.revoke(organizationId, ids, makerOf(principal), actorFor(ctx, principal));
    if (result.outcome === 'forbidden') throw new HttpError(403, FORBIDDEN);
    ctx.body = revocation(result, true);
  });

  router.post('/api/users/me/tokens/revoke-all', async (ctx) => {
    await requirePerson(ctx, resolver);
    const { exceptCurrent } = parseBody(revokeAllTokens, hasBody(ctx) ? await readJson(ctx) : {});
    const principal = await requirePerson(ctx, resolver);
    const { personId } = principal;
    const own = principal.use === 'session' ? {} : { organizationId: principal.token.organizationId };
    const except = principal.use === 'session' || !exceptCurrent ? undefined : principal.token.id;
    const owner = { kind: 'personal', personId, ...own } as const;
    ctx.body = { revoked: await tokens.revokeAll(owner, except, actorFor(ctx, principal)) };
  });

  /** The organization of the path, for one of its admins. */
  async function enter(ctx: Context): Promise<string> {
    return await enterOrganization(ctx, accounts, await requireSession(ctx, resolver), 'admin');
  }

  async function listed(
    query: Parameters<typeof credentials.list>[0],
    { cursor, limit }: { cursor?: string | undefined; limit: number },
  ) {
    const page = await credentials.list(query, { cursor, limit });
    if (page === undefined) throw new HttpError(400, 'cursor must be the nextCursor of an answer before');
    return { list: page.credentials, count: page.total, nextCursor: page.nextCursor };
  }
}

function hasBody(ctx: Context): boolean {
  return ctx.request.length !== 0 && ctx.is('application/json') !== null;
}

function described(credential: Credential) {
  const { id, name, owner, createdAt, expiresAt, lastUsedAt, lastUsedAddress, lastUsedUserAgent, works } = credential;
  const lastUse = { lastUsedAt, lastUsedAddress, lastUsedUserAgent };
  return { id, name, tokenPreview: previewOf(credential), owner, createdAt, expiresAt, ...lastUse, works };
}

function withScopes(credential: Credential) {
  const { kind } = credential;
  return { kind, ...described(credential), scopes: kind === 'organization' ? credential.scopes : null };
}

function revocation({ selected, wouldBreak, notFound }: Revocation, done: boolean) {
  const ids = selected.map(({ id }) => id);
  return { selected: ids, revoked: done ? ids : [], notFound, wouldBreak: wouldBreak.map(breakage) };
}

function breakage({ credential, lastAt, services }: Breakage) {
  const { id, kind, name, owner } = credential;
  return {
    id,
    kind,
    name,
    tokenPreview: previewOf(credential),
    owner,
    lastUsedAt: lastAt,
    services: services.map(({ service, requests, lastAt: lastUsedAt, routes, addresses }) => ({
      service,
      requests,
      lastUsedAt,
      routes,
      addresses,
    })),
  };
}
