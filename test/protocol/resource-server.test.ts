// @teamday/resource-server and the real server: every refusal there is, on every framework. What it does with answers that
// the real server gives seldom is in test/unit/resource-server.
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createResourceServers } from '../../src/clients/resource-server.ts';
import { DatabaseUnavailable } from '../../src/database/database.ts';
import { type Authenticator, createAuthenticator } from '../../src/resource-server/authenticator.ts';
import type { PrivateKey } from '../../src/resource-server/client-authentication.ts';
import type { Call } from '../../src/resource-server/judgement.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { type JsonAnswer, logIn, read, refresh, type TokenResponse } from '../support/oauth.ts';
import { frameworks, type Service, startFetchService } from '../unit/resource-server/frameworks.ts';

const LIMIT = 10;
let identity: Identity;
let ada: TestPerson;
let tokens: TokenResponse;
let authenticator: Authenticator;
let away = false;

beforeAll(async () => {
  stopClock();
  const unless = <T>(work: () => Promise<T>) => (away ? Promise.reject(new DatabaseUnavailable('away')) : work());
  identity = await startIdentity({
    settings: (given) => ({
      ...given,
      requestLimits: { ...given.requestLimits, organizationToken: { points: LIMIT, seconds: 60 } },
      limits: { ...given.limits, tokenCreationPerPerson: { points: 100, seconds: 3600 } },
    }),
    wrapDatabase: (database) => ({
      ...database,
      query: (text, parameters) => unless(() => database.query(text, parameters)),
      transaction: (work) => unless(() => database.transaction(work)),
    }),
  });
  ada = await identity.addPerson({ role: 'admin' });
  tokens = await logIn(identity.url, ada);
  authenticator = await serviceOf({ countsRequests: true, tellsReasons: true });
});
afterAll(async () => {
  vi.useRealTimers();
  await identity?.close();
});

async function serviceOf(registration: Parameters<Identity['addResourceServer']>[1] = {}): Promise<Authenticator> {
  const { id: clientId, secret: clientSecret } = await identity.addResourceServer(undefined, registration);
  return createAuthenticator({ issuer: identity.url, clientId, clientSecret, onFault: () => {} });
}

