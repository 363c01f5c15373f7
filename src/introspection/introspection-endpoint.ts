// POST /oauth/introspect (RFC 7662): an authenticated service asks what a credential stands for, now. Services ask at
// every request of theirs: it is answered before Koa sees it (server.ts), whose middleware alone would cost twice as much,
// and client and credential are read in one statement, together with those of all who ask at the moment.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type ClientCredentials, readClientCredentials } from '../clients/client-credentials.ts';
import type { ResourceServer } from '../clients/resource-server.ts';
import { CLIENT_ID } from '../clients/resource-server.ts';
import type { ResourceServerAuthentication } from '../clients/resource-server-authentication.ts';
import { type Clock, monotonicMs, SECOND } from '../clock.ts';
import type { LookUp } from '../database/merged-lookup.ts';
import { readRequestForm } from '../http/body.ts';
import { oauthError, toHttpError } from '../http/error-responses.ts';
import { HttpError } from '../http/http-error.ts';
import type { ObserveRequest } from '../http/middleware.ts';
import type { IntrospectionResponse } from '../oauth/introspection.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { createResponseWriter } from './introspection-response.ts';
import type { RequestLimits } from './request-limits.ts';
import type { CredentialResolver, Recognized, Resolution } from './resolve-credential.ts';
import { NO_STANDING, type Question, type Standing } from './standing.ts';
import { recordUse, useAsTold } from './use-as-told.ts';

const PATH = '/oauth/introspect';

export interface IntrospectionDependencies {
  readonly ask: LookUp<Question, Standing>;
  readonly authentication: ResourceServerAuthentication;
  readonly clock: Clock;
  readonly issuer: string;
  readonly limits: RequestLimits;
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

type Form = Readonly<Record<string, string>>;
/** Most answers need no more waiting once the statement is back; then none is paid for. */
type MaybeLater<T> = T | Promise<T>;

const COMMON_HEADERS = [
  'content-type',
  'application/json; charset=utf-8',
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
];

export function createIntrospectionEndpoint(dependencies: IntrospectionDependencies): IntrospectionEndpoint {
  const { ask, authentication, clock, issuer, limits, observe, onFault, resolver, usage } = dependencies;
  const write = createResponseWriter(issuer);

  return {
    owns: ({ url }) => url === PATH || url?.startsWith(`${PATH}?`) === true,

    async handle(request, response) {
      const startedAt = monotonicMs();
      const requestId = randomUUID();
      let status = 200;
      let headers: readonly string[] = [];
      let body: string;
      try {
        body = await answer(request);
      } catch (thrown) {
        const error = toHttpError(thrown);
        if (error.status >= 500) onFault(thrown, requestId);
        status = error.status;
        headers = Object.entries(error.headers).flat();
        body = JSON.stringify(oauthError(error));
      }
      response.writeHead(status, [
        ...headers,
        ...COMMON_HEADERS,
        'content-length',
        String(Buffer.byteLength(body)),
        'x-request-id',
        requestId,
      ]);
      response.end(body);
      observe(request.method ?? '', PATH, status, (monotonicMs() - startedAt) / SECOND);
    },
  };

  async function answer(request: IncomingMessage): Promise<string> {
    if (request.method !== 'POST') {
      throw new HttpError(405, 'This address takes POST only.', {
        code: 'invalid_request',
        headers: { allow: 'POST' },
      });
    }
    const form = await readRequestForm(request);
    const credentials = credentialsOf(request.headers, form);
    const token = form['token'] ?? '';
    const recognized = resolver.recognize(token);
    if (recognized === undefined) return await answerAfterVerifying(token, form, credentials);
    const standing = await ask({ client: `c${credentials.clientId}`, credential: recognized.key }, true);
    const client = authenticated(credentials, standing);
    return client instanceof Promise
      ? await client.then((one) => tell(one, form, recognized, standing))
      : tell(client, form, recognized, standing);
  }

  /** A signature that was never seen costs a verification: not before who asks is known. */
  async function answerAfterVerifying(token: string, form: Form, credentials: ClientCredentials): Promise<string> {
    const client = await authenticated(credentials, await ask({ client: `c${credentials.clientId}` }, true));
    const verified = await resolver.verify(token);
    const standing = verified.key === undefined ? NO_STANDING : await ask({ credential: verified.key }, true);
    return await tell(client, form, verified, standing);
  }

  function tell(client: ResourceServer, form: Form, recognized: Recognized, standing: Standing): MaybeLater<string> {
    if (form['token'] === undefined || form['token'] === '') {
      throw new HttpError(400, 'The parameter token is missing.', { code: 'invalid_request' });
    }
    const resolution = resolver.conclude(recognized, standing);
    return resolution instanceof Promise
      ? resolution.then((one) => tellResolution(client, form, one))
      : tellResolution(client, form, resolution);
  }

  function tellResolution(client: ResourceServer, form: Form, resolution: Resolution): MaybeLater<string> {
    if (resolution.use === 'none') return inactive(resolution.reason, client);
    const now = clock.now();
    recordUse(usage, resolution, useAsTold(form, client), now);
    const text = write(resolution, now);
    return client.countsRequests ? withLimit(text, resolution) : text;
  }

  /** @throws HttpError 401 */
  function authenticated(credentials: ClientCredentials, { client }: Standing): MaybeLater<ResourceServer> {
    const decide = (authentic: boolean) => {
      if (client === undefined || !authentic) throw unauthenticated();
      return client;
    };
    const authentic = authentication.isAuthentic(credentials, client);
    return authentic instanceof Promise ? authentic.then(decide) : decide(authentic);
  }

  /** @throws HttpError 400 for what is no authentication, 401 for none */
  function credentialsOf(headers: IncomingHttpHeaders, form: Form): ClientCredentials {
    const credentials = readClientCredentials(headers, form);
    if (credentials === 'malformed') {
      throw new HttpError(400, 'Authenticate the client by exactly one method.', { code: 'invalid_request' });
    }
    if (credentials === 'missing' || !CLIENT_ID.test(credentials.clientId)) throw unauthenticated();
    return credentials;
  }

  function unauthenticated(): HttpError {
    return new HttpError(401, 'Client authentication failed: check the client_id and its secret or key.', {
      code: 'invalid_client',
      headers: { 'www-authenticate': `Basic realm="${issuer}", charset="UTF-8"` },
    });
  }

  async function withLimit(text: string, resolution: Resolution): Promise<string> {
    const limit = await limits.count(resolution);
    return limit === undefined ? text : `${text.slice(0, -1)},"rate_limit":${JSON.stringify(limit)}}`;
  }
}

const REASONS = { expired: 'expired', ended: 'revoked' } as const;

/** One constant, whatever the cause, unless the service is registered to be told of genuine tokens. */
function inactive(reason: keyof typeof REASONS | 'unknown', client: ResourceServer): string {
  const told = client.tellsReasons && reason !== 'unknown' ? { inactive_reason: REASONS[reason] } : {};
  return JSON.stringify({ active: false, ...told } satisfies IntrospectionResponse);
}
