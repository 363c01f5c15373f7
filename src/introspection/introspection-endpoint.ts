// POST /oauth/introspect (RFC 7662): an authenticated service asks what a credential stands for, now. Services ask at
// every request of theirs: it is answered before Koa sees it (server.ts), whose middleware alone would cost twice as much,
// and client and credential are read in one statement, together with those of all who ask at the moment.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ClientCredentials, type ClientHeaders, readClientCredentials } from '../clients/client-credentials.ts';
import type { ResourceServer } from '../clients/resource-server.ts';
import { CLIENT_ID } from '../clients/resource-server.ts';
import type { ResourceServerAuthentication } from '../clients/resource-server-authentication.ts';
import type { Clock } from '../clock.ts';
import { type Ask, askOne } from '../database/merged-statements.ts';
import type { FastEndpoint } from '../fast-lane/fast-lane.ts';
import { andThen, type MaybeLater } from '../fast-lane/maybe-later.ts';
import { COMMON_HEADERS, Reply } from '../fast-lane/reply.ts';
import { type Form, isPlainForm, parseForm, readFormBody } from '../http/body.ts';
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
  readonly ask: Ask<Question, Standing>;
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

export interface IntrospectionEndpoint extends FastEndpoint {
  /** Whether a request of node:http is this endpoint's, whatever its method. */
  owns(request: IncomingMessage): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export function createIntrospectionEndpoint(dependencies: IntrospectionDependencies): IntrospectionEndpoint {
  const { ask, authentication, clock, issuer, limits, observe, onFault, resolver, usage } = dependencies;
  const write = createResponseWriter(issuer);

  return {
    method: 'POST',
    path: PATH,
    isLogged: false,
    answer({ headers, body }, reply) {
      if (isPlainForm(headers['content-type'])) reply.settle(() => answer(headers, parseForm(body), reply));
      else reply.decline();
    },

    owns: ({ url }) => url === PATH || url?.startsWith(`${PATH}?`) === true,
    handle(request, response) {
      const { method = '', headers } = request;
      const reply = new Reply(
        { method, route: PATH, observe, onFault },
        {
          write({ requestId, status, headers: own, body }) {
            const length = String(Buffer.byteLength(body));
            const ofAnswer = ['content-length', length, 'x-request-id', requestId];
            response.writeHead(status, [...COMMON_HEADERS, ...own, ...ofAnswer]).end(body);
          },
          decline: () => reply.refuse(new Error('there is nobody else to answer')),
        },
      );
      if (method !== 'POST') {
        reply.refuse(onlyPost());
        return;
      }
      readFormBody(
        request,
        (body) => reply.settle(() => answer(headers, parseForm(body.toString()), reply)),
        (error) => reply.refuse(error),
      );
    },
  };

  /** Undefined: `reply` is answered once the statement is back. */
  function answer(headers: ClientHeaders, form: Form, reply: Reply): MaybeLater<string> | undefined {
    const credentials = credentialsOf(headers, form);
    const recognized = resolver.recognize(form['token'] ?? '');
    if (recognized === undefined) return answerAfterVerifying(form, credentials);
    const answered = (standing: Standing) =>
      andThen(authenticated(credentials, standing), (client) => tell(client, form, recognized, standing));
    ask(
      { client: credentials.clientId, credential: recognized.key },
      {
        answered: (standing) => reply.settle(() => answered(standing)),
        failed: (error) => reply.refuse(error),
      },
      true,
    );
    return undefined;
  }

  /** A signature that was never seen costs a verification: not before who asks is known. */
  async function answerAfterVerifying(form: Form, credentials: ClientCredentials): Promise<string> {
    const ofClient = await askOne(ask, { client: credentials.clientId }, true);
    const client = await authenticated(credentials, ofClient);
    const verified = await resolver.verify(form['token'] ?? '');
    const standing = verified.key === undefined ? NO_STANDING : await askOne(ask, { credential: verified.key }, true);
    return await tell(client, form, verified, standing);
  }

  function tell(client: ResourceServer, form: Form, recognized: Recognized, standing: Standing): MaybeLater<string> {
    if (form['token'] === undefined || form['token'] === '') {
      throw new HttpError(400, 'The parameter token is missing.', { code: 'invalid_request' });
    }
    const now = clock.now();
    return andThen(resolver.conclude(recognized, standing, now), (resolution) => {
      if (resolution.use === 'none') return inactive(resolution.reason, client);
      recordUse(usage, resolution, useAsTold(form, client), now);
      const text = write(resolution, now);
      return client.countsRequests ? withLimit(text, resolution) : text;
    });
  }

  /** @throws HttpError 401 */
  function authenticated(credentials: ClientCredentials, { client }: Standing): MaybeLater<ResourceServer> {
    return andThen(authentication.isAuthentic(credentials, client), (authentic) => {
      if (client === undefined || !authentic) throw unauthenticated();
      return client;
    });
  }

  /** @throws HttpError 400 for what is no authentication, 401 for none */
  function credentialsOf(headers: ClientHeaders, form: Form): ClientCredentials {
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

function onlyPost(): HttpError {
  return new HttpError(405, 'This address takes POST only.', { code: 'invalid_request', headers: { allow: 'POST' } });
}

const REASONS = { expired: 'expired', ended: 'revoked' } as const;

/** One constant, whatever the cause, unless the service is registered to be told of genuine tokens. */
function inactive(reason: keyof typeof REASONS | 'unknown', client: ResourceServer): string {
  const told = client.tellsReasons && reason !== 'unknown' ? { inactive_reason: REASONS[reason] } : {};
  return JSON.stringify({ active: false, ...told } satisfies IntrospectionResponse);
}
