// What the fast lane answers by itself, it answers as oidc-provider and the routes do: in the same words, to the same effect,
// with the same records. And what isn't plain is theirs.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { CLI_CLIENT_ID, CLI_SCOPES, DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type TokenResponse } from '../support/oauth.ts';
import { OTHER_CLIENT } from '../support/other-client.ts';
import { type PlainAnswer, send, WAYS, type Way } from '../support/plain-http.ts';
import { faultsIn } from '../support/refusals.ts';
import { Visitor } from '../support/visitor.ts';

const SCOPE = CLI_SCOPES.join(' ');
/** Each person may make so many. */
const TOKENS = 4;

let identity: Identity;
let urls: readonly string[];
let ada: TestPerson;
let visitor: Visitor;
let authorization: string;
/** Every statement of the first instance. */
const statements: string[] = [];

beforeAll(async () => {
  identity = await startIdentity({
    clients: [OTHER_CLIENT],
    settings: (given) => ({
      ...given,
      limits: { ...given.limits, tokenCreationPerPerson: { points: TOKENS, seconds: 3_600 } },
    }),
    wrapDatabase: watched,
  });
  const others = inject('backend') === 'services' ? [(await identity.another()).url] : [];
  urls = [identity.url, ...others];
  ada = await identity.addPerson();
  visitor = new Visitor(identity.url);
  await visitor.signIn(ada);
  ({ authorization } = await identity.addResourceServer());
});
afterAll(async () => {
  const faults = faultsIn(identity.logged).filter((line) => !line.includes('lock timeout')); // which a test brings about
  await identity.close();
  expect(faults).toEqual([]);
});

function watched(database: Database): Database {
  return {
    ...database,
    query: (text, parameters) => {
      statements.push(text);
      return database.query(text, parameters);
    },
  };
}

const at = (path: string, n = 0) => `${urls[n % urls.length]}${path}`;

const ask = (way: Way, more: Record<string, string> = {}) =>
  send(way, at('/oauth/device_authorization'), {
    client_id: CLI_CLIENT_ID,
    scope: SCOPE,
    device_name: 'ada\u200b-laptop ',
    device_system: 'Linux x64',
    ...more,
  });

const redeem = (way: Way, deviceCode: string, more: Record<string, string> = {}, n = 0) =>
  send(way, at('/oauth/token', n), {
    grant_type: DEVICE_CODE_GRANT,
    client_id: CLI_CLIENT_ID,
    device_code: deviceCode,
    ...more,
  });

const refresh = (way: Way, refreshToken: string, more: Record<string, string> = {}, n = 0) =>
  send(way, at('/oauth/token', n), {
    grant_type: 'refresh_token',
    client_id: CLI_CLIENT_ID,
    refresh_token: refreshToken,
    ...more,
  });

const makeToken = (way: Way, accessToken: string, body: object | string = { name: 'CI' }, n = 0) =>
  send(way, at('/api/users/me/tokens', n), typeof body === 'string' ? body : JSON.stringify(body), {
    authorization: `Bearer ${accessToken}`,
  });

async function approved(by = visitor, organizationId = ada.organizationId): Promise<string> {
  const { body } = await ask('plain');
  await by.decide(body.user_code, 'authorize', organizationId);
  return body.device_code;
}

async function logIn(person = ada): Promise<TokenResponse> {
  if (person === ada) return (await redeem('plain', await approved())).body;
  const by = new Visitor(identity.url);
  await by.signIn(person);
  return (await redeem('plain', await approved(by, person.organizationId))).body;
}

/** Signature known, so that the lane needn't verify it. */
async function sidOf({ access_token: token }: TokenResponse): Promise<string> {
  for (const url of urls) await introspect(url, authorization, token);
  return String(decodeJwt(token)['sid']);
}

/** Rows, without what is another each time. */
async function rowsOf(table: string, condition: string, value: unknown) {
  const order = table === 'device_authorizations' ? 'device_code_digest' : 'id';
  const { rows } = await identity.services.database.query<Record<string, unknown>>(
    `SELECT * FROM ${table} WHERE ${condition} = $1 ORDER BY ${order}`,
    [value],
  );
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, one]) => [name, kindOf(name, one)])));
}

/** What stands for a value that is another each time. */
function kindOf(name: string, value: unknown): unknown {
  if (value instanceof Date) return 'a time';
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  if (/^(?:id|session_id|request_id)$/.test(name)) return typeof value;
  if (name === 'target') return String(value).replace(/_.*/, '_…');
  if (name === 'details') return JSON.stringify(value).replaceAll(/"(?:preview|expiresAt)":"[^"]*"/g, '…');
  return value;
}

