// /api/organizations/{orgId}/credentials and …/personal-tokens, and the end of all of one's own: what an admin sees of
// everything that acts for the organization, what revoking it would break, and that it is whole or not at all.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { credentialOperations } from '../../src/api/credential-operations.ts';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, postForm, read } from '../support/oauth.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';

let identity: Identity;
let authorization: string;
let serviceId: string;
let admin: TestPerson;
let bearer: string;

beforeAll(async () => {
  identity = await startIdentity({
    settings: (given) => ({
      ...given,
      limits: { ...given.limits, tokenCreationPerPerson: { points: 100_000, seconds: 1 } },
    }),
  });
  ({ authorization, id: serviceId } = await identity.addResourceServer());
});
afterAll(() => identity?.close());
beforeEach(async () => {
  admin = await identity.addPerson({ role: 'admin' });
  bearer = await loggedIn(admin);
});
afterEach(() => void vi.useRealTimers());

const loggedIn = async (person: TestPerson) => `Bearer ${(await logIn(identity.url, person)).access_token}`;
const colleague = (role: 'admin' | 'member' | 'viewer' = 'member', name = 'Bea Miller') =>
  identity.addPerson({ organizationId: admin.organizationId, role, name });
const of = (path: string, organizationId = admin.organizationId) => `/api/organizations/${organizationId}${path}`;
const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;

