// /forward-auth: a gateway asks about each request before it lets it through, with the client's own credential. Like
// introspection it is asked at every request of other services, and answered before Koa sees it (server.ts).
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, monotonicMs, SECOND } from '../clock.ts';
import { bearerOf, missingCredential, refusedCredential } from '../http/bearer.ts';
import type { createClientAddress, createProxyCheck } from '../http/client-address.ts';
import { apiError, toHttpError } from '../http/error-responses.ts';
import { HttpError, tooManyRequests } from '../http/http-error.ts';
import type { ObserveRequest } from '../http/middleware.ts';
import { introspectionResponse } from '../introspection/introspection-response.ts';
import type { RequestLimits } from '../introspection/request-limits.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import type { ActiveIntrospection, RateLimit } from '../oauth/introspection.ts';
import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { PATH, readQuestion, requireDemand } from './demand.ts';
import { identityHeaders, REFUSAL_HEADER } from './identity-headers.ts';
import { originalRequest } from './original-request.ts';

export interface ForwardAuthDependencies {
  readonly addressOf: ReturnType<typeof createClientAddress>;
  readonly clock: Clock;
  readonly isFromTrustedProxy: ReturnType<typeof createProxyCheck>;
  readonly issuer: string;
  readonly limits: RequestLimits;
  readonly observe: ObserveRequest;
  /** Told of what is our fault. */
  readonly onFault: (error: unknown, requestId: string) => void;
  readonly resolver: CredentialResolver;
  /** The names of config/services.json. */
  readonly services: readonly string[];
  readonly usage: UsageRecorder;
}

export interface ForwardAuthEndpoint {
  /** Whether a request is this endpoint's, whatever its method: some gateways send the client's. */
  owns(request: IncomingMessage): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function createForwardAuthEndpoint(dependencies: ForwardAuthDependencies): ForwardAuthEndpoint {
  const { addressOf, clock, isFromTrustedProxy, issuer, limits, observe, onFault, resolver, usage } = dependencies;
  const services = new Set(dependencies.services);

  return {
    owns: ({ url }) => url === PATH || url?.startsWith(`${PATH}?`) === true || url?.startsWith(`${PATH}/`) === true,

    async handle(request, response) {
      const startedAt = monotonicMs();
      const requestId = randomUUID();
      request.resume();
      const { status, headers, body } = await respond(request, requestId);
      response.writeHead(status, {
        ...headers,
        // A gateway that hands on the length of a body and not the body: it would be cut from the connection's next question.
        ...(request.complete ? {} : { connection: 'close' }),
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': requestId,
      });
      response.end(body);
      observe(request.method ?? '', PATH, status, (monotonicMs() - startedAt) / SECOND);
    },
  };

  async function respond(request: IncomingMessage, requestId: string) {
    let ofLimit: Readonly<Record<string, string>> = {};
    try {
      const { demand, original } = readQuestion(request.url ?? '', services);
      const { who, limit } = await identify(request, demand.service, original);
      ofLimit = rateLimitHeaders(limit);
      if (limit?.exceeded) throw tooManyRequests('Rate limit exceeded', limit.reset);
      requireDemand(demand, who);
      return { status: 200, headers: { ...identityHeaders(who), ...ofLimit }, body: '' };
    } catch (thrown) {
      const error = toHttpError(thrown);
      if (error.status >= 500) onFault(thrown, requestId);
      const body = asciiJson(apiError(error));
      const headers = {
        ...identityHeaders(undefined),
        ...ofLimit,
        ...error.headers,
        [REFUSAL_HEADER]: body,
        'content-type': 'application/json; charset=utf-8',
      };
      return { status: error.status, headers, body };
    }
  }

  /** Who sent the request, which counts as a use of the credential whether or not they may pass. */
  async function identify(
    request: IncomingMessage,
    service: string | undefined,
    original: string | undefined,
  ): Promise<{ who: ActiveIntrospection; limit: RateLimit | undefined }> {
    const credential = credentialOf(request);
    const resolution = await resolver.resolve(credential, true);
    const now = clock.now();
    const who = introspectionResponse(resolution, issuer, now);
    // A refresh token is for the token endpoint alone: whoever sends it elsewhere is not to learn that it is good.
    if (!who.active || who.token_use === 'refresh_token' || !isAddressedTo(who, issuer))
      throw refusedCredential(credential, resolution.use === 'none' && resolution.reason === 'expired');
    // Of a request that no trusted proxy forwarded, only what we see of it ourselves.
    const told = isFromTrustedProxy(request) ? { service, ...originalRequest(request, original) } : undefined;
    const name = 'token' in resolution ? `token:${who.jti}` : `session:${who.sid}`;
    const use = {
      service: told?.service ?? '',
      method: told?.method,
      route: told?.route,
      address: addressOf(request),
      userAgent: request.headers['user-agent'],
    };
    usage.record(name, who.org_id, use, now);
    return { who, limit: await limits.count(resolution) };
  }
}

/** Only access tokens are addressed to somebody: those for one service alone open no other (RFC 9068 §4). */
function isAddressedTo({ token_use: use, aud }: ActiveIntrospection, issuer: string): boolean {
  return use !== 'access_token' || [aud ?? []].flat().includes(issuer);
}

/** Fit for a header too. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws HttpError 401 for none, and for two: the service behind the gateway might read the other one */
function credentialOf({ headersDistinct }: IncomingMessage): string {
  const [given, ...more] = headersDistinct['authorization'] ?? [];
  if (more.length > 0) {
    const message = 'The request has more than one Authorization header. Send one.';
    throw new HttpError(401, message, {
      headers: {
        'www-authenticate': `Bearer realm="TeamDay", error="invalid_request", error_description="${message}"`,
      },
    });
  }
  const credential = given && bearerOf(given);
  if (!credential) throw missingCredential();
  return credential;
}
