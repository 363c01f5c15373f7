// For Express and Connect. Their types aren't needed to use it: what is looked at of a request is written down here.

import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import { bodyOf, fromNode, type RouteRequirement, routeOf } from './adapter.ts';
import type { Authenticator } from './judgement.ts';
import type { Principal } from './principal.ts';
import { keepPrincipal, principalKeptFor } from './principals.ts';
import { metadataAnswer } from './protected-resource.ts';
import type { Refusal } from './refusal.ts';
import { checkRequirement } from './requirement.ts';

interface ExpressRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Express's: the peer's, or what X-Forwarded-For says as far as "trust proxy" goes. */
  readonly ip?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined };
  /** What of the path was used up by routers on the way: no pattern, it has the ids in it. */
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown } | undefined;
}

interface ExpressResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

type ExpressNext = (error?: unknown) => void;

type ExpressMiddleware = (request: ExpressRequest, response: ExpressResponse, next: ExpressNext) => void;

/**
 * Who sent the request.
 * @throws Error in a route that isn't behind `authenticated`
 */
export function principalOf(request: object): Principal {
  return principalKeptFor(request);
}

/** Lets on who may, and answers everybody else. */
export function authenticated(
  authenticator: Authenticator,
  requirement: RouteRequirement<ExpressRequest>,
): ExpressMiddleware {
  checkRequirement(requirement);

  async function decide(request: ExpressRequest, response: ExpressResponse, next: ExpressNext): Promise<void> {
    let found: Principal | Refusal;
    try {
      found = await authenticator.authenticate(fromNode(request), {
        ...requirement,
        route: routeOf(requirement, request, request.baseUrl ? undefined : request.route?.path),
        clientAddress: requirement.clientAddress?.(request) ?? request.ip ?? request.socket?.remoteAddress,
      });
    } catch (error) {
      next(error);
      return;
    }
    if (found.kind === 'refusal') {
      response.statusCode = found.status;
      setHeaders(response, found.headers);
      response.end(bodyOf(found));
    } else {
      keepPrincipal(request, found);
      setHeaders(response, rateLimitHeaders(found.rateLimit));
      next();
    }
  }

  return (request, response, next) => void decide(request, response, next);
}

/** Serves the RFC 9728 document of a service that has a `resource`. */
export function metadata(authenticator: Authenticator): ExpressMiddleware {
  return (request, response, next) => {
    const target = request.originalUrl ?? request.url;
    const answer = metadataAnswer(authenticator.protectedResource, request.method, target);
    if (answer === undefined) {
      next();
      return;
    }
    response.statusCode = 200;
    setHeaders(response, answer.headers);
    response.end(answer.body);
  };
}

function setHeaders(response: ExpressResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
