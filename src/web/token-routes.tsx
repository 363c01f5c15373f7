// Lists of tokens, and what is done to one that exists: rotate, revoke. The same for a person's and an organization's.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { ReplacedToken } from '../../views/token-created.tsx';
import { TokenListPage } from '../../views/token-list.tsx';
import { RevokeTokenPage } from '../../views/token-revoke.tsx';
import { GRACES, RotateTokenPage } from '../../views/token-rotate.tsx';
import type { ShownToken, TokenArea } from '../../views/tokens.ts';
import { after, SECOND } from '../clock.ts';
import { readForm } from '../http/body.ts';
import { parameter } from '../http/parameter.ts';
import { previewOf, type Token } from '../tokens/token.ts';
import { takeNotice } from './notice.ts';
import { makerOf } from './organization-area.tsx';
import type { Enter, TokenVisit } from './token-area.ts';
import { backToList, NOTICES, refuse, reveal, type TokenPageDependencies } from './token-pages.tsx';

const SUGGESTED_GRACE = '86400';

/** @param path of the list, as a pattern of the router */
export function mountTokens(router: Router, path: string, enter: Enter, dependencies: TokenPageDependencies): void {
  const { accounts, clock, cookies, guard, pages, tokens } = dependencies;

  router.get(path, async (ctx) => {
    const visit = await enter(ctx);
    if (visit === undefined) return;
    const { shell, area, owner } = visit;
    const list = await tokens.list(owner);
    const creators =
      area.kind === 'organization' ? await accounts.namesOf(list.map(({ createdBy }) => createdBy)) : undefined;
    const notice = takeNotice(ctx, cookies, NOTICES);
    pages.show(
      ctx,
      <TokenListPage
        shell={shell}
        area={area}
        tokens={list.map((token) => shown(token, area, creators?.get(token.createdBy)))}
        {...(notice === undefined ? {} : { notice })}
        now={clock.now()}
      />,
    );
  });

  router.get(`${path}/:id/revoke`, async (ctx) => {
    const visit = await enter(ctx);
    if (visit !== undefined) await showRevocation(ctx, visit);
  });

  router.post(`${path}/:id/revoke`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enter(ctx);
    if (visit === undefined) return;
    if (!visit.area.mayChange) return refuse(ctx, pages, visit, 'viewer');
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showRevocation(ctx, visit, 'stale');
    switch (await tokens.revoke(visit.owner, parameter(ctx, 'id'), makerOf(visit), visit.actor)) {
      case 'revoked':
        return backToList(ctx, cookies, visit, 'revoked');
      case 'unknown':
        return refuse(ctx, pages, visit, 'gone');
      case 'forbidden':
        return refuse(ctx, pages, visit, 'viewer');
    }
  });

  router.get(`${path}/:id/rotate`, async (ctx) => {
    const visit = await enter(ctx);
    if (visit !== undefined) await showRotation(ctx, visit, { grace: SUGGESTED_GRACE, untilFirstUse: false });
  });

  router.post(`${path}/:id/rotate`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enter(ctx);
    if (visit === undefined) return;
    if (!visit.area.mayChange) return refuse(ctx, pages, visit, 'viewer');
    const typed = { grace: form['grace'] ?? '', untilFirstUse: form['until_first_use'] !== undefined };
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showRotation(ctx, visit, typed, 'stale', 403);
    const graceSeconds = GRACES.find((seconds) => String(seconds) === typed.grace);
    if (graceSeconds === undefined) return await showRotation(ctx, visit, typed, 'graceInvalid', 422);

    const { owner, actor } = visit;
    const id = parameter(ctx, 'id');
    const old = await tokens.find(owner, id);
    const { untilFirstUse } = typed;
    const result = await tokens.rotate(owner, id, makerOf(visit), { graceSeconds, untilFirstUse }, actor);
    switch (result.outcome) {
      case 'issued':
        return reveal(ctx, dependencies, visit, result.token, {
          worksUntil: graceEnd(old, graceSeconds),
          untilFirstUse,
        });
      case 'limited':
        ctx.set('retry-after', String(result.retryAfterSeconds));
        return await showRotation(ctx, visit, typed, result, 429);
      case 'forbidden':
        return refuse(ctx, pages, visit, visit.area.kind === 'personal' ? 'left' : 'viewer');
      case 'unknown':
        return refuse(ctx, pages, visit, 'gone');
      case 'replaced':
        return refuse(ctx, pages, visit, 'replaced');
    }
  });

  async function showRevocation(ctx: Context, visit: TokenVisit, problem?: 'stale'): Promise<void> {
    const token = await tokenOf(ctx, visit);
    if (token === undefined) return;
    const { shell, csrf, area } = visit;
    const page = { shell, csrf, area, token: shown(token, area), now: clock.now() };
    pages.show(ctx, <RevokeTokenPage {...page} stale={problem === 'stale'} />, problem === undefined ? 200 : 403);
  }

  async function showRotation(
    ctx: Context,
    visit: TokenVisit,
    typed: { grace: string; untilFirstUse: boolean },
    problem?: 'stale' | 'graceInvalid' | { retryAfterSeconds: number },
    status = 200,
  ): Promise<void> {
    const token = await tokenOf(ctx, visit);
    if (token === undefined) return;
    if (token.replacedBy !== null) return refuse(ctx, pages, visit, 'replaced');
    const { shell, csrf, area } = visit;
    const page = { shell, csrf, area, token: shown(token, area), ...typed, now: clock.now() };
    pages.show(ctx, <RotateTokenPage {...page} {...(problem === undefined ? {} : { problem })} />, status);
  }

  /** The token of the path, for somebody who may change it. Undefined: a refusal was shown. */
  async function tokenOf(ctx: Context, visit: TokenVisit): Promise<Token | undefined> {
    if (!visit.area.mayChange) {
      refuse(ctx, pages, visit, 'viewer');
      return undefined;
    }
    const token = await tokens.find(visit.owner, parameter(ctx, 'id'));
    if (token === undefined) refuse(ctx, pages, visit, 'gone');
    return token;
  }

  function graceEnd(old: Token | undefined, graceSeconds: number): ReplacedToken['worksUntil'] {
    if (graceSeconds === 0) return undefined;
    const end = after(clock.now(), graceSeconds * SECOND);
    return old?.expiresAt != null && old.expiresAt < end ? old.expiresAt : end;
  }
}

function shown(token: Token, area: TokenArea, createdBy?: string): ShownToken {
  const home = area.organizations.find(({ id }) => id === token.organizationId);
  const { lastUsedAt, lastUsedAddress, lastUsedUserAgent } = token;
  return {
    id: token.id,
    name: token.name,
    preview: previewOf(token),
    createdAt: token.createdAt,
    expiresAt: token.expiresAt,
    replaced: token.replacedBy !== null,
    usable: home !== undefined,
    ...(area.kind === 'organization' || (home !== undefined && area.organizations.length === 1)
      ? {}
      : { organization: home?.name ?? token.organizationId }),
    ...(token.kind === 'organization' ? { scopes: token.scopes } : {}),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(lastUsedAt === null
      ? {}
      : {
          lastUsed: {
            at: lastUsedAt,
            ...(lastUsedAddress === null ? {} : { address: lastUsedAddress }),
            ...(lastUsedUserAgent === null ? {} : { userAgent: lastUsedUserAgent }),
          },
        }),
  };
}