async function api(path: string, body: object = {}): Promise<JsonAnswer> {
  tokens = (await refresh(identity.url, tokens.refresh_token)).body; // the clock may have moved
  const headers = { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json' };
  return await read(await fetch(`${identity.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

type Token = { token: string; id: string };
const personalToken = async () => (await api('/api/users/me/tokens', { name: 'CI' })).body as Token;
const organizationToken = async (scopes: string[], expiresInDays = 90) =>
  (await api(`/api/organizations/${ada.organizationId}/tokens`, { name: 'Sync', scopes, expiresInDays })).body as Token;
const revoke = async ({ id, token }: Token) => {
  const owner = token.startsWith('otk_') ? `organizations/${ada.organizationId}` : 'users/me';
  expect((await api(`/api/${owner}/tokens/${id}/revoke`)).status).toBe(200);
};

const requestWith = (token: string) =>
  new Request('https://service.example/', { headers: { authorization: `Bearer ${token}` } });

async function outcome(token: string, call: Partial<Call> = {}, by = authenticator): Promise<string> {
  const found = await by.authenticate(requestWith(token), { service: 'newsletter', ...call });
  return found.kind === 'refusal' ? `${found.status} ${found.body.message}` : found.kind;
}

const FORBIDDEN = '403 You do not have permission to perform this action';
const INVALID = '401 Invalid token or token expired';
const INVALID_OTK = '401 Unauthorized. Invalid or expired organization token';

describe('a sign-in', () => {
  it('is let in by role and scope, as they are now', async () => {
    const { access_token: token } = tokens;
    expect(await outcome(token)).toBe('person');
    expect(await outcome(token, { scopes: ['agents:manage', 'tasks:create'] })).toBe('person');
    expect(await outcome(token, { scopes: ['agents:manage', 'newsletter:send'] })).toBe(FORBIDDEN);
    expect(await outcome(token, { roles: ['admin'] })).toBe('person');
    const setRole = 'UPDATE memberships SET role = $2 WHERE person_id = $1';
    await identity.services.database.query(setRole, [ada.id, 'viewer']);
    expect(await outcome(token, { roles: ['admin'] })).toBe(FORBIDDEN);
    await identity.services.database.query(setRole, [ada.id, 'admin']);
  });

  it('is not let in by its refresh token', async () => {
    expect(await outcome(tokens.refresh_token)).toBe(INVALID);
  });

  it('ends with its access token', async () => {
    const { access_token: token } = tokens;
    advance(900);
    expect(await outcome(token)).toBe(INVALID);
  });
});

describe('a personal token', () => {
  it('is let in everywhere by its person’s role, until it is revoked', async () => {
    const own = await personalToken();
    const found = await authenticator.authenticate(requestWith(own.token), { service: 'newsletter' });
    expect(found).toMatchObject({ kind: 'person', id: ada.id, email: ada.email, role: 'admin', tokenId: own.id });
    expect(await outcome(own.token, { service: 'seo', scopes: ['agents:manage'], roles: ['admin'] })).toBe('person');
    expect(await outcome(own.token, { roles: ['organization'] })).toBe(FORBIDDEN);
    await revoke(own);
    expect(await outcome(own.token)).toBe(INVALID);
  });

  it('is refused in every call made after its revocation was answered', async () => {
    const own = await personalToken();
    let revoked = false;
    const seen = new Set<string>();
    const ask = async () => {
      const isAfter = revoked;
      seen.add(`${isAfter ? 'after' : 'before'}: ${await outcome(own.token)}`);
    };
    const asking = Array.from({ length: 4 }, async () => {
      for (let more = 10; more > 0; more -= revoked ? 1 : 0) await ask();
    });
    await revoke(own);
    revoked = true;
    await Promise.all(asking);
    expect([...seen].filter((line) => line.startsWith('after'))).toEqual([`after: ${INVALID}`]);
    expect(seen).toContain('before: person');
  });
});

describe('an organization token', () => {
  it('is let in where its scopes say', async () => {
    const own = await organizationToken(['agents']);
    expect(await outcome(own.token)).toBe(
      "403 Token does not have access to the 'newsletter' service. Required scope: 'newsletter' or 'all'.",
    );
    expect(await outcome(own.token, { service: 'agents', scopes: ['agents:execute'] })).toBe('organization');
    expect(await outcome(own.token, { service: 'agents', scopes: ['spaces:access'] })).toBe(FORBIDDEN);
    expect(await outcome(own.token, { service: 'agents', roles: ['admin'] })).toBe(FORBIDDEN);
    await revoke(own);
    expect(await outcome(own.token, { service: 'agents' })).toBe(INVALID_OTK);
  });

  it('is told to have expired, to services that are told', async () => {
    const { token } = await organizationToken(['all'], 1);
    const untold = await serviceOf();
    expect(await outcome(token)).toBe('organization');
    advance(2 * DAY);
    expect(await outcome(token)).toBe('401 Organization token expired');
    expect(await outcome(token, {}, untold)).toBe(INVALID_OTK);
  });
});

it('a service with a key is known by it', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  const { database, clock } = identity.services;
  const registration = {
    id: 'key-service',
    services: ['newsletter'],
    jwks,
    countsRequests: false,
    tellsReasons: false,
  };
  await createResourceServers(database, clock).create(registration, { credential: 'test' });
  const key = { ...((await exportJWK(privateKey)) as PrivateKey), kid: 'k1' };
  const byKey = createAuthenticator({ issuer: identity.url, clientId: 'key-service', privateKey: key });
  const { token } = await organizationToken(['newsletter']);
  expect(await outcome(token, {}, byKey)).toBe('organization');
  expect(await outcome(token, {}, byKey)).toBe('organization');
});

it('a service that isn’t known says 503 to others, and why to itself', async () => {
  const faults: string[] = [];
  const onFault = ({ message }: Error) => faults.push(message);
  const stranger = createAuthenticator({ issuer: identity.url, clientId: 'nobody', clientSecret: 'x', onFault });
  expect(await outcome('opaque', {}, stranger)).toMatch(/^503 /);
  expect(faults.join()).toMatch(/check clientId and its secret or key/);
});

describe.each([...Object.keys(frameworks), 'fetch'])('on %s', (name) => {
  let service: Service;
  let own: Token;
  beforeAll(async () => {
    service = await (frameworks[name] ?? startFetchService)(authenticator, authenticator);
    own = await organizationToken(['newsletter']);
  });
  afterAll(() => service?.close());

  const get = async (path: string, token = own.token) => {
    const response = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const refusal = (statusCode: number, message: string) => ({
    status: statusCode,
    text: JSON.stringify({ statusCode, message }),
  });

  it('a token is let in, counted, limited and revoked', async () => {
    const first = await get('/v1/subscribers/7');
    expect([first.status, JSON.parse(first.text)]).toEqual([200, { id: ada.organizationId }]);
    expect(first.headers.get('ratelimit-remaining')).toBe(String(LIMIT - 1));
    const message = "Token does not have access to the 'seo' service. Required scope: 'seo' or 'all'.";
    if (name !== 'fetch') expect(await get('/v1/report')).toMatchObject(refusal(403, message));
    away = true;
    const unavailable = await get('/v1/subscribers/7');
    away = false;
    expect(unavailable).toMatchObject(refusal(503, 'The service is briefly unavailable. Try again in a moment.'));
    expect(unavailable.headers.get('retry-after')).toBe('1');
    let answer = first;
    while (answer.status === 200) answer = await get('/v1/subscribers/7');
    expect(answer).toMatchObject(refusal(429, 'Rate limit exceeded'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('ratelimit-limit')).toBe(String(LIMIT));
    await revoke(own);
    expect(await get('/v1/subscribers/7')).toMatchObject(
      refusal(401, 'Unauthorized. Invalid or expired organization token'),
    );
  });
});
