// /forward-auth as a gateway sees it: who may pass, with which headers, and what a client can't do about it.
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { importJWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseUnavailable } from '../../src/database/database.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn, read, revoke, type TokenResponse } from '../support/oauth.ts';
import { faultsIn } from '../support/refusals.ts';

const NOW = new Date('2030-01-15T12:00:00Z');
const EPOCH = NOW.getTime() / 1000;
const GATEWAY = '127.0.0.1';
const STRANGER = '127.0.0.2';
let identity: Identity;
let ada: TestPerson;
let login: TokenResponse;
let bearer: string;
/** What becomes of a statement, besides reaching the database. */
let database: 'there' | 'away' | 'silent' = 'there';
/** What was asked meanwhile goes on afterwards: the server's own rounds are among it. */
const waiting: (() => void)[] = [];

beforeAll(async () => {
  stopClock(NOW);
  const reach = <T>(work: () => Promise<T>): Promise<T> => {
    if (database === 'away') return Promise.reject(new DatabaseUnavailable('away'));
    if (database === 'silent') return new Promise<void>((resolve) => waiting.push(resolve)).then(work);
    return work();
  };
  identity = await startIdentity({
    env: { TRUSTED_PROXIES: GATEWAY },
    settings: (given) => ({
      ...given,
      requestLimits: { ...given.requestLimits, personalAccessToken: { points: 3, seconds: 60 } },
      limits: { ...given.limits, tokenCreationPerPerson: { points: 100, seconds: 3600 } },
    }),
    wrapDatabase: (real) => ({
      ...real,
      query: (...statement) => reach(() => real.query(...statement)),
      transaction: (work) => reach(() => real.transaction(work)),
    }),
  });
  ada = await identity.addPerson({ role: 'admin', email: 'ada@acme.example' });
  login = await logIn(identity.url, ada);
  bearer = `Bearer ${login.access_token}`;
});
beforeEach(() => {
  stopClock(NOW);
  database = 'there';
});
afterEach(() => {
  for (const goOn of waiting.splice(0)) goOn();
});
afterAll(async () => {
  vi.useRealTimers();
  await identity?.close();
});

interface Given {
  method?: string;
  /** undefined: as nobody. */
  authorization?: string | string[] | undefined;
  headers?: Record<string, string>;
  body?: string;
  /** The sender's address. */
  from?: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends a path as it is, dot segments and all. */
async function ask(path: string, { method = 'GET', authorization, headers, body, from = GATEWAY }: Given = {}) {
  const request = httpRequest({
    host: GATEWAY,
    port: new URL(identity.url).port,
    localAddress: from,
    path,
    method,
    ...(headers === undefined ? {} : { headers }),
  });
  if (authorization !== undefined) request.setHeader('authorization', authorization);
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) } as Answer;
}

