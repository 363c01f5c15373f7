// /api/organizations/{orgId}/tokens: an organization's tokens, in the shapes of the published documents.
// Members and admins create and revoke, viewers list; only people who signed in, never another token.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { HttpError } from '../http/http-error.ts';
import type { Role } from '../oauth/roles.ts';
import { previewOf } from '../tokens/token.ts';
import { unknownScope } from '../tokens/token-policy.ts';
import type { ApiDependencies } from './dependencies.ts';
import { issuedOr } from './issued.ts';
import {
  actorFor,
  FORBIDDEN,
  makerOf,
  requireSession,
  requireSessionAndBody,
  type SessionPrincipal,
} from './principal.ts';
import { createOrganizationToken, parseBody, rotateToken } from './schemas.ts';

export function mountOrganizationTokens(
  router: Router,
  { accounts, resolver, tokenPolicy, tokens }: ApiDependencies,
): void {
  router.get('/api/organizations/:orgId/tokens', async (ctx) => {
    const owner = await enter(ctx, await requireSession(ctx, resolver), 'to look');
    const list = await tokens.list(owner);
    ctx.body = {
      tokens: list.map((token) => ({
        id: token.id,
        name: token.name,
        tokenPreview: previewOf(token),
        scopes: token.kind === 'organization' ? token.scopes : [],
        createdBy: token.createdBy,
        createdAt: token.createdAt,
        expiresAt: token.expiresAt,
        lastUsedAt: token.lastUsedAt,
      })),
      count: list.length,
    };
  });

  router.post('/api/organizations/:orgId/tokens', async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const owner = await enter(ctx, principal, 'to change');
    const { name, scopes, expiresInDays } = parseBody(createOrganizationToken, body);
    const unknown = unknownScope(scopes, tokenPolicy);
    if (unknown !== undefined) {
      throw new HttpError(
        400,
        `Unknown scope '${unknown.slice(0, 40)}'. Known scopes: all, ${tokenPolicy.services.join(', ')}`,
      );
    }
    const created = await tokens.create(
      { ...owner, name, scopes: [...new Set(scopes)], expiresInDays, by: makerOf(principal) },
      actorFor(ctx, principal),
    );
    const token = issuedOr(created);
    ctx.status = 201;
    ctx.body = {
      token: token.secret.reveal(),
      id: token.id,
      name: token.name,
      scopes: token.scopes,
      expiresAt: token.expiresAt,
    };
  });

  router.post('/api/organizations/:orgId/tokens/:tokenId/revoke', async (ctx) => {
    const principal = await requireSession(ctx, resolver);
    const owner = await enter(ctx, principal, 'to change');
    if (!(await tokens.revoke(owner, parameter(ctx, 'tokenId'), actorFor(ctx, principal))))
      throw new HttpError(404, 'Token not found');
    ctx.body = { success: true };
  });

  router.post('/api/organizations/:orgId/tokens/:tokenId/rotate', async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const owner = await enter(ctx, principal, 'to change');
    const rotation = parseBody(rotateToken, body);
    const token = issuedOr(
      await tokens.rotate(owner, parameter(ctx, 'tokenId'), makerOf(principal), rotation, actorFor(ctx, principal)),
    );
    ctx.status = 201;
    ctx.body = {
      token: token.secret.reveal(),
      id: token.id,
      name: token.name,
      scopes: token.scopes,
      expiresAt: token.expiresAt,
    };
  });

  /** The organization of the path, if the caller is one of its people: another one looks like none at all. */
  async function enter(ctx: Context, { personId }: SessionPrincipal, purpose: 'to look' | 'to change') {
    const organizationId = parameter(ctx, 'orgId');
    const role = await roleIn(personId, organizationId);
    if (role === undefined) throw new HttpError(403, 'Not a member of this organization');
    if (role === 'viewer' && purpose === 'to change') throw new HttpError(403, FORBIDDEN);
    return { kind: 'organization', organizationId } as const;
  }

  async function roleIn(personId: string, organizationId: string): Promise<Role | undefined> {
    return (await accounts.memberships(personId)).find(({ id }) => id === organizationId)?.role;
  }
}

/** A part of the path that the route's pattern names. */
export function parameter(ctx: Context, name: string): string {
  return (ctx['params'] as Record<string, string | undefined>)[name] ?? '';
}
