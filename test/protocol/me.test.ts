// /api/users/me and /api/users/me/organization: the person behind a CLI's login, and the organization it acts for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, read, revoke, type TokenResponse } from '../support/oauth.ts';
import { faultsIn } from '../support/refusals.ts';

let identity: Identity;
let ada: TestPerson;
let second: string;
let foreign: string;
let tokens: TokenResponse;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson({ role: 'admin', email: 'ada@acme.example', name: 'Ada Lovelace' });
  second = await identity.addOrganization('Beta Ltd');
  await identity.join(ada, second, 'viewer');
  foreign = await identity.addOrganization('Foreign Inc');
  tokens = await logIn(identity.url, ada);
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});

async function call(method: string, path: string, token = tokens.access_token, more: RequestInit = {}, type?: string) {
  const headers = { authorization: `Bearer ${token}`, ...(type === undefined ? {} : { 'content-type': type }) };
  return await read(await fetch(`${identity.url}/api/users/me${path}`, { method, headers, ...more }));
}

/** `body` as JSON, unless it is a text or a stream already. */
function put(body: unknown, { token = tokens.access_token, type = 'application/json' } = {}) {
  const raw = typeof body === 'string' || body instanceof ReadableStream;
  const init = { body: raw ? body : JSON.stringify(body), duplex: 'half' } as RequestInit;
  return call('PUT', '/organization', token, init, type);
}

function expectError(answer: JsonAnswer, statusCode: number, message: string | RegExp): void {
  expect([answer.status, answer.body]).toEqual([
    statusCode,
    { statusCode, message: typeof message === 'string' ? message : expect.stringMatching(message) },
  ]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

const invalid = 'Invalid token or token expired';

describe('GET /api/users/me', () => {
  it('is who they are, where they belong, and until when', async () => {
    const answer = await call('GET', '');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      id: ada.id,
      email: 'ada@acme.example',
      name: 'Ada Lovelace',
      organization: { id: ada.organizationId, name: 'Acme Corp', role: 'admin' },
      organizations: [
        { id: ada.organizationId, name: 'Acme Corp', role: 'admin' },
        { id: second, name: 'Beta Ltd', role: 'viewer' },
      ],
      session: {
        id: expect.stringMatching(/^ses_/),
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
    const { createdAt, expiresAt } = answer.body.session;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(90 * 86_400_000);
  });

  it('is 401 with a challenge for nobody in particular', async () => {
    const answer = await read(await fetch(`${identity.url}/api/users/me`));
    expectError(answer, 401, 'No authentication token found');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="TeamDay"');
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer ', 'Token abc'])('is 401 for the header %j', async (authorization) => {
    const answer = await read(await fetch(`${identity.url}/api/users/me`, { headers: { authorization } }));
    expectError(answer, 401, 'No authentication token found');
  });

  it.each(['unknown', 'a.b.c', `td_${'x'.repeat(43)}`, 'x'.repeat(5_000)])(
    'is 401 for the unknown token %j',
    async (token) => {
      const answer = await call('GET', '', token);
      expectError(answer, 401, invalid);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    },
  );

  it('is 401 for an unknown organization token, in the documented words', async () => {
    const answer = await call('GET', '', `otk_${'x'.repeat(43)}`);
    expectError(answer, 401, 'Unauthorized. Invalid or expired organization token');
  });

  it('is 401 for a refresh token: that is for the token endpoint alone', async () => {
    expectError(await call('GET', '', tokens.refresh_token), 401, invalid);
  });

  it('takes no token from the address or the body', async () => {
    const url = `${identity.url}/api/users/me?access_token=${tokens.access_token}`;
    expectError(await read(await fetch(url)), 401, 'No authentication token found');
  });

  it('is 401 once the session was revoked', async () => {
    const ended = await logIn(identity.url, ada);
    await revoke(identity.url, ended.refresh_token);
    expectError(await call('GET', '', ended.access_token), 401, invalid);
  });

  it('takes no other method', async () => {
    for (const method of ['POST', 'DELETE', 'PATCH']) {
      const answer = await call(method, '');
      expectError(answer, 405, /GET/);
      expect(answer.headers.get('allow')).toMatch(/\bGET\b/);
    }
  });
});

describe('a token that is used at /api', () => {
  async function created(): Promise<{ id: string; token: string }> {
    const init = { body: JSON.stringify({ name: 'CI' }) };
    return (await call('POST', '/tokens', undefined, init, 'application/json')).body;
  }

  it('was last used then, for what is told under this server’s own name', async () => {
    const { id, token } = await created();
    expect(
      (await call('GET', '', token, { headers: { authorization: `Bearer ${token}`, 'user-agent': 'ci/1' } })).status,
    ).toBe(200);
    const refused = `${identity.url}/api/organizations/${ada.organizationId}/policy`;
    expect((await fetch(refused, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403);
    await identity.services.background.usage.flush();
    const { usage } = (await call('GET', `/tokens/${id}/audit`)).body;
    const way = { service: 'TeamDay Identity', method: 'GET', address: '127.0.0.1', requests: 1 };
    expect(usage).toHaveLength(2);
    expect(usage).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ ...way, route: '/api/users/me' }),
        expect.objectContaining({ ...way, route: '/api/organizations/:orgId/policy' }),
      ]),
    );
    const listed = (await call('GET', '/tokens')).body.tokens.find((one: { id: string }) => one.id === id);
    expect(listed.lastUsedAt).toEqual(expect.any(String));
  });

  it('is counted once, if its request is let in twice', async () => {
    const own = await logIn(identity.url, ada);
    const session = (await call('GET', '', own.access_token)).body.session.id;
    expect((await put({ organizationId: ada.organizationId }, { token: own.access_token })).status).toBe(200);
    await identity.services.background.usage.flush();
    const { rows } = await identity.services.database.query(
      'SELECT method, requests::int FROM credential_usage WHERE credential = $1 ORDER BY method',
      [`session:${session}`],
    );
    expect(rows).toEqual([
      { method: 'GET', requests: 1 },
      { method: 'PUT', requests: 1 },
    ]);
  });

  it('was not used when it opened nothing', async () => {
    const { refresh_token: token } = await logIn(identity.url, ada);
    const before = await countOfUses();
    expect((await call('GET', '', token)).status).toBe(401);
    await identity.services.background.usage.flush();
    expect(await countOfUses()).toEqual(before);
  });

  async function countOfUses() {
    await identity.services.background.usage.flush();
    return (await identity.services.database.query('SELECT sum(requests)::int FROM credential_usage')).rows;
  }
});