const api = async (path: string, body: object) =>
  (
    await read(
      await fetch(`${identity.url}/api${path}`, {
        method: 'POST',
        headers: { authorization: bearer, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
  ).body as { token: string; id: string };
const organizationTokens = () => `/organizations/${ada.organizationId}/tokens`;
const newOrganizationToken = (scopes: string[]) => api(organizationTokens(), { name: 'Sync', scopes });

const identityOf = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-teamday-')));

const NOBODY = {
  'x-teamday-subject': '',
  'x-teamday-username': '',
  'x-teamday-organization': '',
  'x-teamday-role': '',
  'x-teamday-token-use': '',
  'x-teamday-client-id': '',
  'x-teamday-scope': '',
  'x-teamday-session': '',
  'x-teamday-token-id': '',
  'x-teamday-expires': '',
  'x-teamday-refusal': '',
};

/** The answer is this refusal: body, challenge, and every identity header empty. */
function expectRefused(answer: Answer, statusCode: number, message: string, challenge: string | undefined): void {
  const body = JSON.stringify({ statusCode, message });
  expect([answer.status, answer.body, answer.headers['www-authenticate']]).toEqual([statusCode, body, challenge]);
  expect(identityOf(answer)).toEqual({ ...NOBODY, 'x-teamday-refusal': body });
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  });
}

const INVALID = 'Invalid token or token expired';
const INVALID_CHALLENGE = `Bearer realm="TeamDay", error="invalid_token", error_description="${INVALID}"`;
const expectInvalid = (answer: Answer) => expectRefused(answer, 401, INVALID, INVALID_CHALLENGE);

describe('whoever may pass is told of by', () => {
  it('all of these headers, of a sign-in', async () => {
    const answer = await ask('/forward-auth', { authorization: bearer });
    expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([200, '', '0']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(identityOf(answer)).toEqual({
      'x-teamday-subject': ada.id,
      'x-teamday-username': 'ada@acme.example',
      'x-teamday-organization': ada.organizationId,
      'x-teamday-role': 'admin',
      'x-teamday-token-use': 'access_token',
      'x-teamday-client-id': 'teamday-cli',
      'x-teamday-scope': 'agents:manage agents:execute spaces:access tasks:create',
      'x-teamday-session': expect.stringMatching(/^ses_/),
      'x-teamday-token-id': expect.stringMatching(/^[A-Za-z0-9_-]{20,}$/),
      'x-teamday-expires': String(EPOCH + 900),
      'x-teamday-refusal': '',
    });
  });

  it('all of these headers, of a personal token', async () => {
    const { token, id } = await api('/users/me/tokens', { name: 'CI', expiresInDays: 7 });
    expect(identityOf(await ask('/forward-auth', { authorization: `bearer  ${token}` }))).toEqual({
      ...NOBODY,
      'x-teamday-subject': ada.id,
      'x-teamday-username': 'ada@acme.example',
      'x-teamday-organization': ada.organizationId,
      'x-teamday-role': 'admin',
      'x-teamday-token-use': 'personal_access_token',
      'x-teamday-scope': 'all',
      'x-teamday-token-id': id,
      'x-teamday-expires': String(EPOCH + 7 * DAY),
    });
  });

  it('all of these headers, of an organization’s token that never expires', async () => {
    const { token, id } = await api(organizationTokens(), { name: 'Sync', scopes: ['newsletter'], expiresInDays: 0 });
    expect(identityOf(await ask('/forward-auth', { authorization: `Bearer ${token}` }))).toEqual({
      ...NOBODY,
      'x-teamday-subject': ada.organizationId,
      'x-teamday-organization': ada.organizationId,
      'x-teamday-token-use': 'organization_token',
      'x-teamday-scope': 'newsletter',
      'x-teamday-token-id': id,
    });
  });

  it('an e-mail address that no header could hold as it is', async () => {
    const email = 'zoë+"a, b"%\r\nx-teamday-role: admin@bücher.example';
    const person = await identity.addPerson({ role: 'viewer' });
    const { access_token: token } = await logIn(identity.url, person);
    await identity.services.database.query('UPDATE people SET email = $2 WHERE id = $1', [person.id, email]);
    const { headers } = await ask('/forward-auth', { authorization: `Bearer ${token}` });
    const username = String(headers['x-teamday-username']);
    expect(username).toBe('zo%C3%AB+%22a%2C b%22%25%0D%0Ax-teamday-role: admin@b%C3%BCcher.example');
    expect(decodeURIComponent(username)).toBe(email);
    expect(headers['x-teamday-role']).toBe('viewer');
  });

  it('nothing that the client said', async () => {
    const headers = { 'X-TeamDay-Session': 'ses_forged', 'X-TeamDay-Admin': 'yes', 'X-TeamDay-Role': 'viewer' };
    const answer = await ask('/forward-auth', { authorization: bearer, headers });
    expect(answer.headers['x-teamday-session']).not.toContain('forged');
    expect(answer.headers['x-teamday-role']).toBe('admin');
    expect(answer.headers['x-teamday-admin']).toBeUndefined();
  });

  it('whatever the method, for gateways that pass it on', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const given = { method, authorization: bearer, ...(method === 'POST' ? { body: 'x' } : {}) };
      const answer = await ask('/forward-auth?service=agents', given);
      expect([method, answer.status, answer.headers['x-teamday-subject']]).toEqual([method, 200, ada.id]);
    }
  });
});

it('answers no further question on a connection that owes it a body: that body would be the question’s beginning', async () => {
  const lines = ['GET /forward-auth HTTP/1.1', 'Host: identity'];
  const send = (...headers: string[]) => {
    const socket = connect(Number(new URL(identity.url).port), GATEWAY);
    socket.write([...lines, ...headers, '', ''].join('\r\n'));
    return socket;
  };
  const authorization = `Authorization: ${bearer}`;
  for (const owed of [
    ['Content-Length: 40', authorization],
    ['Content-Length: 40'],
    ['Transfer-Encoding: chunked', 'Authorization: Bearer unknown'],
  ]) {
    expect(await text(send(...owed))).toMatch(/\r\nconnection: close\r\n/i);
  }
  for (const complete of [['Content-Length: 0', authorization], [], ['Authorization: Bearer unknown']]) {
    const socket = send(...complete);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/\r\nconnection: keep-alive\r\n/i);
    socket.destroy();
  }
});

