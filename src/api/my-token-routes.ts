// /api/users/me/tokens: a person's own tokens. A login may do everything; a personal token may list and revoke those of
// the organization it is bound to; an organization's token may do nothing here.
import type Router from '@koa/router';
import { HttpError } from '../http/http-error.ts';
import { previewOf } from '../tokens/token.ts';
import { personalExpiryProblem } from '../tokens/token-policy.ts';
import type { TokenOwner } from '../tokens/token-store.ts';
import type { ApiDependencies } from './dependencies.ts';
import { issuedOr } from './issued.ts';
import { parameter } from './organization-token-routes.ts';
import { actorFor, makerOf, type PersonPrincipal, requirePerson, requireSessionAndBody } from './principal.ts';
import { createPersonalToken, parseBody, rotateToken } from './schemas.ts';

export function mountMyTokens(router: Router, { resolver, tokenPolicy, tokens }: ApiDependencies): void {
  router.get('/api/users/me/tokens', async (ctx) => {
    const list = await tokens.list(ownedBy(await requirePerson(ctx, resolver)));
    ctx.body = {
      tokens: list.map((token) => ({
        id: token.id,
        name: token.name,
        tokenPreview: previewOf(token),
        organizationId: token.organizationId,
        createdAt: token.createdAt,
        expiresAt: token.expiresAt,
        lastUsedAt: token.lastUsedAt,
      })),
      count: list.length,
    };
  });

  router.post('/api/users/me/tokens', async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const { name, expiresInDays } = parseBody(createPersonalToken, body);
    const problem = personalExpiryProblem(expiresInDays, tokenPolicy);
    if (problem !== undefined) throw new HttpError(400, problem);
    const { organizationId } = principal.session;
    const request = { kind: 'personal', name, expiresInDays, organizationId, by: makerOf(principal) } as const;
    const token = issuedOr(await tokens.create(request, actorFor(ctx, principal)));
    ctx.status = 201;
    ctx.body = {
      token: token.secret.reveal(),
      id: token.id,
      name: token.name,
      organizationId,
      expiresAt: token.expiresAt,
    };
  });

  router.post('/api/users/me/tokens/:id/revoke', async (ctx) => {
    const principal = await requirePerson(ctx, resolver);
    if (!(await tokens.revoke(ownedBy(principal), parameter(ctx, 'id'), actorFor(ctx, principal))))
      throw new HttpError(404, 'Token not found');
    ctx.body = { success: true };
  });

  router.post('/api/users/me/tokens/:id/rotate', async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const rotation = parseBody(rotateToken, body);
    const rotated = await tokens.rotate(
      ownedBy(principal),
      parameter(ctx, 'id'),
      makerOf(principal),
      rotation,
      actorFor(ctx, principal),
    );
    const token = issuedOr(rotated);
    ctx.status = 201;
    ctx.body = {
      token: token.secret.reveal(),
      id: token.id,
      name: token.name,
      organizationId: token.organizationId,
      expiresAt: token.expiresAt,
    };
  });
}

function ownedBy(principal: PersonPrincipal): TokenOwner {
  const { personId } = principal;
  if (principal.use === 'session') return { kind: 'personal', personId };
  return { kind: 'personal', personId, organizationId: principal.token.organizationId };
}