/** Without those for browsers' scripts, which always send an Origin. */
const headersOf = ({ headers }: PlainAnswer) =>
  Object.entries(headers)
    .filter(([name]) => !/^(?:content-length|date|x-request-id|vary|access-control-.*)$/.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

function tokensOf({ status, body, ...answer }: PlainAnswer) {
  const { exp = 0, iat = 0, jti, ...claims } = decodeJwt(body.access_token);
  return {
    status,
    headers: headersOf({ status, body, ...answer }),
    names: Object.keys(body),
    expiresIn: body.expires_in,
    scope: body.scope,
    type: body.token_type,
    refreshToken: body.refresh_token.length,
    header: decodeProtectedHeader(body.access_token),
    claims: Object.keys(decodeJwt(body.access_token)),
    values: { ...claims, sid: 'one' },
    lifetime: exp - iat,
    jti: String(jti).length,
  };
}

/** What comes of it, both ways. */
async function inBothWays(describe: (way: Way) => Promise<unknown>): Promise<[unknown, unknown]> {
  const [plain, ordinary] = [await describe('plain'), await describe('ordinary')];
  return [plain, ordinary];
}

const ran = async (pattern: RegExp, work: () => Promise<unknown>) => {
  statements.length = 0;
  await work();
  return statements.some((text) => pattern.test(text));
};

describe('both ways', () => {
  it('begin the same login', async () => {
    const [plain, ordinary] = await inBothWays(async (way) => {
      const answer = await ask(way);
      const { device_code: deviceCode, user_code: userCode, ...rest } = answer.body;
      return {
        headers: headersOf(answer),
        names: Object.keys(answer.body),
        codes: [deviceCode.length, userCode.replaceAll(/[B-Z]/g, 'X')],
        rest: { ...rest, verification_uri_complete: rest.verification_uri_complete.replace(userCode, 'CODE') },
        row: await rowsOf('device_authorizations', 'device_code_digest', sha256(deviceCode)),
      };
    });
    expect(plain).toEqual(ordinary);
    expect(plain).toMatchObject({ row: [{ device_name: 'ada-laptop', scope: SCOPE, user_agent: 'test' }] });
  });

  it('redeem the same session', async () => {
    const [plain, ordinary] = await inBothWays(async (way) => {
      const answer = await redeem(way, await approved());
      const sid = await sidOf(answer.body);
      return {
        tokens: tokensOf(answer),
        session: await rowsOf('sessions', 'id', sid),
        records: await rowsOf('audit_records', 'target', `session:${sid}`),
        introspected: Object.keys((await introspect(identity.url, authorization, answer.body.access_token)).body),
      };
    });
    expect(plain).toEqual(ordinary);
    expect(plain).toMatchObject({ records: [{ action: 'login.approved' }, { action: 'session.created' }] });
  });

  it('refresh the same', async () => {
    const [plain, ordinary] = await inBothWays(async (way) => {
      const tokens = await logIn();
      const answer = await refresh(way, tokens.refresh_token);
      const sid = await sidOf(answer.body);
      return { tokens: tokensOf(answer), session: await rowsOf('sessions', 'id', sid) };
    });
    expect(plain).toEqual(ordinary);
    expect(plain).toMatchObject({ session: [{ generation: 1, last_used_address: '127.0.0.1' }] });
  });

  it('make the same token, and note that the login was used', async () => {
    const [plain, ordinary] = await inBothWays(async (way) => {
      const person = await identity.addPerson({ organizationId: ada.organizationId });
      const tokens = await logIn(person);
      const sid = await sidOf(tokens);
      const answer = await makeToken(way, tokens.access_token, { name: ' CI\u0301 ', expiresInDays: 7 });
      const { id, token, ...rest } = answer.body;
      await identity.services.background.usage.flush();
      const named = (rows: Record<string, unknown>[]) =>
        rows.map((row) => JSON.parse(JSON.stringify(row).replaceAll(person.id, 'PERSON').replaceAll(sid, 'SID')));
      const { rows: uses } = await identity.services.database.query(
        `SELECT organization_id, service, method, route, address FROM credential_usage WHERE credential = $1 AND method = 'POST'`,
        [`session:${sid}`],
      );
      return {
        status: answer.status,
        headers: headersOf(answer),
        names: Object.keys(answer.body),
        token: token.length,
        rest: { ...rest, expiresAt: typeof rest.expiresAt },
        row: named(await rowsOf('tokens', 'id', id)),
        records: named(await rowsOf('audit_records', 'target', `token:${id}`)),
        uses,
      };
    });
    expect(plain).toEqual(ordinary);
    expect(plain).toMatchObject({ status: 201, records: [{ action: 'token.created' }], uses: [{}] });
  });
});

describe('a login that waits', () => {
  it('is asked about in the same way', async () => {
    const [plain, ordinary] = await inBothWays(async (way) => {
      const login = await ask('plain');
      const answers = [await redeem(way, login.body.device_code), await redeem(way, login.body.device_code)];
      return answers.map(({ status, body, ...answer }) => [status, body, headersOf({ status, body, ...answer })]);
    });
    expect(plain).toEqual(ordinary);
    expect(plain).toMatchObject([
      [400, { error: 'authorization_pending' }, expect.anything()],
      [400, { error: 'slow_down' }, expect.anything()],
    ]);
  });

  it('takes one poll at a time', async () => {
    const { body } = await ask('plain');
    const answers = await Promise.all([0, 1, 2].map((n) => redeem('plain', body.device_code, {}, n)));
    const withError = (error: string) => answers.filter(({ body: { error: one } }) => one === error).length;
    expect([withError('authorization_pending'), withError('slow_down')]).toEqual([1, 2]);
  });

  it('fills no log', async () => {
    const { body } = await ask('plain');
    const before = identity.logged.length;
    await redeem('plain', body.device_code);
    expect(identity.logged.slice(before)).toEqual([]);
  });
});

it('the plain way is the one that commands take', async () => {
  const tokens = await logIn();
  await sidOf(tokens);
  expect(await ran(/INSERT INTO device_authorizations/, () => ask('plain'))).toBe(true);
  const { body: login } = await ask('plain');
  expect(await ran(/SET polled_at/, () => redeem('plain', login.device_code))).toBe(true);
  const code = await approved();
  expect(await ran(/WITH ORDINALITY[\s\S]*INSERT INTO sessions/, () => redeem('plain', code))).toBe(true);
  expect(await ran(/SKIP LOCKED[\s\S]*UPDATE sessions/, () => refresh('plain', tokens.refresh_token))).toBe(true);
  expect(await ran(/SKIP LOCKED[\s\S]*INSERT INTO tokens/, () => makeToken('plain', tokens.access_token))).toBe(true);
});

const many = Array.from({ length: 12 }, (_, n) => n);

describe('at the same moment', () => {
  it('one refresh token has one successor, for all who show it', async () => {
    const tokens = await logIn();
    const answers = await Promise.all(
      many.map((n) => refresh(WAYS[n % 3 === 0 ? 1 : 0] ?? 'plain', tokens.refresh_token, {}, n)),
    );
    expect(answers.map(({ status }) => status)).toEqual(many.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    const [session] = await rowsOf('sessions', 'id', await sidOf(tokens));
    expect(session).toMatchObject({ generation: 1, end_reason: null });
  });

  it('one device code becomes one session', async () => {
    const code = await approved();
    const answers = await Promise.all(many.map((n) => redeem(WAYS[n % 3 === 0 ? 1 : 0] ?? 'plain', code, {}, n)));
    expect(answers.map(({ status }) => status)).toEqual(many.map(() => 200));
    expect(new Set(answers.map(({ body }) => decodeJwt(body.access_token)['sid'])).size).toBe(1);
    const sid = await sidOf(answers[0]?.body);
    const records = await rowsOf('audit_records', 'target', `session:${sid}`);
    expect(records.map(({ action }) => action)).toEqual(['login.approved', 'session.created']);
  });

  it('nobody makes more tokens than they may', async () => {
    const tokens = await logIn(await identity.addPerson());
    await sidOf(tokens);
    const answers = await Promise.all(
      many.map((n) => makeToken(WAYS[n % 3 === 0 ? 1 : 0] ?? 'plain', tokens.access_token, { name: `CI ${n}` }, n)),
    );
    const withStatus = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([withStatus(201), withStatus(429)]).toEqual([TOKENS, many.length - TOKENS]);
    expect(answers.find(({ status }) => status === 429)?.body).toEqual({
      statusCode: 429,
      message: 'Rate limit exceeded',
    });
  });

  it('what one asks in vain is nothing to the others', async () => {
    const people = await Promise.all(many.slice(0, 4).map(() => identity.addPerson()));
    const logins = await Promise.all(people.map((person) => logIn(person)));
    await Promise.all(logins.map(sidOf));
    const bodies = ['{"name":"\\ud800"}', '{"name":"a\\u0000b"}', '{"name":"CI"}', '{"name":"CI","expiresInDays":366}'];
    const answers = await Promise.all(
      logins.map(({ access_token: token }, n) => makeToken('plain', token, bodies[n] ?? '')),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 201, 400]);
  });
});

describe.runIf(inject('backend') === 'services')('while the audit chain of an organization is held', () => {
  const MUCH = { timeout: 30_000 };

  it('nobody else waits for it, and no introspection', MUCH, async () => {
    const other = await identity.addPerson();
    const [tokens, others] = [await logIn(), await logIn(other)];
    await Promise.all([sidOf(tokens), sidOf(others)]);
    const codes = await Promise.all(many.slice(0, 5).map(() => approved()));
    const held = await hold(ada.organizationId);
    const redeeming = [];
    for (const code of codes) {
      redeeming.push(redeem('plain', code));
      await pause(100);
      const { status, body } = await introspect(identity.url, authorization, others.access_token);
      expect([status, body.active]).toEqual([200, true]);
    }
    expect((await makeToken('plain', others.access_token)).status).toBe(201);
    await held.release();
    expect((await Promise.all(redeeming)).map(({ status }) => status)).toEqual(codes.map(() => 200));
  });

  it('what took too long has not been done, and can be done again', MUCH, async () => {
    const code = await approved();
    const held = await hold(ada.organizationId);
    const { status, headers } = await redeem('plain', code);
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    await held.release();
    await pause(500); // for what would be done late
    const answer = await redeem('plain', code);
    expect(answer.status).toBe(200);
    expect((await introspect(identity.url, authorization, answer.body.access_token)).body.active).toBe(true);
  });

  async function hold(organizationId: string): Promise<{ release(): Promise<void> }> {
    let [release, reach] = [() => {}, () => {}];
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const holding = identity.services.database.transaction(async (transaction) => {
      // Once more and again: an instance that says nothing for 5 s in a transaction gives up its locks.
      const keepAlive = setInterval(() => void transaction.query('SELECT 1'), 1_000);
      await transaction.query('SELECT FROM audit_chains WHERE chain = $1 FOR UPDATE', [organizationId]);
      reach();
      await released;
      clearInterval(keepAlive);
    });
    await reached;
    return {
      async release() {
        release();
        await holding;
      },
    };
  }
});

describe('what is not plain', () => {
  it.each<[string, (way: Way) => Promise<PlainAnswer>]>([
    ['a scope that there is not', (way) => ask(way, { scope: 'agents:manage everything' })],
    ['no scope', (way) => ask(way, { scope: '' })],
    ['a client that is none', (way) => ask(way, { client_id: 'somebody' })],
    ['a device code that there is not', (way) => redeem(way, 'x'.repeat(43))],
    ['no device code', (way) => redeem(way, '')],
    ['a refresh token that there is not', (way) => refresh(way, 'x'.repeat(43))],
    ['a grant that there is not', (way) => refresh(way, 'x', { grant_type: '__proto__' })],
    [
      "another client's refresh",
      async (way) => refresh(way, (await logIn()).refresh_token, { client_id: OTHER_CLIENT.client_id }),
    ],
    [
      "another client's redemption",
      async (way) => redeem(way, await approved(), { client_id: OTHER_CLIENT.client_id }),
    ],
    [
      'a resource that is another',
      async (way) => refresh(way, (await logIn()).refresh_token, { resource: 'https://elsewhere.example' }),
    ],
    ['an access token that is none', (way) => makeToken(way, 'nonsense')],
    ['a body that is none', async (way) => makeToken(way, (await logIn()).access_token, '{')],
    ['a member too many', async (way) => makeToken(way, (await logIn()).access_token, { name: 'CI', scopes: ['all'] })],
  ])('%s', async (_, request) => {
    const [plain, ordinary] = [await request('plain'), await request('ordinary')];
    expect(plain.status).toBeGreaterThanOrEqual(400);
    expect(plain.status).toBeLessThan(500);
    expect([plain.status, plain.body, headersOf(plain)]).toEqual([ordinary.status, ordinary.body, headersOf(ordinary)]);
  });

  it('a login whose person is a member no more', async () => {
    const person = await identity.addPerson();
    const by = new Visitor(identity.url);
    await by.signIn(person);
    const code = await approved(by, person.organizationId);
    await identity.services.database.query('DELETE FROM memberships WHERE person_id = $1', [person.id]);
    const { status, body } = await redeem('plain', code);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    const { rows } = await identity.services.database.query<{ action: string }>(
      `SELECT action FROM audit_records WHERE actor_id = $1 AND action LIKE 'session.%' AND details ->> 'kind' = 'cli'`,
      [person.id],
    );
    expect(rows).toEqual([{ action: 'session.refused' }]);
  });

  it('a refresh token that was used before, and not just now', async () => {
    const tokens = await logIn();
    const next = (await refresh('plain', tokens.refresh_token)).body;
    expect((await refresh('plain', next.refresh_token)).status).toBe(200);
    expect((await refresh('plain', tokens.refresh_token)).body.error).toBe('invalid_grant');
    const [session] = await rowsOf('sessions', 'id', await sidOf(tokens));
    expect(session).toMatchObject({ end_reason: 'refresh_token_reused' });
  });
});

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