describe('nobody passes', () => {
  const NONE = 'No authentication token found';

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Token abc'])(
    'without a credential (%j)',
    async (authorization) => {
      expectRefused(await ask('/forward-auth', { authorization }), 401, NONE, 'Bearer realm="TeamDay"');
    },
  );

  it('with a credential in any other place', async () => {
    const token = login.access_token;
    const elsewhere = {
      cookie: `access_token=${token}`,
      'proxy-authorization': bearer,
      'x-forwarded-authorization': bearer,
    };
    expectRefused(await ask('/forward-auth', { headers: elsewhere }), 401, NONE, 'Bearer realm="TeamDay"');
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await ask('/forward-auth', { ...form, body: `access_token=${token}` })).status).toBe(401);
    expect((await ask(`/forward-auth?access_token=${token}`)).status).toBe(400);
  });

  it('with two', async () => {
    const message = 'The request has more than one Authorization header. Send one.';
    const answer = await ask('/forward-auth', { authorization: [bearer, 'Bearer another'] });
    expectRefused(
      answer,
      401,
      message,
      `Bearer realm="TeamDay", error="invalid_request", error_description="${message}"`,
    );
  });

  it.each(['unknown', 'a.b.c', `td_${'x'.repeat(43)}`, '%0d%0a', '💥'.repeat(3)])('with %j', async (token) => {
    const authorization = Buffer.from(`Bearer ${token}`).toString('latin1');
    expectInvalid(await ask('/forward-auth', { authorization }));
  });

  it('with a refresh token', async () => {
    expectInvalid(await ask('/forward-auth', { authorization: `Bearer ${login.refresh_token}` }));
  });

  it('with an access token that is addressed to another service alone', async () => {
    const [jwk] = identity.services.keys.signingKeys;
    if (jwk === undefined) throw new Error('no signing key');
    const claims = JSON.parse(Buffer.from(login.access_token.split('.')[1] ?? '', 'base64url').toString());
    const as = async (aud: string | string[]) => {
      const token = await new SignJWT({ ...claims, aud })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
        .sign(await importJWK(jwk, 'ES256'));
      return await ask('/forward-auth', { authorization: `Bearer ${token}` });
    };
    expectInvalid(await as('https://newsletter.example'));
    expect((await as(['https://newsletter.example', identity.url])).status).toBe(200);
  });

  it('with a sign-in that has ended, or whose person was disabled', async () => {
    const person = await identity.addPerson();
    const [one, two] = [await logIn(identity.url, person), await logIn(identity.url, person)];
    const as = ({ access_token: token }: TokenResponse) => ask('/forward-auth', { authorization: `Bearer ${token}` });
    await revoke(identity.url, one.refresh_token);
    expectInvalid(await as(one));
    expect((await as(two)).status).toBe(200);
    await identity.services.database.query('UPDATE people SET disabled_at = now() WHERE id = $1', [person.id]);
    expectInvalid(await as(two));
    advance(900);
    expectInvalid(await ask('/forward-auth', { authorization: bearer }));
  });

  it('with a personal token that was revoked, or has expired', async () => {
    const { token, id } = await api('/users/me/tokens', { name: 'CI', expiresInDays: 7 });
    const { token: other } = await api('/users/me/tokens', { name: 'CI', expiresInDays: 7 });
    expect((await ask('/forward-auth', { authorization: `Bearer ${token}` })).status).toBe(200);
    await api(`/users/me/tokens/${id}/revoke`, {});
    expectInvalid(await ask('/forward-auth', { authorization: `Bearer ${token}` }));
    advance(7 * DAY);
    expectInvalid(await ask('/forward-auth', { authorization: `Bearer ${other}` }));
  });

  it('with an organization’s token that was revoked, or has expired', async () => {
    const challenge = (message: string) => INVALID_CHALLENGE.replace(INVALID, message);
    const [{ token, id }, { token: other }] = [
      await newOrganizationToken(['all']),
      await newOrganizationToken(['all']),
    ];
    await api(`${organizationTokens()}/${id}/revoke`, {});
    const invalid = 'Unauthorized. Invalid or expired organization token';
    expectRefused(await ask('/forward-auth', { authorization: `Bearer ${token}` }), 401, invalid, challenge(invalid));
    advance(90 * DAY);
    const expired = 'Organization token expired';
    expectRefused(await ask('/forward-auth', { authorization: `Bearer ${other}` }), 401, expired, challenge(expired));
  });
});

