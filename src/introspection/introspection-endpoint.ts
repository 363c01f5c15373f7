// POST /oauth/introspect (RFC 7662): an authenticated service asks what a credential stands for, now. Services ask at
// every request of theirs: it is answered before Koa sees it (server.ts), whose middleware alone would cost twice as much.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { readClientCredentials } from '../clients/client-credentials.ts';
import type { ResourceServerAuthentication } from '../clients/resource-server-authentication.ts';
import { type Clock, monotonicMs, SECOND } from '../clock.ts';
import { readRequestForm } from '../http/body.ts';
import { within } from '../http/deadline.ts';
import { oauthError, toHttpError } from '../http/error-responses.ts';
import { HttpError } from '../http/http-error.ts';
import type { ObserveRequest } from '../http/middleware.ts';
import type { IntrospectionResponse } from '../oauth/introspection.ts';
import type { TokenUse, UsageRecorder } from '../tokens/usage-recorder.ts';
import { introspectionResponse } from './introspection-response.ts';
import type { CredentialResolver } from './resolve-credential.ts';

/** A service is told within a second when the truth can't be read. */
const DEADLINE_MS = 950;

const PATH = '/oauth/introspect';

export interface IntrospectionDependencies {
  readonly authentication: ResourceServerAuthentication;
  readonly clock: Clock;
  readonly issuer: string;
  readonly observe: ObserveRequest;
  /** Told of what is our fault. */
  readonly onFault: (error: unknown, requestId: string) => void;
  readonly resolver: CredentialResolver;
  readonly usage: UsageRecorder;
}

export interface IntrospectionEndpoint {
  /** Whether a request is this endpoint's, whatever its method. */
  owns(request: IncomingMessage): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function createIntrospectionEndpoint(dependencies: IntrospectionDependencies): IntrospectionEndpoint {
  const { authentication, clock, issuer, observe, onFault, resolver, usage } = dependencies;

  return {
    owns: ({ url }) => url === PATH || url?.startsWith(`${PATH}?`) === true,

    async handle(request, response) {
      const startedAt = monotonicMs();
      const requestId = randomUUID();
      const { status, headers, body } = await respond(request, requestId);
      response.writeHead(status, {
        ...headers,
        'content-type': 'application/json; charset=utf-8',
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
    try {
      if (request.method !== 'POST') {
        throw new HttpError(405, 'This address takes POST only.', {
          code: 'invalid_request',
          headers: { allow: 'POST' },
        });
      }
      const form = await readRequestForm(request);
      const found = await within(DEADLINE_MS, answer(request.headers, form));
      return { status: 200, headers: {}, body: JSON.stringify(found) };
    } catch (thrown) {
      const error = toHttpError(thrown);
      if (error.status >= 500) onFault(thrown, requestId);
      return { status: error.status, headers: error.headers, body: JSON.stringify(oauthError(error)) };
    }
  }

  async function answer(
    headers: IncomingHttpHeaders,
    form: Readonly<Record<string, string>>,
  ): Promise<IntrospectionResponse> {
    const credentials = readClientCredentials(headers, form);
    if (credentials === 'malformed') {
      throw new HttpError(400, 'Authenticate the client by exactly one method.', { code: 'invalid_request' });
    }
    const client = credentials === 'missing' ? undefined : await authentication.authenticate(credentials);
    if (client === undefined) {
      throw new HttpError(401, 'Client authentication failed: check the client_id and its secret or key.', {
        code: 'invalid_client',
        headers: { 'www-authenticate': `Basic realm="${issuer}", charset="UTF-8"` },
      });
    }
    const token = form['token'];
    if (token === undefined || token === '') {
      throw new HttpError(400, 'The parameter token is missing.', { code: 'invalid_request' });
    }
    const resolution = await resolver.resolve(token);
    if ('token' in resolution) usage.record(resolution.token.id, useAsTold(form));
    return introspectionResponse(resolution, issuer, clock.now());
  }
}

const MAX_USER_AGENT = 256;

/** Who used the token, in the words of the service that asks: `remote_address` and `user_agent` of the form. */
function useAsTold({ remote_address: address, user_agent: userAgent }: Readonly<Record<string, string>>): TokenUse {
  return {
    address: address !== undefined && isIP(address) !== 0 ? address : undefined,
    userAgent: userAgent?.replaceAll(/\p{C}/gu, '').slice(0, MAX_USER_AGENT) || undefined,
  };
}
