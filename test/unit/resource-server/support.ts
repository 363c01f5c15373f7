// An introspection endpoint that answers what a test tells it: for answers, delays and breakages that the real server
// gives seldom or never. What the real one answers is tested in test/protocol/resource-server.test.ts.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type AuthenticatorOptions, createAuthenticator } from '../../../src/resource-server/authenticator.ts';
import type { Call } from '../../../src/resource-server/judgement.ts';

interface Asked {
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

type Answer = (response: ServerResponse, asked: Asked) => unknown;

export interface Introspector {
  readonly url: string;
  readonly asked: Asked[];
  readonly connections: number;
  /** JSON for everybody from now on, or whatever a function does with the response. */
  answer: object | Answer;
}

export async function startIntrospector(answer: object | Answer): Promise<Introspector> {
  const asked: Asked[] = [];
  let connections = 0;
  const server = createServer((request, response) => void take(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const introspector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer,
    get connections() {
      return connections;
    },
  };
  return introspector;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const question = { authorization: request.headers.authorization, form };
    asked.push(question);
    if (typeof introspector.answer === 'function') await introspector.answer(response, question);
    else send(response, introspector.answer);
  }
}

export function send(
  response: ServerResponse,
  body: object | string,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** What the server says of a personal token of ada's, a member; of whom `issuer` is. */
export function personalToken(issuer: string, more: object = {}): object {
  return {
    active: true,
    token_use: 'personal_access_token',
    token_type: 'Bearer',
    iss: issuer,
    sub: 'user_ada',
    username: 'ada@acme.example',
    role: 'member',
    org_id: 'org_acme',
    jti: 'tok_1',
    iat: 1_894_708_800,
    exp: 4_000_000_000,
    scope: 'all',
    ...more,
  };
}

export function organizationToken(issuer: string, more: object = {}): object {
  const { username: _name, role: _role, ...common } = personalToken(issuer) as Record<string, unknown>;
  return { ...common, token_use: 'organization_token', sub: 'org_acme', scope: 'newsletter', ...more };
}

export function signIn(issuer: string, more: object = {}): object {
  return {
    ...personalToken(issuer),
    token_use: 'access_token',
    client_id: 'teamday-cli',
    sid: 'ses_1',
    aud: issuer,
    scope: 'agents:manage tasks:create',
    ...more,
  };
}

/** A service's authenticator on that endpoint, and a request of its own for each call. */
export function serviceOf(url: string, options: Partial<AuthenticatorOptions> = {}) {
  const faults: string[] = [];
  const authenticator = createAuthenticator({
    issuer: url,
    clientId: 'newsletter',
    clientSecret: 's3cret',
    onFault: ({ message }) => faults.push(message),
    ...options,
  });
  const authenticate = (token = 'opaque', call: Partial<Call> = {}) =>
    authenticator.authenticate(
      new Request('https://service.example/', { headers: { authorization: `Bearer ${token}` } }),
      { service: 'newsletter', ...call },
    );
  return { authenticator, authenticate, faults };
}
