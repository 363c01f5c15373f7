// Every "no" that a service answers in the platform's words: the documents' bodies, with the challenges of RFC 6750 §3
// and RFC 9728 §5.1.

import { rateLimitHeaders } from '../oauth/rate-limit-headers.ts';
import type { IdentityUnavailable } from './identity-unavailable.ts';
import type { RateLimit } from './principal.ts';

type RefusalReason = 'no_token' | 'invalid_token' | 'service' | 'scope' | 'role' | 'rate_limit' | 'unavailable';

export interface Refusal {
  readonly kind: 'refusal';
  readonly reason: RefusalReason;
  readonly status: 401 | 403 | 429 | 503;
  /** To be sent with it, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be sent as JSON. */
  readonly body: { readonly statusCode: number; readonly message: string };
  /** Of 503: what went wrong, for the service's own log. */
  readonly cause?: IdentityUnavailable;
}

export interface Refusals {
  noToken(): Refusal;
  invalidToken(token: string, reason?: string): Refusal;
  service(service: string, rateLimit?: RateLimit): Refusal;
  scope(scopes: readonly string[], rateLimit?: RateLimit): Refusal;
  role(rateLimit?: RateLimit): Refusal;
  rateLimit(rateLimit: RateLimit): Refusal;
  unavailable(cause: IdentityUnavailable): Refusal;
}

const FORBIDDEN = 'You do not have permission to perform this action';

/** @param metadataUrl where the service's RFC 9728 metadata are, for its challenges to say so */
export function createRefusals(metadataUrl: string | undefined): Refusals {
  function challenge(parameters: Readonly<Record<string, string>> = {}): Record<string, string> {
    const all = {
      realm: 'TeamDay',
      ...parameters,
      ...(metadataUrl === undefined ? {} : { resource_metadata: metadataUrl }),
    };
    const list = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
    return { 'www-authenticate': `Bearer ${list.join(', ')}` };
  }

  function insufficientScope(reason: 'service' | 'scope', message: string, scope: string, rateLimit?: RateLimit) {
    const parameters = { error: 'insufficient_scope', error_description: message, scope };
    return refusal(403, reason, message, { ...challenge(parameters), ...rateLimitHeaders(rateLimit) });
  }

  return {
    noToken: () => refusal(401, 'no_token', 'No authentication token found', challenge()),
    invalidToken(token, reason) {
      const message = invalidTokenMessage(token, reason);
      const headers = challenge({ error: 'invalid_token', error_description: message });
      return refusal(401, 'invalid_token', message, headers);
    },
    service: (service, rateLimit) =>
      insufficientScope(
        'service',
        `Token does not have access to the '${service}' service. Required scope: '${service}' or 'all'.`,
        service,
        rateLimit,
      ),
    scope: (scopes, rateLimit) => insufficientScope('scope', FORBIDDEN, scopes.join(' '), rateLimit),
    role: (rateLimit) => refusal(403, 'role', FORBIDDEN, rateLimitHeaders(rateLimit)), // no scope would help
    rateLimit: (rateLimit) =>
      refusal(429, 'rate_limit', 'Rate limit exceeded', {
        'retry-after': String(Math.max(1, Math.ceil(rateLimit.reset))),
        ...rateLimitHeaders(rateLimit),
      }),
    unavailable: (cause) => ({
      ...refusal(503, 'unavailable', 'The service is briefly unavailable. Try again in a moment.', {
        'retry-after': String(cause.retryAfterSeconds),
      }),
      cause,
    }),
  };
}

function invalidTokenMessage(token: string, reason: string | undefined): string {
  if (!token.startsWith('otk_')) return 'Invalid token or token expired';
  return reason === 'expired' ? 'Organization token expired' : 'Unauthorized. Invalid or expired organization token';
}

function refusal(
  status: Refusal['status'],
  reason: RefusalReason,
  message: string,
  headers: Readonly<Record<string, string>>,
): Refusal {
  return {
    kind: 'refusal',
    reason,
    status,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: { statusCode: status, message },
  };
}
