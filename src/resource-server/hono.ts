// For Hono. Its types aren't needed to use it: what is looked at of a context is written down here.

import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import { type RouteRequirement, routeOf } from './adapter.ts';
import { metadataResponse, refusalResponse } from './fetch.ts';
import type { Authenticator } from './judgement.ts';
import type { Principal } from './principal.ts';
import { keepPrincipal, principalKeptFor } from './principals.ts';
import { checkRequirement } from './requirement.ts';

interface HonoContext {
  readonly req: { readonly raw: Request; readonly routePath: string };
  /** @hono/node-server's: the request of node:http. */
  readonly env: unknown;
  header(name: string, value: string): void;
}

type HonoMiddleware = (c: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

/**
 * Who sent the request.
 * @throws Error in a route that isn't behind `authenticated`
 */
export function principalOf(c: object): Principal {
  return principalKeptFor(c);
}

/** Lets on who may, and answers everybody else. Name a `clientAddress` where a proxy stands before the service. */
export function authenticated(
  authenticator: Authenticator,
  requirement: RouteRequirement<HonoContext>,
): HonoMiddleware {
  checkRequirement(requirement);
  return async (c, next) => {
    const found = await authenticator.authenticate(c.req.raw, {
      ...requirement,
      route: routeOf(requirement, c, c.req.routePath.includes('*') ? undefined : c.req.routePath),
      clientAddress: requirement.clientAddress?.(c) ?? peerOf(c),
    });
    if (found.kind === 'refusal') return refusalResponse(found);
    keepPrincipal(c, found);
    await next();
    for (const [name, value] of Object.entries(rateLimitHeaders(found.rateLimit))) c.header(name, value);
    return undefined;
  };
}

/** Serves the RFC 9728 document of a service that has a `resource`. */
export function metadata(authenticator: Authenticator): HonoMiddleware {
  return async (c, next) => {
    const answer = metadataResponse(authenticator, c.req.raw);
    if (answer === undefined) await next();
    return answer;
  };
}

function peerOf({ env }: HonoContext): string | undefined {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress;
}