describe('what the gateway demands', () => {
  const as = async (path: string, token: string) =>
    (await ask(path, { authorization: token.startsWith('Bearer') ? token : `Bearer ${token}` })).status;

  it('is a service: a token needs its name or `all`', async () => {
    const { token: newsletter } = await newOrganizationToken(['newsletter']);
    const { token: agents } = await newOrganizationToken(['agents']);
    const { token: all } = await newOrganizationToken(['all']);
    expect(await as('/forward-auth?service=newsletter', newsletter)).toBe(200);
    expect(await as('/forward-auth?service=newsletter', all)).toBe(200);
    expect(await as('/forward-auth?service=newsletter', bearer)).toBe(200);
    const message = "Token does not have access to the 'newsletter' service. Required scope: 'newsletter' or 'all'.";
    expectRefused(
      await ask('/forward-auth?service=newsletter', { authorization: `Bearer ${agents}` }),
      403,
      message,
      `Bearer realm="TeamDay", error="insufficient_scope", error_description="${message}", scope="newsletter"`,
    );
  });

  it('is scopes: all of them', async () => {
    const { token: agents } = await newOrganizationToken(['agents']);
    expect(await as('/forward-auth?scope=agents:execute+tasks:create', bearer)).toBe(200);
    expect(await as('/forward-auth?scope=agents:execute%20tasks:create', agents)).toBe(403);
    expect(await as('/forward-auth?scope=agents:execute', agents)).toBe(200);
    const answer = await ask('/forward-auth?scope=agents:execute+agents:own', { authorization: bearer });
    const message = 'You do not have permission to perform this action';
    const challenge = `Bearer realm="TeamDay", error="insufficient_scope", error_description="${message}"`;
    expectRefused(answer, 403, message, `${challenge}, scope="agents:execute agents:own"`);
  });

  it('is a role: that or more, as it is now, and a person', async () => {
    const person = await identity.addPerson({ role: 'member', organizationId: ada.organizationId });
    const { access_token: token } = await logIn(identity.url, person);
    const { token: all } = await newOrganizationToken(['all']);
    expect(await as('/forward-auth?role=viewer', token)).toBe(200);
    expect(await as('/forward-auth?role=member', token)).toBe(200);
    expect(await as('/forward-auth?role=admin', bearer)).toBe(200);
    expect(await as('/forward-auth?role=viewer', all)).toBe(403);
    const answer = await ask('/forward-auth?role=admin', { authorization: `Bearer ${token}` });
    expectRefused(answer, 403, 'You do not have permission to perform this action', undefined);
    await identity.services.database.query("UPDATE memberships SET role = 'viewer' WHERE person_id = $1", [person.id]);
    expect(await as('/forward-auth?role=member', token)).toBe(403);
  });

  it.each([
    ['?service=newsleter', 'there is no service "newsleter" in config/services.json'],
    ['?service=__proto__', 'there is no service "__proto__" in config/services.json'],
    ['?service=', 'service is empty'],
    ['?service=newsletter&service=agents', 'service is given twice'],
    ['?services=newsletter', 'it knows no "services"'],
    ['?role=owner', 'role is one of admin, member, viewer, not "owner"'],
    ['?scope=a%20%20b', 'scope is a list of scopes with one space between them, not "a  b"'],
    ['?scope=a%22b', 'scope is a list of scopes with one space between them, not "a\\"b"'],
    ['?scope=a%0d%0ab', 'scope is a list of scopes with one space between them, not "a\\r\\nb"'],
    ['/newsletter/api?service=agents', 'it knows no "newsletter"'],
    ['/', 'nothing stands between /forward-auth/ and the path: write /forward-auth/-/ to demand nothing'],
    [
      '//service=newsletter/',
      'nothing stands between /forward-auth/ and the path: write /forward-auth/-/ to demand nothing',
    ],
  ])('has to be understood (%s), or nobody passes', async (path, why) => {
    const message = `The gateway asks /forward-auth wrongly: ${why}. Correct its configuration.`;
    expectRefused(await ask(`/forward-auth${path}`, { authorization: bearer }), 400, message, undefined);
    expectRefused(await ask(`/forward-auth${path}`), 400, message, undefined);
  });

  it('is told in characters that a header can hold, whatever was asked', async () => {
    const { status, headers, body } = await ask('/forward-auth?service=%E2%82%AC%F0%9F%92%A5%7F%0D%0A');
    expect([status, headers['x-teamday-refusal']]).toEqual([400, body]);
    expect(JSON.parse(body).message).toContain(JSON.stringify('€💥\x7f\r\n'));
  });

  it('stands before the client’s own path, of which nothing is a demand', async () => {
    const { token: agents } = await newOrganizationToken(['agents']);
    expect(await as('/forward-auth/service=agents/api?service=newsletter&role=admin&x', agents)).toBe(200);
    expect(await as('/forward-auth/service=agents&scope=agents:execute/', agents)).toBe(200);
    expect(await as('/forward-auth/-/service=newsletter/', agents)).toBe(200);
    for (const path of [
      '/service=newsletter/api?service=agents',
      '/service=newsletter/../service=agents/',
      '/service=newsletter/%2e%2e/-/',
      '/service=newsletter/-/?-',
      '/service=newsletter?service=agents',
      '/service=newsletter/%zz%00',
      '/role=admin&service=newsletter/',
    ]) {
      expect([path, await as(`/forward-auth${path}`, agents)]).toEqual([path, 403]);
    }
    expect(await as('/forward-auth/service=newsletter&service=agents/', agents)).toBe(400);
    expect(await as('/forward-authority', agents)).toBe(404);
  });
});

