// POST /oauth/introspect (RFC 7662): who may ask, what is answered, and that every "no" is one and the same.
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResourceServers } from '../../src/clients/resource-server.ts';
import { DatabaseUnavailable } from '../../src/database/database.ts';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, postForm, read, refresh, revoke } from '../support/oauth.ts';
import { expectRefusal, faultsIn, refusesRepeated, refusesWhatIsNoForm } from '../support/refusals.ts';
import { Visitor } from '../support/visitor.ts';

const NOW = new Date('2030-01-15T12:00:00Z');
let identity: Identity;
let ada: TestPerson;
let visitor: Visitor;
let service: { id: string; secret: string; authorization: string };
let away = false;

beforeAll(async () => {
  stopClock(NOW);
  const unless = <T>(work: () => Promise<T>) => (away ? Promise.reject(new DatabaseUnavailable('away')) : work());
  identity = await startIdentity({
    wrapDatabase: (database) => ({
      ...database,
      query: (text, parameters) => unless(() => database.query(text, parameters)),
      transaction: (work) => unless(() => database.transaction(work)),
    }),
  });
  ada = await identity.addPerson({ role: 'viewer', email: 'ada@acme.example' });
  visitor = new Visitor(identity.url);
  await visitor.signIn(ada);
  service = await identity.addResourceServer('newsletter');
});
beforeEach(() => stopClock(NOW));
afterAll(async () => {
  vi.useRealTimers();
  await identity.close();
});

const endpoint = () => ({
  url: `${identity.url}/oauth/introspect`,
  fields: { token: 'unknown' },
  headers: { authorization: service.authorization },
});
const newSession = (person = ada) => logIn(identity.url, person, person === ada ? visitor : undefined);
const ask = (token: string, more: Record<string, string> = {}) =>
  postForm(endpoint().url, { token, ...more }, endpoint().headers);

