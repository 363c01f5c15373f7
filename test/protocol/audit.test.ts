// The audit log over the API: who may read what, searches, pages, exports; and what tokens were used for.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { recordAct } from '../../src/audit/audit-log.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { type JsonAnswer, logIn, postForm, read } from '../support/oauth.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let admin: TestPerson;
let member: TestPerson;
let adminBearer: string;
let memberBearer: string;

beforeAll(async () => {
  identity = await startIdentity({
    settings: (given) => ({
      ...given,
      limits: { ...given.limits, tokenCreationPerPerson: { points: 1000, seconds: 60 } },
    }),
  });
  admin = await identity.addPerson({ role: 'admin', name: 'Ada' });
  member = await identity.addPerson({ organizationId: admin.organizationId, name: '=HYPERLINK("http://x")' });
  adminBearer = await login(admin);
  memberBearer = await login(member);
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => identity?.close());

const login = async (person: TestPerson) => `Bearer ${(await logIn(identity.url, person)).access_token}`;

async function get(path: string, authorization = adminBearer): Promise<JsonAnswer> {
  return await read(await fetch(`${identity.url}${path}`, { headers: { authorization } }));
}

const audit = (query: Record<string, string> = {}, bearer = adminBearer) =>
  get(`/api/organizations/${admin.organizationId}/audit?${new URLSearchParams(query)}`, bearer);

async function newToken(name: string, bearer = memberBearer): Promise<{ id: string; token: string }> {
  const answer = await read(
    await fetch(`${identity.url}/api/users/me/tokens`, {
      method: 'POST',
      headers: { authorization: bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    }),
  );
  return answer.body;
}

async function revoke(id: string, bearer = memberBearer): Promise<void> {
  await fetch(`${identity.url}/api/users/me/tokens/${id}/revoke`, {
    method: 'POST',
    headers: { authorization: bearer },
  });
}

const actions = ({ body }: JsonAnswer) => body.records.map(({ action }: { action: string }) => action);

describe('a search', () => {
  it('by token tells its life and what it did, also once it is revoked', async () => {
    const { id } = await newToken('Deploy');
    await revoke(id);
    const { status, body } = await audit({ token: id });
    expect(status).toBe(200);
    expect(body.records).toMatchObject([
      {
        action: 'token.revoked',
        outcome: 'success',
        actor: { id: member.id, name: '=HYPERLINK("http://x")' },
        credential: expect.stringMatching(/^session:ses_/),
        target: `token:${id}`,
        organizationId: admin.organizationId,
        address: '127.0.0.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        details: { name: 'Deploy', reason: 'revoked' },
      },
      { action: 'token.created' },
    ]);
    expect(body).toMatchObject({
      nextCursor: null,
      usage: [],
      usageTruncated: false,
      token: {
        id,
        kind: 'personal',
        name: 'Deploy',
        tokenPreview: expect.stringMatching(/^td_\*{4}[0-9a-f]{8}$/),
        owner: { id: member.id, email: member.email },
        revokedAt: expect.stringMatching(/Z$/),
        revokeReason: 'revoked',
      },
    });
  });

  it('by action, by person and by time', async () => {
    stopClock();
    advance(60);
    const first = await newToken('One');
    const between = new Date(Date.now() + 30_000);
    advance(60);
    const second = await newToken('Two', adminBearer);
    const targets = async (query: Record<string, string>) =>
      (await audit({ action: 'token.created', ...query })).body.records
        .map(({ target }: { target: string }) => target)
        .filter((target: string) => [first.id, second.id].includes(target.slice(6)));
    const [one, two] = [`token:${first.id}`, `token:${second.id}`];
    expect(await targets({})).toEqual([two, one]);
    expect(await targets({ user: member.id })).toEqual([one]);
    expect(await targets({ user: admin.email.toUpperCase() })).toEqual([two]);
    expect(await targets({ since: between.toISOString() })).toEqual([two]);
    expect(await targets({ until: String(Math.floor(between.getTime() / 1000)) })).toEqual([one]);
    const today = between.toISOString().slice(0, 10);
    expect(await targets({ since: today, until: today })).toEqual([two, one]);
    expect(await targets({ until: new Date(Date.now() - DAY * 1000).toISOString().slice(0, 10) })).toEqual([]);
  });

  it('by person shows what was done to them', async () => {
    const { id } = await newToken('Taken away');
    const taken = await fetch(
      `${identity.url}/api/organizations/${admin.organizationId}/personal-tokens/${id}/revoke`,
      { method: 'POST', headers: { authorization: adminBearer } },
    );
    expect(taken.status).toBe(200);
    const { body } = await audit({ session: sessionOf(adminBearer), action: 'token.revoked' });
    expect(body.records[0]).toMatchObject({ target: `token:${id}`, actor: { id: admin.id } });
    expect((await audit({ user: member.id, action: 'membership.created' })).body.records).toMatchObject([
      { target: `person:${member.id}`, person: { id: member.id }, actor: null },
    ]);
  });

  it.each([
    [{ since: 'yesterday' }, 'since must be a time in ISO 8601'],
    [{ since: '2026-13-45' }, 'since must be a time in ISO 8601'],
    [{ since: '0000-01-01' }, 'since must be a time in ISO 8601'],
    [{ until: '9999-12-31T23:59-23:59' }, 'until must be a time in ISO 8601'],
    [{ until: '2026-11-22T10:00' }, 'until must be a time in ISO 8601'],
    [{ limit: '0' }, 'limit must be'],
    [{ limit: '1000' }, 'limit must be'],
    [{ cursor: 'x' }, 'cursor must be'],
    [{ cursor: Buffer.from('1 x').toString('base64url') }, 'cursor must be'],
    [{ token: "tok_'; DROP" }, 'token must be an id'],
    [{ token: 'ses_1' }, 'token must be an id'],
    [{ user: 'nobody' }, 'user must be'],
    [{ action: 'token.nope' }, 'action must be one of: login.approved, login.denied, sign_in.failed, '],
    [{ page: '1' }, 'Unknown field: page'],
  ])('for %j is refused', async (query, message) => {
    expect(await audit(query as unknown as Record<string, string>)).toMatchObject({
      status: 400,
      body: { statusCode: 400, message: expect.stringContaining(message) },
    });
  });

  it('given the same filter twice is refused', async () => {
    const path = `/api/organizations/${admin.organizationId}/audit?token=tok_a&token=tok_b`;
    expect((await get(path)).status).toBe(400);
  });
});

describe('pages', () => {
  it('hold each record once, whatever is written meanwhile', async () => {
    const { id } = await newToken('Paged');
    const { database, clock } = identity.services;
    const write = (n: number, at = clock.now()) =>
      recordAct(database, at, {
        action: 'token.rotated',
        target: `token:${id}`,
        organizationId: admin.organizationId,
        actor: {},
        details: { n },
      });
    const same = clock.now(); // many of one moment
    for (let n = 0; n < 25; n += 1) await write(n, n < 12 ? same : clock.now());
    const seen: number[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10 && cursor !== null; pages += 1) {
      const { body } = await audit({ token: id, limit: '4', ...(cursor === '' ? {} : { cursor }) });
      expect(body.usage === undefined).toBe(cursor !== '');
      seen.push(...body.records.map(({ details }: { details: { n?: number } }) => details.n ?? -1));
      cursor = body.nextCursor;
      await write(100 + pages);
    }
    expect(cursor).toBeNull();
    expect(seen.filter((n) => n < 100)).toHaveLength(26);
    expect(new Set(seen).size).toBe(26);
    expect(seen.toSorted((a, b) => a - b).at(-1)).toBeLessThan(100);
  });
});

describe('the accounts of members', () => {
  it('are seen as far as they concern the organization', async () => {
    const other = await identity.addPerson({ role: 'admin' });
    const both = await identity.addPerson({ organizationId: admin.organizationId });
    const visitor = new Visitor(identity.url);
    const page = await visitor.get('/sign-in');
    const wrong = await visitor.submit('/sign-in', page, { email: both.email, password: 'wrong' });
    expect(wrong.status).toBe(401);
    await visitor.signIn(both);
    const failed = await until('the failed sign-in', async () => {
      const { body } = await audit({ user: both.id, action: 'sign_in.failed' });
      return body.records.length > 0 ? body.records : undefined;
    });
    expect(failed).toMatchObject([
      { outcome: 'failure', actor: null, person: { id: both.id }, organizationId: null, address: '127.0.0.1' },
    ]);
    expect((await audit({ user: both.id, action: 'session.created' })).body.records).toMatchObject([
      { organizationId: null, details: { kind: 'browser' }, address: '127.0.0.1' },
    ]);

    // In two organizations, neither learns from where they sign in; the new one nothing of the time before.
    await identity.join(both, other.organizationId);
    const bearer = await login(other);
    const theirs = `/api/organizations/${other.organizationId}/audit?user=${both.id}`;
    expect(actions(await get(theirs, bearer))).toEqual(['membership.created']);
    await visitor.signIn(both).catch(() => undefined); // signed in already
    await new Visitor(identity.url).signIn(both);
    const [signedIn] = (await get(theirs, bearer)).body.records;
    expect(signedIn).toMatchObject({
      action: 'session.created',
      address: null,
      userAgent: null,
      credential: null,
      requestId: null,
    });
    expect((await audit({ user: both.id, action: 'session.created' })).body.records[0].address).toBeNull();
    // Without the person, or of somebody who is no member, nothing of the kind.
    expect(actions(await audit({ action: 'sign_in.failed' }))).toEqual([]);
    expect((await audit({ user: other.id })).body.records).toEqual([]);
    expect((await audit({ user: other.email })).body.records).toEqual([]);
  });
});

describe("one's own token", () => {
  it('can be asked about by its owner alone, who learns no more of others than that they acted', async () => {
    const { id } = await newToken('Mine');
    await fetch(`${identity.url}/api/organizations/${admin.organizationId}/personal-tokens/${id}/revoke`, {
      method: 'POST',
      headers: { authorization: adminBearer },
    });
    const { status, body } = await get(`/api/users/me/tokens/${id}/audit`, memberBearer);
    expect(status).toBe(200);
    expect(body.records).toMatchObject([
      {
        action: 'token.revoked',
        actor: { id: admin.id, name: 'Ada' },
        address: null,
        userAgent: null,
        credential: null,
      },
      { action: 'token.created', address: '127.0.0.1' },
    ]);
    expect(body.token).toMatchObject({ id, name: 'Mine', revokeReason: 'revoked' });
    const unknown = await get('/api/users/me/tokens/tok_unknown/audit', memberBearer);
    const notMine = await get(`/api/users/me/tokens/${id}/audit`, adminBearer);
    expect([notMine.status, notMine.body]).toEqual([404, { statusCode: 404, message: 'Token not found' }]);
    expect([unknown.status, unknown.body]).toEqual([notMine.status, notMine.body]);
  });
});

describe('an export', () => {
  const exported = (query: Record<string, string>, bearer = adminBearer) =>
    fetch(`${identity.url}/api/organizations/${admin.organizationId}/audit/export?${new URLSearchParams(query)}`, {
      headers: { authorization: bearer },
    });

  it('as JSON Lines is the search itself, with each record’s place in the chain', async () => {
    const { id } = await newToken('Exported');
    await revoke(id);
    const response = await exported({ format: 'jsonl', token: id });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { records } = (await audit({ token: id })).body;
    expect(lines.map(({ chain: _c, seq: _s, previousHash: _p, hash: _h, ...rest }) => rest)).toEqual(records);
    for (const { chain, hash } of lines) {
      expect([chain, hash]).toEqual([admin.organizationId, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    }
  });

  it('as CSV holds nothing that a spreadsheet would run', async () => {
    const { id } = await newToken('=1+1,"x";=1+1;@x');
    const text = await (await exported({ format: 'csv', token: id })).text();
    const [header, line] = text.split('\r\n');
    expect(header).toMatch(/^at,action,outcome,actor_id,actor_name,/);
    expect(line).toContain(`,"'=HYPERLINK(""http://x"")",`);
    expect(text).not.toMatch(/(?:^|[,;\n])"?[=+@-]/m);
  });

  it('is recorded, and may be long', async () => {
    const { database, clock } = identity.services;
    await database.query(
      `INSERT INTO audit_records (at, action, organization_id, target, details)
       SELECT $1, 'token.rotated', $2, 'token:tok_bulk', '{}' FROM generate_series(1, 1203)`,
      [clock.now(), admin.organizationId],
    );
    const lines = (await (await exported({ token: 'tok_bulk' })).text()).trimEnd().split('\n');
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(1203);
    expect((await audit({ action: 'audit.exported', limit: '1' })).body.records).toMatchObject([
      { actor: { id: admin.id }, details: { format: 'jsonl', tokenId: 'tok_bulk' } },
    ]);
  });
});

describe('what tokens are used for', () => {
  afterEach(async () => {
    vi.useRealTimers();
    adminBearer = await login(admin);
    memberBearer = await login(member);
  });

  it('is counted by service, route and address', async () => {
    stopClock(new Date('2026-11-22T10:59:00Z'));
    adminBearer = await login(admin);
    memberBearer = await login(member);
    const { authorization } = await identity.addResourceServer('news');
    const { id, token } = await newToken('Counted');
    const use = (more: Record<string, string>) =>
      postForm(`${identity.url}/oauth/introspect`, { token, ...more }, { authorization });
    const route = { service: 'newsletter', method: 'post', route: '/api/subscribers/:id?token=secret' };
    await use({ ...route, remote_address: '203.0.113.7' });
    advance(30);
    await use({ ...route, remote_address: '203.0.113.7' });
    await use({ ...route, remote_address: 'not an address' });
    await use({ service: 'agents', route: '/\u202ex\u0007y' }); // not a service of this one
    await identity.services.background.usage.flush();
    advance(3600);
    await use({ ...route, remote_address: '203.0.113.7' });
    await identity.services.background.usage.flush();
    adminBearer = await login(admin);
    memberBearer = await login(member);

    const { body } = await audit({ token: id });
    expect(body.usage).toEqual([
      {
        service: 'newsletter',
        method: 'POST',
        route: '/api/subscribers/:id',
        address: '203.0.113.7',
        requests: 3,
        firstAt: '2026-11-22T10:59:00.000Z',
        lastAt: '2026-11-22T11:59:30.000Z',
      },
      expect.objectContaining({ service: 'news', method: null, route: '/xy', address: null, requests: 1 }),
      expect.objectContaining({ service: 'newsletter', address: null, requests: 1 }),
    ]);
    const since = await audit({ token: id, since: '2026-11-22T11:30:00Z' });
    expect(since.body.usage).toMatchObject([{ requests: 1 }]);
    expect((await get(`/api/users/me/tokens/${id}/audit`, memberBearer)).body.usage).toEqual(body.usage);
  });

  it('is written of each, however many there are', async () => {
    const { background, database } = identity.services;
    const use = { service: 'crowd', method: undefined, route: undefined, address: undefined, userAgent: undefined };
    for (let n = 0; n < 2_345; n += 1) background.usage.record(`token:tok_crowd${n}`, 'org_crowd', use, new Date());
    await background.usage.flush();
    const { rows } = await database.query(
      `SELECT count(DISTINCT credential) AS credentials, sum(requests)::int AS requests FROM credential_usage WHERE service = 'crowd'`,
    );
    expect(rows).toEqual([{ credentials: 2_345, requests: 2_345 }]);
  });

  it('is kept apart only as long as it is readable', async () => {
    const { authorization } = await identity.addResourceServer('wild');
    const { id, token } = await newToken('Wild');
    for (let n = 0; n < 130; n += 1) {
      await postForm(`${identity.url}/oauth/introspect`, { token, route: `/items/${n}` }, { authorization });
      if (n % 40 === 0) await identity.services.background.usage.flush();
    }
    await identity.services.background.usage.flush();
    const { usage } = (await audit({ token: id })).body;
    expect(usage).toHaveLength(101);
    const other = usage.find(({ route }: { route: string }) => route === '(other)');
    expect(other).toMatchObject({ service: 'wild', method: '(other)', address: '(other)', requests: 30 });
  });

  it('is known of sign-ins, too, each organization its own part', async () => {
    const other = await identity.addPerson({ role: 'admin' });
    await identity.join(admin, other.organizationId);
    const { access_token: token } = await logIn(identity.url, admin);
    const bearer = `Bearer ${token}`;
    const session = sessionOf(bearer);
    const { authorization } = await identity.addResourceServer('both');
    const use = (route: string) =>
      postForm(
        `${identity.url}/oauth/introspect`,
        { token, route, remote_address: '2001:db8::1', user_agent: 'curl' },
        { authorization },
      );
    await use('/here');
    await fetch(`${identity.url}/api/users/me/organization`, {
      method: 'PUT',
      headers: { authorization: bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ organizationId: other.organizationId }),
    });
    await use('/there');
    await identity.services.background.usage.flush();
    const here = await audit({ session });
    expect(here.body.usage).toMatchObject([
      { service: 'TeamDay Identity', method: 'PUT', route: '/api/users/me/organization' },
      { route: '/here', address: '2001:db8::1', requests: 1 },
    ]);
    expect(here.body.token).toBeNull();
    const there = await get(`/api/organizations/${other.organizationId}/audit?session=${session}`, await login(other));
    expect(there.body.usage).toMatchObject([{ route: '/there' }]);
    const { rows } = await identity.services.database.query(
      'SELECT last_used_at IS NOT NULL AS used, last_used_address AS address FROM sessions WHERE id = $1',
      [session],
    );
    expect(rows).toEqual([{ used: true, address: '2001:db8::1' }]);
  });
});

function sessionOf(bearer: string): string {
  return JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString()).sid;
}