describe('a token’s limit', () => {
  const limits = ({ headers }: Answer) => [
    headers['ratelimit'],
    headers['ratelimit-policy'],
    headers['ratelimit-limit'],
    headers['ratelimit-remaining'],
    headers['ratelimit-reset'],
  ];

  it('is counted and told at every request, and over it nobody passes', async () => {
    const { token } = await api('/users/me/tokens', { name: 'CI', expiresInDays: 7 });
    const authorization = `Bearer ${token}`;
    const told = (remaining: number) => [
      `"default";r=${remaining};t=60`,
      '"default";q=3',
      '3',
      String(remaining),
      '60',
    ];
    expect(limits(await ask('/forward-auth', { authorization }))).toEqual(told(2));
    expect(limits(await ask('/forward-auth?scope=none', { authorization }))).toEqual(told(1));
    expect(limits(await ask('/forward-auth', { authorization }))).toEqual(told(0));
    const answer = await ask('/forward-auth', { authorization });
    expectRefused(answer, 429, 'Rate limit exceeded', undefined);
    expect([...limits(answer), answer.headers['retry-after']]).toEqual([...told(0), '60']);
    expect((await ask('/forward-auth', { authorization: bearer })).status).toBe(200);
  });
});

describe('a use', () => {
  /** What is known of the uses of a new token, after `send`. */
  async function usesAfter(send: (authorization: string) => Promise<unknown>) {
    const { token, id } = await newOrganizationToken(['newsletter']);
    await send(`Bearer ${token}`);
    await identity.services.background.usage.flush();
    const { rows } = await identity.services.database.query(
      `SELECT u.service, u.method, u.route, u.address, u.requests::int AS requests,
              t.last_used_address AS "lastAddress", t.last_used_user_agent AS "lastUserAgent"
       FROM credential_usage u JOIN tokens t ON u.credential = 'token:' || t.id WHERE t.id = $1 ORDER BY u.route`,
      [id],
    );
    return rows;
  }
  const told = {
    'user-agent': 'curl/8',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-method': 'DELETE',
    'x-forwarded-uri': '/api/v1/lists/9f3c/items/a_b?key=1',
  };

  it('is recorded as the gateway tells it', async () => {
    const rows = await usesAfter(async (authorization) => {
      await ask('/forward-auth?service=newsletter', { authorization, headers: told });
      const headers = { ...told, 'x-forwarded-method': 'no method' };
      await ask('/forward-auth/service=newsletter/sent/by/envoy/77?q', { method: 'PUT', authorization, headers });
      await ask('/forward-auth?service=agents', {
        authorization,
        headers: { 'x-original-uri': '/', 'x-original-method': 'x' },
      });
    });
    const last = { lastAddress: GATEWAY, lastUserAgent: null };
    const common = { service: 'newsletter', address: '203.0.113.7', requests: 1, ...last };
    expect(rows).toEqual([
      { service: 'agents', method: '', route: '/', address: GATEWAY, requests: 1, ...last },
      { ...common, method: 'DELETE', route: '/api/v1/lists/:id/items/:id' },
      { ...common, method: 'PUT', route: '/sent/by/envoy/:id' },
    ]);
  });

  it('is recorded without what a stranger tells', async () => {
    const rows = await usesAfter((authorization) =>
      ask('/forward-auth?service=newsletter', { authorization, headers: told, from: STRANGER }),
    );
    const last = { lastAddress: STRANGER, lastUserAgent: 'curl/8' };
    expect(rows).toEqual([{ service: '(not told)', method: '', route: '', address: STRANGER, requests: 1, ...last }]);
  });
});

describe('what can’t be known', () => {
  const UNAVAILABLE = 'The service is briefly unavailable. Try again in a moment.';

  it.each(['away', 'silent'] as const)('is 503 while the database is %s, and never a refusal', async (state) => {
    database = state;
    const startedAt = performance.now();
    const answer = await ask('/forward-auth?service=agents', { authorization: bearer });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expectRefused(answer, 503, UNAVAILABLE, undefined);
    expect(answer.headers['retry-after']).toBe('1');
    expect(faultsIn(identity.logged).at(-1)).toContain(answer.headers['x-request-id']);
  });

  it('needs no database for what is no credential at all', async () => {
    database = 'away';
    expectInvalid(await ask('/forward-auth', { authorization: `Bearer td_${'x'.repeat(43)}` }));
  });
});