describe('the answer', () => {
  it('about an access token is all of this', async () => {
    const tokens = await newSession();
    const answer = await ask(tokens.access_token);
    expect(answer.body).toEqual({
      active: true,
      token_use: 'access_token',
      token_type: 'Bearer',
      iss: identity.url,
      sub: ada.id,
      client_id: 'teamday-cli',
      username: 'ada@acme.example',
      scope: 'agents:manage agents:execute spaces:access tasks:create',
      aud: identity.url,
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{20,}$/),
      iat: 1_894_708_800,
      exp: 1_894_709_700,
      org_id: ada.organizationId,
      role: 'viewer',
      sid: expect.stringMatching(/^ses_[A-Za-z0-9_-]+$/),
    });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('about a refresh token is all of this', async () => {
    const tokens = await newSession();
    advance(60);
    const { body: next } = await refresh(identity.url, tokens.refresh_token);
    expect((await ask(next.refresh_token)).body).toEqual({
      active: true,
      token_use: 'refresh_token',
      token_type: 'Bearer',
      iss: identity.url,
      sub: ada.id,
      client_id: 'teamday-cli',
      username: 'ada@acme.example',
      scope: 'agents:manage agents:execute spaces:access tasks:create',
      iat: 1_894_708_860,
      exp: 1_894_708_800 + 90 * 86_400,
      org_id: ada.organizationId,
      role: 'viewer',
      sid: expect.stringMatching(/^ses_[A-Za-z0-9_-]+$/),
    });
  });

  it.each(['access_token', 'refresh_token', 'nonsense'])('is the same whatever the hint says (%s)', async (hint) => {
    const tokens = await newSession();
    expect((await ask(tokens.access_token, { token_type_hint: hint })).body.token_use).toBe('access_token');
    expect((await ask(tokens.refresh_token, { token_type_hint: hint })).body.token_use).toBe('refresh_token');
  });

  it('tells the role as it is at each call', async () => {
    const person = await identity.addPerson({ role: 'admin' });
    const tokens = await newSession(person);
    expect((await ask(tokens.access_token)).body.role).toBe('admin');
    await identity.services.database.query("UPDATE memberships SET role = 'viewer' WHERE person_id = $1", [person.id]);
    expect((await ask(tokens.access_token)).body.role).toBe('viewer');
  });

  it('writes nothing', async () => {
    const tokens = await newSession();
    const rows = async () =>
      (await identity.services.database.query('SELECT s::text FROM sessions s ORDER BY id')).rows;
    const before = await rows();
    advance(120);
    await ask(tokens.access_token);
    await ask(tokens.refresh_token);
    expect(await rows()).toEqual(before);
  });
});

describe('every inactive token', () => {
  /** The whole answer: were a cause told apart by one byte or header, it would be told. */
  async function expectInactive(token: string): Promise<void> {
    const response = await fetch(endpoint().url, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: endpoint().headers,
    });
    expect([response.status, await response.text()]).toEqual([200, '{"active":false}']);
    expect([...response.headers.keys()].sort()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'x-content-type-options',
      'x-request-id',
    ]);
  }

  const SQL = {
    'disabled person': 'UPDATE people SET disabled_at = now() WHERE id = $1',
    'removed person': 'DELETE FROM people WHERE id = $1',
    'ended membership': 'DELETE FROM memberships WHERE person_id = $1',
    'closed organization':
      'UPDATE organizations SET closed_at = now() WHERE id = (SELECT organization_id FROM memberships WHERE person_id = $1)',
    'ended session': "UPDATE sessions SET ended_at = now(), end_reason = 'signed_out' WHERE person_id = $1",
  };

  it.each(Object.entries(SQL))('of a %s looks like this', async (_what, sql) => {
    const person = await identity.addPerson();
    const tokens = await newSession(person);
    await identity.services.database.query(sql, [person.id]);
    await expectInactive(tokens.access_token);
    await expectInactive(tokens.refresh_token);
  });

  it('that was revoked looks like this', async () => {
    const tokens = await newSession();
    await revoke(identity.url, tokens.access_token);
    await expectInactive(tokens.access_token);
    await expectInactive(tokens.refresh_token);
  });

  it('that has expired looks like this', async () => {
    const tokens = await newSession();
    advance(900);
    await expectInactive(tokens.access_token);
    advance(90 * 86_400);
    await expectInactive(tokens.refresh_token);
  });

  it('that was rotated looks like this, and asking ends no session', async () => {
    const tokens = await newSession();
    const { body: next } = await refresh(identity.url, tokens.refresh_token);
    advance(60);
    await expectInactive(tokens.refresh_token);
    expect((await ask(next.refresh_token)).body.active).toBe(true);
  });

  it.each([
    'unknown',
    '💥',
    'a.b.c',
    '..',
    'x'.repeat(52),
    `${'x'.repeat(20_000)}.y.z`,
    `td_${'x'.repeat(43)}`,
    `otk_${'x'.repeat(43)}`,
    'Bearer x',
    ' ',
  ])('that is none (%j) looks like this', expectInactive);

  it('that was signed by somebody else, or by nobody, looks like this', async () => {
    const { access_token: genuine } = await newSession();
    const [header = '', payload = ''] = genuine.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const { privateKey } = await generateKeyPair('ES256');
    const jwks = await (await fetch(`${identity.url}/oauth/jwks`)).text();
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    await expectInactive(
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(privateKey),
    );
    await expectInactive(
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(Buffer.from(jwks)),
    );
    await expectInactive(`${none}.${payload}.`);
    await expectInactive(`${none}.${payload}.AA`);
    await expectInactive(`${header}.${payload}.${'A'.repeat(86)}`);
  });
});

