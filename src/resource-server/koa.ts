// For Koa. Its own types aren't needed to use it: what is looked at of a context is written down here.

import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import { bodyOf, fromNode, type RouteRequirement, routeOf } from './adapter.ts';
import type { Authenticator } from './judgement.ts';
import type { Principal } from './principal.ts';
import { keepPrincipal, principalKeptFor } from './principals.ts';
import { metadataAnswer } from './protected-resource.ts';
import { checkRequirement } from './requirement.ts';

interface KoaContext {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly originalUrl: string;
  /** Koa's: the peer's, or what X-Forwarded-For says where `app.proxy` is set. */
  readonly ip: string;
  /** @koa/router's: the pattern that matched. */
  readonly _matchedRoute?: unknown;
  status: number;
  body: unknown;
  set(headers: Record<string, string>): unknown;
}

type KoaMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * Who sent the request.
 * @throws Error in a route that isn't behind `authenticated`
 */
export function principalOf(ctx: object): Principal {
  return principalKeptFor(ctx);
}

/** Lets on who may, and answers everybody else. */
export function authenticated(authenticator: Authenticator, requirement: RouteRequirement<KoaContext>): KoaMiddleware {
  checkRequirement(requirement);
  return async (ctx, next) => {
    const found = await authenticator.authenticate(fromNode(ctx), {
      ...requirement,
      route: routeOf(requirement, ctx, ctx._matchedRoute),
      clientAddress: requirement.clientAddress?.(ctx) ?? ctx.ip,
    });
    if (found.kind === 'refusal') {
      ctx.status = found.status;
      ctx.set({ ...found.headers });
      ctx.body = bodyOf(found);
      return;
    }
    keepPrincipal(ctx, found);
    ctx.set({ ...rateLimitHeaders(found.rateLimit) });
    await next();
  };
}

/** Serves the RFC 9728 document of a service that has a `resource`. */
export function metadata(authenticator: Authenticator): KoaMiddleware {
  return async (ctx, next) => {
    const answer = metadataAnswer(authenticator.protectedResource, ctx.method, ctx.originalUrl);
    if (answer === undefined) {
      await next();
      return;
    }
    ctx.status = 200;
    ctx.set({ ...answer.headers });
    ctx.body = answer.body;
  };
}
