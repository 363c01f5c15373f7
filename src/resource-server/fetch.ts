// For handlers that take a fetch Request and give a Response: Deno, Bun, workers, route handlers of web frameworks.

import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import { bodyOf, type RouteRequirement, routeOf } from './adapter.ts';
import type { Authenticator } from './judgement.ts';
import type { Principal } from './principal.ts';
import { metadataAnswer } from './protected-resource.ts';
import type { Refusal } from './refusal.ts';
import { checkRequirement } from './requirement.ts';

/** A handler that is called with who sent the request, or not at all. What else the runtime hands over is passed on. */
export function authenticated<More extends readonly unknown[]>(
  authenticator: Authenticator,
  requirement: RouteRequirement<Request>,
  handle: (request: Request, principal: Principal, ...more: More) => Response | Promise<Response>,
): (request: Request, ...more: More) => Promise<Response> {
  checkRequirement(requirement);
  return async (request, ...more) => {
    const found = await authenticator.authenticate(request, {
      ...requirement,
      route: routeOf(requirement, request, undefined),
      clientAddress: requirement.clientAddress?.(request),
    });
    if (found.kind === 'refusal') return refusalResponse(found);
    const response = await handle(request, found, ...more);
    const limits = Object.entries(rateLimitHeaders(found.rateLimit));
    if (limits.length === 0 || response.status < 200) return response;
    const answer = new Response(response.body, response); // that of a handler may be immutable
    for (const [name, value] of limits) answer.headers.set(name, value);
    return answer;
  };
}

export function refusalResponse(refusal: Refusal): Response {
  return new Response(bodyOf(refusal), { status: refusal.status, headers: refusal.headers });
}

/** The RFC 9728 document for the request that asks for it, undefined for any other. */
export function metadataResponse(authenticator: Authenticator, request: Request): Response | undefined {
  const { pathname } = new URL(request.url);
  const answer = metadataAnswer(authenticator.protectedResource, request.method, pathname);
  return answer && new Response(request.method === 'HEAD' ? null : answer.body, { headers: answer.headers });
}