describe('a service', () => {
  const expectKnown = (answer: JsonAnswer) => expect([answer.status, answer.body]).toEqual([200, { active: false }]);
  const expectUnknown = (answer: JsonAnswer) => {
    expectRefusal(answer, 401, 'invalid_client');
    expect(answer.headers.get('www-authenticate')).toBe(`Basic realm="${identity.url}", charset="UTF-8"`);
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const show = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(endpoint().url, { token: 'unknown', ...fields }, headers);

  it('authenticates by client_secret_basic', async () => {
    expectKnown(await show({}, { authorization: service.authorization }));
    expectKnown(await show({}, { authorization: service.authorization.replace('Basic', 'basic') }));
    expectKnown(await show({ client_id: service.id }, { authorization: service.authorization }));
  });

  it('authenticates by client_secret_post', async () => {
    expectKnown(await show({ client_id: service.id, client_secret: service.secret }));
  });

  it('must authenticate', async () => {
    expectUnknown(await show({}));
    expectUnknown(await show({ client_id: service.id }));
    expectUnknown(await show({ client_id: 'teamday-cli' }));
  });

  it.each(['wrong', '', 'x'.repeat(10_000)])('is unknown by the secret %j', async (secret) => {
    expectUnknown(await show({ client_id: service.id, client_secret: secret }));
  });

  it.each(['nobody', '__proto__', "' OR 1=1 --", 'newsletter ', 'NEWSLETTER'])(
    'is unknown by the id %j',
    async (id) => {
      expectUnknown(await show({ client_id: id, client_secret: service.secret }));
      expectUnknown(await show({}, { authorization: basic(`${encodeURIComponent(id)}:${service.secret}`) }));
    },
  );

  it('is not known by NUL, whatever part it is in', async () => {
    expectRefusal(await show({ client_id: 'newsletter\0', client_secret: service.secret }), 400, 'invalid_request');
    expectRefusal(await show({ client_id: service.id, client_secret: '\0' }), 400, 'invalid_request');
    expectUnknown(await show({}, { authorization: basic(`newsletter%00:${service.secret}`) }));
    expectUnknown(await show({}, { authorization: basic(`newsletter:%00`) }));
  });

  it.each(['Basic', 'Basic !!!', 'Bearer abc', basic('no colon'), basic(':secret'), basic('%zz:secret')])(
    'is not understood by the header %j',
    async (authorization) => expectRefusal(await show({}, { authorization }), 400, 'invalid_request'),
  );

  it('must use one method', async () => {
    const both = { client_id: service.id, client_secret: service.secret };
    expectRefusal(await show(both, { authorization: service.authorization }), 400, 'invalid_request');
  });

  it('must not be two', async () => {
    const answer = await show({ client_id: 'somebody-else' }, { authorization: service.authorization });
    expectRefusal(answer, 400, 'invalid_request');
  });
});

describe('a service with a key', () => {
  const ID = 'key-service';
  type Claims = { [claim in keyof JWTPayload]: unknown };
  let sign: (claims?: Claims, alg?: string) => Promise<string>;
  let signedByAnother: () => Promise<string>;

  beforeAll(async () => {
    const [own, another] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'ES256' };
    const { database, clock } = identity.services;
    await createResourceServers(database, clock).create(
      { id: ID, services: ['newsletter'], jwks: { keys: [jwk] }, countsRequests: false, tellsReasons: false },
      { credential: 'test' },
    );
    const seconds = NOW.getTime() / 1000;
    const claimsOf = (claims: Claims = {}) => ({
      iss: ID,
      sub: ID,
      aud: identity.url,
      jti: crypto.randomUUID(),
      exp: seconds + 60,
      ...claims,
    });
    const signWith = (key: CryptoKey | Uint8Array, alg: string, claims?: Claims) =>
      new SignJWT(claimsOf(claims) as JWTPayload).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
    sign = (claims, alg = 'ES256') =>
      alg === 'ES256' ? signWith(own.privateKey, alg, claims) : signWith(Buffer.from(JSON.stringify(jwk)), alg, claims);
    signedByAnother = () => signWith(another.privateKey, 'ES256');
  });

  const show = (assertion: string, more: Record<string, string> = {}) =>
    postForm(endpoint().url, {
      token: 'unknown',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...more,
    });
  const expectUnknown = async (assertion: string) => expectRefusal(await show(assertion), 401, 'invalid_client');

  it('authenticates by private_key_jwt, to the issuer or to the endpoint', async () => {
    expect((await show(await sign())).status).toBe(200);
    expect((await show(await sign({ aud: endpoint().url }))).status).toBe(200);
    expect((await show(await sign({ aud: ['https://elsewhere.example', identity.url] }))).status).toBe(200);
  });

  it('may use an assertion once', async () => {
    const assertion = await sign();
    expect((await show(assertion)).status).toBe(200);
    await expectUnknown(assertion);
  });

  it.each<[string, Claims]>([
    ['addressed to somebody else', { aud: 'https://elsewhere.example' }],
    ['addressed to the token endpoint', { aud: 'http://127.0.0.1/oauth/token' }],
    ['addressed to nobody', { aud: undefined }],
    ['that has expired', { exp: NOW.getTime() / 1000 - 1 }],
    ['that never expires', { exp: undefined }],
    ['that lives too long', { exp: NOW.getTime() / 1000 + 301 }],
    ['that is not valid yet', { nbf: NOW.getTime() / 1000 + 60 }],
    ['without an id of its own', { jti: undefined }],
    ['issued by somebody else', { iss: 'newsletter' }],
    ['about somebody else', { sub: 'newsletter' }],
  ])('is unknown by an assertion %s', async (_what, claims) => expectUnknown(await sign(claims)));

  it('is unknown by somebody else’s key', async () => expectUnknown(await signedByAnother()));

  it('is unknown by its public key taken for a secret', async () => expectUnknown(await sign({}, 'HS256')));

  it('is unknown by no signature at all', async () => {
    const [, payload] = (await sign()).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    await expectUnknown(`${header}.${payload}.`);
  });

  it('is unknown by a secret', async () => {
    for (const secret of ['', 'x'])
      expectRefusal(
        await postForm(endpoint().url, { token: 'x', client_id: ID, client_secret: secret }),
        401,
        'invalid_client',
      );
  });

  it('is not understood without the assertion’s type, with another, or with no assertion in it', async () => {
    expectRefusal(await show(await sign(), { client_assertion_type: '' }), 400, 'invalid_request');
    expectRefusal(await show(await sign(), { client_assertion_type: 'saml' }), 400, 'invalid_request');
    expectRefusal(await show('nonsense'), 400, 'invalid_request');
    expectRefusal(await show(await sign(), { client_id: 'newsletter' }), 400, 'invalid_request');
  });

  it.each([[5], [true], [null], [[ID]], [{ toString: 'x' }]])('is not understood where %j is its id', async (sub) =>
    expectRefusal(await show(await sign({ sub })), 400, 'invalid_request'),
  );
});