describe('PUT /api/users/me/organization', () => {
  it('switches this session, at once, and no other', async () => {
    const other = await logIn(identity.url, ada);
    const own = await logIn(identity.url, ada);
    const answer = await put({ organizationId: second }, { token: own.access_token });
    expect([answer.status, answer.body.organization]).toEqual([200, { id: second, name: 'Beta Ltd', role: 'viewer' }]);
    const { authorization } = await identity.addResourceServer();
    const now = await introspect(identity.url, authorization, own.access_token);
    expect(now.body).toMatchObject({ active: true, org_id: second, role: 'viewer' });
    expect((await introspect(identity.url, authorization, other.access_token)).body.org_id).toBe(ada.organizationId);
  });

  it('may name the current organization', async () => {
    expect((await put({ organizationId: ada.organizationId })).status).toBe(200);
  });

  it('answers about a foreign organization as about one that doesn’t exist', async () => {
    const answers = [await put({ organizationId: foreign }), await put({ organizationId: 'org_nothing' })];
    for (const answer of answers) expectError(answer, 403, 'Not a member of this organization');
    expect((await call('GET', '')).body.organization.id).toBe(ada.organizationId);
  });

  it('answers so about a closed organization of theirs too', async () => {
    const closed = await identity.addOrganization('Closed');
    await identity.join(ada, closed);
    await identity.services.database.query('UPDATE organizations SET closed_at = now() WHERE id = $1', [closed]);
    expectError(await put({ organizationId: closed }), 403, 'Not a member of this organization');
  });

  it.each([
    ['an unknown member', { organizationId: 'org_x', role: 'admin' }, /Unknown field: role/],
    ['no organization', {}, /organizationId/],
    ['an empty one', { organizationId: '' }, /organizationId/],
    ['a number', { organizationId: 7 }, /organizationId/],
    ['null', { organizationId: null }, /organizationId/],
    ['an id that is too long', { organizationId: `org_${'x'.repeat(200)}` }, /organizationId/],
    ['a list', [], /must be a JSON object/],
    ['a text', '"org_x"', /must be a JSON object/],
    ['nothing', 'null', /must be a JSON object/],
  ])('is 400 for %s, and says what is wrong', async (_what, body, said) => {
    expectError(await put(body), 400, said);
  });

  it.each(['{', '', '{"organizationId":"org_x"', '\u0000'])('is 400 for %j, which is not JSON', async (body) => {
    expectError(await put(body), 400, /JSON/);
  });

  it('is 400 for NUL in the id', async () => {
    expect((await put({ organizationId: 'org_\u0000' })).status).toBe(400);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('is 415 for a body of %s', async (type) => {
    expectError(await put({ organizationId: second }, { type }), 415, /application\/json/);
  });

  it('is 413 for a body that is too large, with its length or without', async () => {
    const body = JSON.stringify({ organizationId: 'x'.repeat(100_000) });
    expectError(await put(body), 413, /larger/);
    expectError(await put(new Blob([body]).stream()), 413, /larger/);
  });

  it('is 401 before the body is looked at', async () => {
    const answer = await read(await fetch(`${identity.url}/api/users/me/organization`, { method: 'PUT', body: '{' }));
    expectError(answer, 401, 'No authentication token found');
  });

  it('takes no other method', async () => {
    const answer = await call('GET', '/organization');
    expectError(answer, 405, /PUT/);
    expect(answer.headers.get('allow')).toBe('PUT');
  });
});

describe('any other address under /api', () => {
  it.each(['/api/', '/api/nothing', '/api/users/me/', '/api/Users/me', '/api/users/me/nothing', '/api/%zz'])(
    '%s is a 404 or a 400 in JSON',
    async (path) => {
      const answer = await read(await fetch(`${identity.url}${path}`));
      expect(answer.status).toBeOneOf([400, 404]);
      expectError(answer, answer.status, /\w/);
    },
  );
});