async function api(method: 'GET' | 'POST', path: string, body?: object, credential = bearer): Promise<JsonAnswer> {
  const answer = await read(
    await fetch(identity.url + path, {
      method,
      headers: { authorization: credential, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const pattern = path
    .replace(/\?.*/, '')
    .replace(/org_[^/]+/, '{orgId}')
    .replace(/tok_[^/]+/, '{tokenId}');
  const described = credentialOperations.find((one) => one.path === pattern && one.method === method.toLowerCase());
  if (answer.status === 200) described?.success.schema.parse(answer.body); // strict: a member too many fails as well
  return answer;
}

interface Made {
  id: string;
  value: string;
}

async function make(
  person: TestPerson,
  name: string,
  { days = 90, scopes }: { days?: number; scopes?: string[] } = {},
): Promise<Made> {
  const by = { personId: person.id, sessionId: undefined };
  const common = { name, expiresInDays: days, organizationId: person.organizationId, by };
  const request =
    scopes === undefined
      ? { ...common, kind: 'personal' as const }
      : { ...common, kind: 'organization' as const, scopes };
  const created = await identity.services.tokens.create(request, { personId: person.id });
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  const value = created.token.secret.reveal();
  registerSecretsOf(value);
  return { id: created.token.id, value };
}

/** A service is shown the token, and tells what for. */
async function use({ value }: Made, told: Record<string, string> = {}): Promise<void> {
  const { body } = await postForm(`${identity.url}/oauth/introspect`, { token: value, ...told }, { authorization });
  expect(body.active).toBe(true);
  await identity.services.background.usage.flush();
}

interface Named {
  name: string;
}

const namesOf = ({ body }: JsonAnswer): string[] => body.credentials.map(({ name }: Named) => name);

async function recordsOf(target: string) {
  const { rows } = await identity.services.database.query<{ action: string; actorId: string; details: object }>(
    `SELECT action, actor_id AS "actorId", details FROM audit_records WHERE target = $1 ORDER BY id`,
    [target],
  );
  return rows;
}

describe('the list of personal tokens', () => {
  it('has those of all the people, with their owner and last use, and nothing of another organization', async () => {
    const bea = await colleague();
    const first = await make(bea, 'CI');
    await make(admin, 'Report');
    await make(admin, 'Hook', { scopes: ['all'] });
    await make(await identity.addPerson(), 'Elsewhere');
    await use(first, { remote_address: '203.0.113.9', user_agent: 'curl/8' });
    const { body, status } = await api('GET', of('/personal-tokens'));
    expect([status, body.count, body.nextCursor]).toEqual([200, 2, null]);
    expect(body.tokens.map(({ name }: Named) => name)).toEqual(['Report', 'CI']);
    expect(body.tokens[1]).toEqual({
      id: first.id,
      name: 'CI',
      tokenPreview: expect.stringMatching(/^td_\*{4}[0-9a-f]{8}$/),
      owner: { id: bea.id, name: 'Bea Miller', email: bea.email },
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      lastUsedAt: expect.any(String),
      lastUsedAddress: '203.0.113.9',
      lastUsedUserAgent: 'curl/8',
      works: true,
    });
  });

  it('says of a token whose person has left that it does not work', async () => {
    const bea = await colleague();
    await make(bea, 'Left behind');
    await identity.services.database.query('DELETE FROM memberships WHERE person_id = $1', [bea.id]);
    const { body } = await api('GET', of('/personal-tokens'));
    expect(body.tokens).toMatchObject([{ name: 'Left behind', works: false, owner: { id: bea.id } }]);
  });

  it('is walked page by page, whatever is made or revoked on the way', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await make(admin, name);
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await api('GET', of(`/personal-tokens?limit=2${cursor}`));
      seen.push(...body.tokens.map(({ name }: Named) => name));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
      await make(admin, 'Meanwhile');
      await api('POST', of(`/personal-tokens/${body.nextCursor}/revoke`)); // the very one that the cursor names
    }
    expect(seen.toSorted()).toEqual(['A', 'B', 'C', 'D', 'E']);
  });
});

describe('an admin', () => {
  it('revokes a personal token of somebody else, which is recorded; a second time changes nothing', async () => {
    const token = await make(await colleague(), 'CI');
    expect(await isActive(token.value)).toBe(true);
    const path = of(`/personal-tokens/${token.id}/revoke`);
    expect((await api('POST', path)).body).toEqual({ success: true });
    expect(await isActive(token.value)).toBe(false);
    expect((await api('POST', path)).status).toBe(200);
    const records = await recordsOf(`token:${token.id}`);
    expect(records).toMatchObject([
      { action: 'token.created' },
      { action: 'token.revoked', actorId: admin.id, details: { reason: 'revoked', kind: 'personal' } },
    ]);
    expect(records).toHaveLength(2);
  });

  it.each(['personal-tokens', 'tokens'])('finds under /%s only what is of that kind and here', async (room) => {
    const foreign = await make(await identity.addPerson(), 'Elsewhere', room === 'tokens' ? { scopes: ['all'] } : {});
    const otherKind = await make(admin, 'Other kind', room === 'tokens' ? {} : { scopes: ['all'] });
    const answers = await Promise.all(
      [foreign.id, otherKind.id, 'tok_unknown'].map((id) => api('POST', of(`/${room}/${id}/revoke`))),
    );
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      Array.from({ length: 3 }, () => [404, { statusCode: 404, message: 'Token not found' }]),
    );
    expect([await isActive(foreign.value), await isActive(otherKind.value)]).toEqual([true, true]);
  });
});

describe('the overview', () => {
  it('is filtered as time goes by', async () => {
    stopClock();
    const bea = await colleague();
    const filter = async (filter: string, more = '') =>
      namesOf(await api('GET', of(`/credentials?filter=${filter}${more}`), undefined, await loggedIn(admin)));
    const used = await make(admin, 'Used');
    await make(bea, 'Unused');
    await make(bea, 'Hook', { days: 0, scopes: ['newsletter'] });
    await use(used);
    expect((await filter('never_used')).toSorted()).toEqual(['Hook', 'Unused']);
    expect(await filter('expiring')).toEqual([]);
    expect(await filter('unlimited')).toEqual(['Hook']);
    expect(await filter('unused_90_days')).toEqual([]);

    advance(60 * DAY + 1);
    const long = await make(admin, 'Long', { days: 365 });
    expect((await filter('expiring')).toSorted()).toEqual(['Unused', 'Used']);
    expect(await filter('expiring', `&owner=${admin.id}`)).toEqual(['Used']);
    await use(used);

    advance(29 * DAY);
    expect(await filter('unused_90_days')).toEqual([]);
    advance(DAY); // the first two have just expired
    expect(await filter('unused_90_days')).toEqual(['Hook']);
    expect(await filter('expiring')).toEqual([]);
    const all = await api('GET', of('/credentials'), undefined, await loggedIn(admin));
    const byName = all.body.credentials.toSorted((a: Named, b: Named) => a.name.localeCompare(b.name));
    expect(byName).toMatchObject([
      { name: 'Hook', kind: 'organization', works: true, scopes: ['newsletter'], owner: { id: bea.id } },
      { name: 'Long', kind: 'personal', works: true, scopes: null },
      { name: 'Unused', works: false },
      { name: 'Used', works: false },
    ]);

    advance(31 * DAY); // and are shown no longer
    const later = await loggedIn(admin);
    expect(namesOf(await api('GET', of('/credentials'), undefined, later))).toEqual(['Long', 'Hook']);
    expect(namesOf(await api('GET', of('/credentials?kind=organization'), undefined, later))).toEqual(['Hook']);
    await api('POST', of(`/personal-tokens/${long.id}/revoke`), undefined, later);
    expect(namesOf(await api('GET', of('/credentials'), undefined, later))).toEqual(['Hook']);
  });

  it('knows what lives longer than the policy allows now', async () => {
    await make(admin, 'Thirty', { days: 30 });
    await make(admin, 'Ninety', { days: 90 });
    await make(admin, 'Hook', { days: 0, scopes: ['all'] });
    const beyond = async () => namesOf(await api('GET', of('/credentials?filter=beyond_policy')));
    expect(await beyond()).toEqual([]);
    await identity.services.database.query(
      'UPDATE organizations SET personal_token_max_days = 30, requires_token_expiry = true WHERE id = $1',
      [admin.organizationId],
    );
    expect(await beyond()).toEqual(['Hook', 'Ninety']);
  });

  it('refuses a query that can’t be, and says what it takes', async () => {
    for (const [query, message] of [
      ['filter=unused', 'filter must be one of never_used, unused_90_days, expiring, unlimited, beyond_policy'],
      ['filter=expiring&filter=unlimited', 'filter must be one of'],
      ['fliter=expiring', 'Unknown field: fliter'],
      ['kind=both', 'kind must be personal or organization'],
      ['owner=ada', 'owner must be the id of a person (user_…)'],
      ['owner=user_%00', 'owner must be the id of a person (user_…)'],
      ['limit=0', 'limit must be a whole number from 1 to 500'],
      ['limit=501', 'limit must be a whole number from 1 to 500'],
      ['cursor=nonsense', 'cursor must be the nextCursor of an answer before'],
      ['cursor=tok_unknown', 'cursor must be the nextCursor of an answer before'],
    ] as const) {
      const { status, body } = await api('GET', of(`/credentials?${query}`));
      expect([query, status, body]).toEqual([
        query,
        400,
        { statusCode: 400, message: expect.stringContaining(message) },
      ]);
    }
  });

  it('takes no cursor of another organization', async () => {
    const { id } = await make(await identity.addPerson(), 'Elsewhere');
    expect((await api('GET', of(`/credentials?cursor=${id}`))).status).toBe(400);
  });
});

describe('revoking several', () => {
  it('tells in a dry run what then happens, to the letter', async () => {
    const busy = await make(await colleague(), 'Busy');
    const quiet = await make(admin, 'Quiet');
    const hook = await make(admin, 'Hook', { scopes: ['newsletter'] });
    const foreign = await make(await identity.addPerson(), 'Elsewhere');
    const agents = { service: 'newsletter', method: 'POST', route: '/api/subscribers' };
    await use(busy, { ...agents, remote_address: '203.0.113.9' });
    await use(busy, { ...agents, remote_address: '203.0.113.9' });
    await use(busy, {
      service: 'newsletter',
      method: 'GET',
      route: '/api/subscribers/:id',
      remote_address: '198.51.100.1',
    });
    await use(hook);
    const ids = [busy.id, quiet.id, hook.id, foreign.id, busy.id];
    const dry = await api('POST', of('/credentials/revoke'), { ids, dryRun: true });
    expect(dry.body).toMatchObject({
      selected: [busy.id, quiet.id, hook.id],
      revoked: [],
      notFound: [foreign.id],
      wouldBreak: [
        {
          id: busy.id,
          kind: 'personal',
          name: 'Busy',
          services: [
            {
              service: 'newsletter',
              requests: 3,
              routes: ['POST /api/subscribers', 'GET /api/subscribers/:id'],
              addresses: ['203.0.113.9', '198.51.100.1'],
            },
          ],
        },
        {
          id: hook.id,
          kind: 'organization',
          services: [{ service: serviceId, requests: 1, routes: [], addresses: [] }],
        },
      ],
    });
    for (const { value } of [busy, quiet, hook]) expect(await isActive(value)).toBe(true);

    const done = await api('POST', of('/credentials/revoke'), { ids });
    expect(done.body).toEqual({ ...dry.body, revoked: dry.body.selected, wouldBreak: done.body.wouldBreak });
    expect(done.body.wouldBreak.map(({ id }: Made) => id)).toEqual(dry.body.wouldBreak.map(({ id }: Made) => id));
    for (const { value, id } of [busy, quiet, hook]) {
      expect(await isActive(value)).toBe(false);
      expect((await recordsOf(`token:${id}`)).filter(({ action }) => action === 'token.revoked')).toMatchObject([
        { actorId: admin.id },
      ]);
    }
    expect(await isActive(foreign.value)).toBe(true);
    const again = await api('POST', of('/credentials/revoke'), { ids });
    expect(again.body).toEqual({
      selected: [],
      revoked: [],
      notFound: [busy.id, quiet.id, hook.id, foreign.id],
      wouldBreak: [],
    });
  });

  it('warns of nothing that was used longer than a week ago, or has expired', async () => {
    stopClock();
    const old = await make(admin, 'Old');
    const short = await make(admin, 'Short', { days: 7 });
    await use(old);
    advance(DAY);
    await use(short);
    advance(6 * DAY + 1);
    const ids = [old.id, short.id];
    const { body } = await api('POST', of('/credentials/revoke'), { ids, dryRun: true }, await loggedIn(admin));
    expect(body).toMatchObject({ selected: ids, wouldBreak: [] });
  });

  it('refuses a body that can’t be, and says what it takes', async () => {
    for (const [given, message] of [
      [{}, 'ids must be a list of 1 to 500'],
      [{ ids: [] }, 'ids must be a list of 1 to 500'],
      [{ ids: Array.from({ length: 501 }, (_, n) => `tok_${n}`) }, 'ids must be a list of 1 to 500'],
      [{ ids: ['td_x'] }, 'ids must be a list of 1 to 500'],
      [{ ids: ['tok_x\u0000'] }, 'The body has a NUL character.'],
      [{ ids: ['tok_x'], dryRun: 'yes' }, 'dryRun must be true or false'],
      [{ ids: ['tok_x'], dryrun: true }, 'Unknown field: dryrun'],
    ] as const) {
      const { status, body } = await api('POST', of('/credentials/revoke'), given);
      expect([status, body]).toEqual([400, { statusCode: 400, message: expect.stringContaining(message) }]);
    }
  });

  it('is whole or not at all', async () => {
    const tokens = [await make(admin, 'A'), await make(admin, 'B'), await make(admin, 'C')];
    const ids = tokens.map(({ id }) => id);
    // The third record can't be written.
    const { database } = identity.services;
    await database.query(
      `ALTER TABLE audit_records ADD CONSTRAINT test_fails CHECK (target <> 'token:${ids[2]}') NOT VALID`,
    );
    try {
      expect((await api('POST', of('/credentials/revoke'), { ids })).status).toBe(500);
    } finally {
      await database.query('ALTER TABLE audit_records DROP CONSTRAINT test_fails');
      identity.logged.length = 0;
    }
    for (const { value } of tokens) expect(await isActive(value)).toBe(true);
    expect((await recordsOf(`token:${ids[0]}`)).map(({ action }) => action)).toEqual(['token.created']);
    expect((await api('POST', of('/credentials/revoke'), { ids })).body.revoked).toEqual(ids);
  });

  it('by two admins at once revokes each once, and neither waits for the other for ever', async () => {
    const eve = await colleague('admin', 'Eve');
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => make(admin, `T${n}`)));
    const ids = tokens.map(({ id }) => id);
    const second = await loggedIn(eve);
    const [one, two] = await Promise.all([
      api('POST', of('/credentials/revoke'), { ids }),
      api('POST', of('/credentials/revoke'), { ids: ids.toReversed() }, second),
    ]);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(new Set([...one.body.revoked, ...two.body.revoked])).toEqual(new Set(ids));
    expect(one.body.revoked.length + two.body.revoked.length).toBe(20);
    const { rows } = await identity.services.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM audit_records WHERE action = 'token.revoked' AND organization_id = $1`,
      [admin.organizationId],
    );
    expect(rows[0]?.count).toBe(20);
  });
});

describe('all of one’s own', () => {
  const ALL = '/api/users/me/tokens/revoke-all';

  it('end in one call of a login, in every organization, and nobody else’s', async () => {
    const bea = await colleague();
    const elsewhere = await identity.addOrganization();
    await identity.join(bea, elsewhere);
    const mine = [await make(bea, 'A'), await make({ ...bea, organizationId: elsewhere }, 'B')];
    const others = [await make(admin, 'C'), await make(bea, 'Hook', { scopes: ['all'] })];
    const { body } = await api('POST', ALL, undefined, await loggedIn(bea));
    expect(body).toEqual({ revoked: mine.map(({ id }) => id).toReversed() });
    for (const { value } of mine) expect(await isActive(value)).toBe(false);
    for (const { value } of others) expect(await isActive(value)).toBe(true);
    for (const { id } of mine) expect(await recordsOf(`token:${id}`)).toMatchObject([{}, { action: 'token.revoked' }]);
    expect((await api('POST', ALL, {}, await loggedIn(bea))).body).toEqual({ revoked: [] });
  });

  it('by a personal token are those of its organization, itself among them unless told otherwise', async () => {
    const bea = await colleague();
    const elsewhere = await identity.addOrganization();
    await identity.join(bea, elsewhere);
    const [own, other] = [await make(bea, 'Own'), await make(bea, 'Other')];
    const far = await make({ ...bea, organizationId: elsewhere }, 'Far');
    const by = `Bearer ${own.value}`;
    expect((await api('POST', ALL, { exceptCurrent: true }, by)).body).toEqual({ revoked: [other.id] });
    expect((await api('POST', ALL, {}, by)).body).toEqual({ revoked: [own.id] });
    expect((await api('POST', ALL, {}, by)).status).toBe(401);
    expect(await isActive(far.value)).toBe(true);
  });
});

describe('a role or sign-in that is lost while the body is under way', () => {
  it.each([
    ['the role', `UPDATE memberships SET role = 'member' WHERE person_id = $1`],
    [
      'the sign-in',
      `UPDATE sessions SET ended_at = now(), end_reason = 'revoked' WHERE person_id = $1 AND kind = 'cli'`,
    ],
  ])('revokes nothing: %s', async (_, loss) => {
    const token = await make(admin, 'Kept');
    const { credentials, database, resolver } = identity.services;
    const resolved = await resolver.resolve(bearer.slice('Bearer '.length));
    if (resolved.use !== 'access_token') throw new Error(resolved.use);
    await database.query(loss, [admin.id]);
    const by = { personId: admin.id, sessionId: resolved.session.id };
    expect(await credentials.revoke(admin.organizationId, [token.id], by, {})).toEqual({ outcome: 'forbidden' });
    const members = { kind: 'members', organizationId: admin.organizationId } as const;
    expect(await identity.services.tokens.revoke(members, token.id, by, {})).toBe('forbidden');
    expect(await isActive(token.value)).toBe(true);
  });

  it('revokes no organization token, which takes a member', async () => {
    const hook = await make(admin, 'Hook', { scopes: ['all'] });
    const ours = { kind: 'organization', organizationId: admin.organizationId } as const;
    const viewer = await colleague('viewer');
    const by = { personId: viewer.id, sessionId: undefined };
    expect(await identity.services.tokens.revoke(ours, hook.id, by, {})).toBe('forbidden');
    expect(await isActive(hook.value)).toBe(true);
  });
});