describe('the request', () => {
  it('is refused without a token', async () => {
    expectRefusal(await postForm(endpoint().url, {}, endpoint().headers), 400, 'invalid_request');
    expectRefusal(await ask(''), 400, 'invalid_request');
    expectRefusal(await ask('\0'), 400, 'invalid_request');
  });

  refusesRepeated(endpoint, ['token', 'token_type_hint', 'client_id', '__proto__', 'constructor']);

  it('may have parameters named like what every object has', async () => {
    const { access_token: token } = await newSession();
    const { url, headers } = endpoint();
    const body = new URLSearchParams({ token, constructor: 'x', toString: 'x', hasOwnProperty: 'x' });
    body.append('__proto__', 'x');
    expect((await read(await fetch(url, { method: 'POST', body, headers }))).body.active).toBe(true);
    expect((await ask('unknown')).body).toEqual({ active: false });
  });

  refusesWhatIsNoForm(endpoint, { mediaType: 415, tooLarge: 413 });

  it('has provoked no fault of ours', () => {
    expect(faultsIn(identity.logged)).toEqual([]);
  });
});

describe('while the database is away', () => {
  afterEach(() => {
    away = false;
  });

  it.each(['access_token', 'refresh_token'] as const)('nothing is said about an %s', async (kind) => {
    const tokens = await newSession();
    away = true;
    const answer = await introspect(identity.url, service.authorization, tokens[kind]);
    expectRefusal(answer, 503, 'temporarily_unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
    away = false;
    expect((await ask(tokens[kind])).body.active).toBe(true);
  });
});
