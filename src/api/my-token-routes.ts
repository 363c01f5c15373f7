// /api/users/me/tokens: a person's own tokens. A login may do everything; a personal token may list and revoke those of
// the organization it is bound to; an organization's token may do nothing here.
import type Router from '@koa/router';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import type { TokenOwner } from '../tokens/token-store.ts';
import type { ApiDependencies } from './dependencies.ts';
import { actorFor, makerOf, type PersonPrincipal, requirePerson, requireSessionAndBody } from './principal.ts';
import { createPersonalToken, parseBody, rotateToken } from './schemas.ts';
import { answerIssued, answerList, answerRevoked } from './token-answers.ts';

const PATH = '/api/users/me/tokens';

export function mountMyTokens(router: Router, { resolver, tokenPolicy, tokens }: ApiDependencies): void {
  router.get(PATH, async (ctx) => {
    answerList(ctx, await tokens.list(ownedBy(await requirePerson(ctx, resolver))));
  });

  router.post(PATH, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const { name, expiresInDays } = parseBody(createPersonalToken, body);
    const { organizationId } = principal.session;
    const request = { kind: 'personal', name, expiresInDays, organizationId, by: makerOf(principal) } as const;
    const result = await tokens.create(request, actorFor(ctx, principal));
    // Where the organization's own rule is stricter, it is the one to be named.
    if (result.outcome === 'too_long' && result.maxDays === tokenPolicy.personalMaxDays)
      throw new HttpError(400, operatorsRule(expiresInDays, result.maxDays));
    answerIssued(ctx, result);
  });

  router.post(`${PATH}/:id/revoke`, async (ctx) => {
    const principal = await requirePerson(ctx, resolver);
    const [owner, id] = [ownedBy(principal), parameter(ctx, 'id')];
    const by = { personId: principal.personId, sessionId: undefined };
    answerRevoked(ctx, await tokens.revoke(owner, id, by, actorFor(ctx, principal)));
  });

  router.post(`${PATH}/:id/rotate`, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const rotation = parseBody(rotateToken, body);
    const [owner, id] = [ownedBy(principal), parameter(ctx, 'id')];
    answerIssued(ctx, await tokens.rotate(owner, id, makerOf(principal), rotation, actorFor(ctx, principal)));
  });
}

function operatorsRule(days: number | undefined, maxDays: number): string {
  if (days === 0) return `Personal access tokens must expire: expiresInDays must be 1 to ${maxDays}`;
  return `expiresInDays must be at most ${maxDays}`;
}

function ownedBy(principal: PersonPrincipal): TokenOwner {
  const { personId } = principal;
  if (principal.use === 'session') return { kind: 'personal', personId };
  return { kind: 'personal', personId, organizationId: principal.token.organizationId };
}
