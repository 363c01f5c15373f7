// POST /oauth/revoke (RFC 7009): whose tokens it ends, and that it tells nobody which tokens exist.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../../src/database/database.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, postForm, read, refresh, revoke, type TokenResponse } from '../support/oauth.ts';
import { OTHER_CLIENT } from '../support/other-client.ts';
import { expectRefusal, faultsIn, refusesRepeated, refusesWhatIsNoForm } from '../support/refusals.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let ada: TestPerson;
let visitor: Visitor;
let authorization: string;
let away = false;

beforeAll(async () => {
  identity = await startIdentity({
    clients: [OTHER_CLIENT],
    wrapDatabase: (database) => ({
      ...database,
      transaction: (work) => (away ? Promise.reject(new DatabaseUnavailable('away')) : database.transaction(work)),
    }),
  });
  ada = await identity.addPerson();
  visitor = new Visitor(identity.url);
  await visitor.signIn(ada);
  ({ authorization } = await identity.addResourceServer());
});
afterAll(async () => {
  await identity.close();
});

const newSession = () => logIn(identity.url, ada, visitor);

async function isDead(tokens: TokenResponse): Promise<boolean> {
  const answers = [];
  for (const token of [tokens.access_token, tokens.refresh_token])
    answers.push((await introspect(identity.url, authorization, token)).body.active);
  return answers.every((active) => active === false);
}

async function endings(sid: string): Promise<number> {
  const { count } = await identity.services.database.query(
    "SELECT id FROM audit_records WHERE target = $1 AND action = 'session.ended'",
    [`session:${sid}`],
  );
  return count;
}

describe('a revocation', () => {
  it.each(['access_token', 'refresh_token'] as const)('of the %s ends the whole session', async (kind) => {
    const tokens = await newSession();
    const answer = await revoke(identity.url, tokens[kind]);
    expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(await isDead(tokens)).toBe(true);
    expectRefusal(await refresh(identity.url, tokens.refresh_token), 400, 'invalid_grant');
  });

  it.each(['access_token', 'refresh_token', 'nonsense'])(
    'finds the token whatever its hint says (%s)',
    async (hint) => {
      const tokens = await newSession();
      await revoke(identity.url, tokens.access_token, { token_type_hint: hint });
      expect(await isDead(tokens)).toBe(true);
    },
  );

  it('of a refresh token that was rotated since ends the session too', async () => {
    const tokens = await newSession();
    const { body: next } = await refresh(identity.url, tokens.refresh_token);
    await revoke(identity.url, tokens.refresh_token);
    expect(await isDead(next)).toBe(true);
  });

  it('given twice is answered twice and recorded once', async () => {
    const tokens = await newSession();
    const { sid } = (await introspect(identity.url, authorization, tokens.access_token)).body;
    expect((await revoke(identity.url, tokens.refresh_token)).status).toBe(200);
    expect((await revoke(identity.url, tokens.refresh_token)).status).toBe(200);
    expect(await endings(sid)).toBe(1);
  });

  it('ends no other session of the person', async () => {
    const [one, two] = [await newSession(), await newSession()];
    await revoke(identity.url, one.access_token);
    expect([await isDead(one), await isDead(two)]).toEqual([true, false]);
  });

  it.each(['unknown', 'a.b.c', 'x'.repeat(52), `td_${'x'.repeat(43)}`, `otk_${'x'.repeat(43)}`])(
    'of what is no token of ours (%j) is answered alike',
    async (token) => {
      const answer = await revoke(identity.url, token);
      expect([answer.status, answer.body]).toEqual([200, '']);
    },
  );

  it.each([
    ['personal', () => '/api/users/me/tokens'],
    ['organization', () => `/api/organizations/${ada.organizationId}/tokens`],
  ])('of a %s token ends it, and records it once however often it comes', async (_kind, path) => {
    const { body: created } = await read(
      await fetch(identity.url + path(), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${(await newSession()).access_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ name: 'CI Pipeline' }),
      }),
    );
    expect((await introspect(identity.url, authorization, created.token)).body.active).toBe(true);
    for (let time = 0; time < 2; time += 1) expect((await revoke(identity.url, created.token)).status).toBe(200);
    expect((await introspect(identity.url, authorization, created.token)).body).toEqual({ active: false });
    const { count } = await identity.services.database.query(
      "SELECT id FROM audit_records WHERE target = $1 AND action = 'token.revoked'",
      [`token:${created.id}`],
    );
    expect(count).toBe(1);
  });

  it('of a forged access token ends nothing', async () => {
    const tokens = await newSession();
    const [header, payload, signature = ''] = tokens.access_token.split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await revoke(identity.url, forged)).status).toBe(200);
    expect(await isDead(tokens)).toBe(false);
  });

  it('by another client is refused and ends nothing', async () => {
    const tokens = await newSession();
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expectRefusal(await revoke(identity.url, token, { client_id: OTHER_CLIENT.client_id }), 400, 'invalid_grant');
    }
    expect(await isDead(tokens)).toBe(false);
  });

  it('is answered 503 while the database is away, never as done', async () => {
    const tokens = await newSession();
    away = true;
    const answer = await revoke(identity.url, tokens.refresh_token).finally(() => {
      away = false;
    });
    expectRefusal(answer, 503, 'temporarily_unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await isDead(tokens)).toBe(false);
  });
});

describe('the request', () => {
  const fields = { token: 'unknown', client_id: 'teamday-cli' };
  const endpoint = () => ({ url: `${identity.url}/oauth/revoke`, fields });
  afterAll(() => expect(faultsIn(identity.logged).filter((line) => !line.includes('DatabaseUnavailable'))).toEqual([]));

  it('is refused without a token', async () => {
    expectRefusal(await postForm(endpoint().url, { client_id: 'teamday-cli' }), 400, 'invalid_request');
    expectRefusal(await postForm(endpoint().url, { ...fields, token: '' }), 400, 'invalid_request');
    expectRefusal(await postForm(endpoint().url, { ...fields, token: '\0' }), 400, 'invalid_request');
  });

  it.each([{}, { client_id: '' }, { client_id: 'nobody' }, { client_id: '__proto__' }])(
    'is refused to the client of %j',
    async (client) => expectRefusal(await postForm(endpoint().url, { token: 'x', ...client }), 401, 'invalid_client'),
  );

  it('is refused when the public client shows a secret', async () => {
    expectRefusal(await revoke(identity.url, 'x', { client_secret: 'secret' }), 401, 'invalid_client');
    const basic = `Basic ${Buffer.from('teamday-cli:secret').toString('base64')}`;
    expectRefusal(await postForm(endpoint().url, { token: 'x' }, { authorization: basic }), 401, 'invalid_client');
  });

  it('is refused when the client is named twice over', async () => {
    const basic = `Basic ${Buffer.from('teamday-cli:').toString('base64')}`;
    const answer = await postForm(endpoint().url, { ...fields, client_id: 'other-cli' }, { authorization: basic });
    expectRefusal(answer, 400, 'invalid_request');
  });

  it('is refused to a resource server: its credentials are for introspection', async () => {
    const { authorization: theirs } = await identity.addResourceServer();
    expectRefusal(await postForm(endpoint().url, { token: 'x' }, { authorization: theirs }), 401, 'invalid_client');
  });

  refusesRepeated(endpoint, ['token', 'client_id', 'token_type_hint']);
  refusesWhatIsNoForm(endpoint, { mediaType: 415, tooLarge: 413 });
});
