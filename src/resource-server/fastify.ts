// For Fastify, as hooks. Its types aren't needed to use it: what is looked at of a request is written down here.

import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import { bodyOf, fromNode, type RouteRequirement, routeOf } from './adapter.ts';
import type { Authenticator } from './judgement.ts';
import type { Principal } from './principal.ts';
import { keepPrincipal, principalKeptFor } from './principals.ts';
import { metadataAnswer } from './protected-resource.ts';
import { checkRequirement } from './requirement.ts';

interface FastifyRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Fastify's: the peer's, or what X-Forwarded-For says as far as `trustProxy` goes. */
  readonly ip: string;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface FastifyReply {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

type FastifyHook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Who sent the request.
 * @throws Error in a route that isn't behind `authenticated`
 */
export function principalOf(request: object): Principal {
  return principalKeptFor(request);
}

/** An `onRequest` hook, before any body is read: lets on who may, and answers everybody else. */
export function authenticated(
  authenticator: Authenticator,
  requirement: RouteRequirement<FastifyRequest>,
): FastifyHook {
  checkRequirement(requirement);
  return async (request, reply) => {
    const found = await authenticator.authenticate(fromNode(request), {
      ...requirement,
      route: routeOf(requirement, request, request.routeOptions.url),
      clientAddress: requirement.clientAddress?.(request) ?? request.ip,
    });
    if (found.kind !== 'refusal') {
      keepPrincipal(request, found);
      reply.headers({ ...rateLimitHeaders(found.rateLimit) });
      return undefined;
    }
    reply.code(found.status);
    reply.headers({ ...found.headers });
    reply.send(bodyOf(found));
    return reply;
  };
}

/** An `onRequest` hook of the whole app: serves the RFC 9728 document of a service that has a `resource`. */
export function metadata(authenticator: Authenticator): FastifyHook {
  return async (request, reply) => {
    const answer = metadataAnswer(authenticator.protectedResource, request.method, request.originalUrl);
    if (answer === undefined) return undefined;
    reply.code(200);
    reply.headers({ ...answer.headers });
    reply.send(answer.body);
    return reply;
  };
}
