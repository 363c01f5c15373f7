// /api/users/me/sessions and /api/organizations/{orgId}/sessions: who sees which sign-ins, and what ending them ends, on
// every instance.
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { insertCliSession } from '../../src/sessions/session-store.ts';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import {
  introspect,
  type JsonAnswer,
  logIn,
  read,
  redeem,
  refresh,
  startLogin,
  type TokenResponse,
} from '../support/oauth.ts';
import { faultsIn } from '../support/refusals.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let everywhere: string[];
let authorization: string;
let admin: TestPerson;
let adminToken: string;

beforeAll(async () => {
  identity = await startIdentity();
  everywhere = [identity.url];
  if (inject('backend') === 'services') everywhere.push((await identity.another()).url);
  ({ authorization } = await identity.addResourceServer());
  admin = await identity.addPerson({ role: 'admin', name: 'Grace Hopper' });
  adminToken = (await logIn(identity.url, admin)).access_token;
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});
afterEach(() => {
  vi.useRealTimers();
});

async function call(method: string, path: string, token: string, body?: object): Promise<JsonAnswer> {
  return await read(
    await fetch(`${identity.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

const mine = (token: string, query = '') => call('GET', `/users/me/sessions${query}`, token);
const ours = (token = adminToken, query = '') =>
  call('GET', `/organizations/${admin.organizationId}/sessions${query}`, token);
const end = (id: string, token: string) => call('POST', `/users/me/sessions/${id}/revoke`, token);
const endOurs = (id: string, token = adminToken) =>
  call('POST', `/organizations/${admin.organizationId}/sessions/${id}/revoke`, token);
const endAllOurs = (body: object, token = adminToken) =>
  call('POST', `/organizations/${admin.organizationId}/sessions/revoke-all`, token, body);

const ids = ({ body }: JsonAnswer): string[] => body.sessions.map(({ id }: { id: string }) => id);
const idOf = async ({ access_token: token }: TokenResponse) => (await call('GET', '/users/me', token)).body.session.id;

/** What every instance says of a login's two tokens. */
async function activity(...logins: TokenResponse[]): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const { access_token: access, refresh_token: token } of logins) {
    const each = await Promise.all(
      everywhere.flatMap((url) => [access, token].map((shown) => introspect(url, authorization, shown))),
    );
    expect(new Set(each.map(({ status, body }) => `${status} ${body.active}`)).size).toBe(1);
    answers.push(each[0]?.body.active);
  }
  return answers;
}

async function endings(id: string): Promise<object[]> {
  const { rows } = await identity.services.database.query(
    `SELECT actor_id AS actor, credential, details ->> 'reason' AS reason FROM audit_records
     WHERE action = 'session.ended' AND target = $1`,
    [`session:${id}`],
  );
  return [...rows];
}

async function browserOf({ email, password }: TestPerson, userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0') {
  const visitor = new Visitor(identity.url);
  const page = await visitor.get('/sign-in');
  const answer = await visitor.submit('/sign-in', page, { email, password }, { 'user-agent': userAgent });
  expect(answer.status).toBe(303);
  return visitor;
}

const isSignedIn = async (visitor: Visitor) => (await visitor.get('/settings/sessions')).status === 200;

/** Rows only: quicker than logging in. */
async function addSessions(person: TestPerson, count: number, organizationId = person.organizationId) {
  const { database, clock } = identity.services;
  const now = clock.now();
  const device = { name: 'build-agent', system: 'Linux x64', address: '203.0.113.9', userAgent: undefined };
  const made = Array.from({ length: count }, () => `ses_${randomBytes(8).toString('hex')}`);
  for (const id of made) {
    const session = { id, personId: person.id, organizationId, clientId: 'teamday-cli', scope: 'tasks:create', device };
    const times = { authenticatedAt: now, expiresAt: new Date(now.getTime() + 86_400_000) };
    await insertCliSession(database, { ...session, ...times, refreshId: randomBytes(16) }, now);
  }
  return made.toSorted().toReversed();
}

describe('GET /api/users/me/sessions', () => {
  it('lists browsers and CLI logins, newest first, and tells which one asks', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const login = await logIn(identity.url, ada, visitor);
    const answer = await mine(login.access_token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    const common = { address: '127.0.0.1', lastUsedAddress: '127.0.0.1', createdAt: time, lastUsedAt: time };
    expect(answer.body).toEqual({
      sessions: [
        {
          ...common,
          id: await idOf(login),
          kind: 'cli',
          client: 'TeamDay CLI',
          organizationId: ada.organizationId,
          device: 'ada-laptop',
          system: 'Linux x64',
          userAgent: 'node',
          expiresAt: time,
          current: true,
        },
        {
          ...common,
          id: expect.stringMatching(/^ses_/),
          kind: 'browser',
          client: null,
          organizationId: null,
          device: null,
          system: null,
          userAgent: expect.stringContaining('Firefox'),
          expiresAt: time,
          current: false,
        },
      ],
      count: 2,
      nextCursor: null,
    });
  });

  it('leaves out what has ended or expired, and what is other people’s', async () => {
    const ada = await identity.addPerson();
    const [logins, login] = [await logIn(identity.url, ada), await logIn(identity.url, ada)];
    await end(await idOf(logins), login.access_token);
    stopClock();
    advance(14 * 86_400); // the browsers'
    const { body } = await refresh(identity.url, login.refresh_token);
    expect(ids(await mine(body.access_token))).toEqual([await idOf(body)]);
  });

  it('knows when each was last used', async () => {
    stopClock();
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const login = await logIn(identity.url, ada, visitor);
    const start = Date.now();
    advance(299);
    await visitor.get('/');
    advance(1);
    const { body: next } = await refresh(identity.url, login.refresh_token);
    expect(await lastUses(next.access_token)).toEqual({ cli: 300, browser: 0 });
    await visitor.get('/');
    await until('the last use', async () => (await lastUses(next.access_token))['browser'] === 300 || undefined);

    async function lastUses(token: string): Promise<Record<string, number>> {
      const { sessions } = (await mine(token)).body as { sessions: { kind: string; lastUsedAt: string }[] };
      return Object.fromEntries(sessions.map((one) => [one.kind, (Date.parse(one.lastUsedAt) - start) / 1000]));
    }
  });

  it('comes in pages that neither repeat nor leave out any', async () => {
    const ada = await identity.addPerson();
    const { access_token: token } = await logIn(identity.url, ada);
    stopClock(new Date(Date.now() + 1000)); // all at the same moment
    const made = await addSessions(ada, 5);
    const first = await mine(token, '?limit=2');
    expect([ids(first), first.body.count]).toEqual([made.slice(0, 2), 7]);
    await end(made[1] ?? '', token);
    const second = await mine(token, `?limit=3&cursor=${first.body.nextCursor}`);
    expect([ids(second), second.body.count]).toEqual([made.slice(2), 6]);
    const last = await mine(token, `?limit=3&cursor=${second.body.nextCursor}`);
    expect([ids(last).length, last.body.nextCursor]).toEqual([2, null]);
  });

  it.each([
    ['?cursor=nonsense', 'cursor must be the nextCursor of an answer before'],
    ['?limit=0', 'limit must be a whole number from 1 to 500'],
    ['?limit=x', 'limit must be a whole number from 1 to 500'],
    ['?page=2', 'Unknown field: page'],
  ])('refuses %s', async (query, message) => {
    const answer = await mine(adminToken, query);
    expect([answer.status, answer.body]).toEqual([400, { statusCode: 400, message }]);
  });
});

describe('POST /api/users/me/sessions/{id}/revoke', () => {
  it('ends both tokens of that login everywhere, and nothing else', async () => {
    const ada = await identity.addPerson();
    const [one, other] = [await logIn(identity.url, ada), await logIn(identity.url, ada)];
    const id = await idOf(one);
    expect(await activity(one, other)).toEqual([true, true]);
    const answer = await end(id, other.access_token);
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    expect(await activity(one, other)).toEqual([false, true]);
    expect((await refresh(everywhere.at(-1) ?? '', one.refresh_token)).body.error).toBe('invalid_grant');
    expect(await endings(id)).toEqual([
      { actor: ada.id, credential: `session:${await idOf(other)}`, reason: 'revoked' },
    ]);
    expect((await end(id, other.access_token)).status).toBe(200); // again: it has ended
    expect(await endings(id)).toHaveLength(1);
  });

  it('signs a browser out', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const { access_token: token } = await logIn(identity.url, ada, visitor);
    const { body } = await mine(token);
    expect(await isSignedIn(visitor)).toBe(true);
    await end(body.sessions[1].id, token);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it('ends the login that asks, which then is nobody', async () => {
    const own = await logIn(identity.url, await identity.addPerson());
    const id = await idOf(own);
    expect((await end(id, own.access_token)).status).toBe(200);
    expect(await activity(own)).toEqual([false]);
    expect((await end(id, own.access_token)).status).toBe(401);
  });

  it('doesn’t know other people’s', async () => {
    const victim = await logIn(identity.url, await identity.addPerson({ organizationId: admin.organizationId }));
    const [foreign, unknown] = [await end(await idOf(victim), adminToken), await end('ses_unknown', adminToken)];
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual({ statusCode: 404, message: 'Session not found' });
    expect(unknown.body).toEqual(foreign.body);
    expect(await activity(victim)).toEqual([true]);
  });
});

describe('POST /api/users/me/sessions/revoke-others', () => {
  it('leaves the one that asks, and nothing that was on its way', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const [own, other] = [await logIn(identity.url, ada, visitor), await logIn(identity.url, ada, visitor)];
    const colleague = await logIn(identity.url, await identity.addPerson({ organizationId: ada.organizationId }));
    const waiting = await startLogin(identity.url);
    await visitor.decide(waiting.user_code, 'authorize', ada.organizationId);

    const answer = await call('POST', '/users/me/sessions/revoke-others', own.access_token);
    expect([answer.status, answer.body]).toEqual([200, { success: true, ended: 2 }]);

    expect(await activity(own, other, colleague)).toEqual([true, false, true]);
    expect(await isSignedIn(visitor)).toBe(false);
    expect((await redeem(identity.url, waiting.device_code)).body.error).toBe('access_denied');
    expect((await mine(own.access_token)).body.count).toBe(1);
  });
});

describe('/api/organizations/{orgId}/sessions', () => {
  let member: TestPerson;

  beforeAll(async () => {
    member = await identity.addPerson({ organizationId: admin.organizationId, name: 'Ada Lovelace' });
  });

  it('shows admins the logins that act for the organization, and no browsers', async () => {
    const login = await logIn(identity.url, member);
    const everyone = await ours();
    expect(everyone.status).toBe(200);
    expect(everyone.body.sessions.map(({ kind }: { kind: string }) => kind)).not.toContain('browser');
    expect(ids(everyone)).toContain((await mine(adminToken)).body.sessions.find(current).id);
    const theirs = await ours(adminToken, `?user=${member.id}`);
    expect(theirs.body.sessions).toEqual([
      expect.objectContaining({
        id: await idOf(login),
        organizationId: admin.organizationId,
        current: false,
        user: { id: member.id, name: 'Ada Lovelace', email: member.email },
      }),
    ]);
    expect((await ours(login.access_token)).status).toBe(403);
    expect((await endOurs(await idOf(login), login.access_token)).status).toBe(403);
    expect((await endAllOurs({ userId: member.id }, login.access_token)).status).toBe(403);
    expect(await activity(login)).toEqual([true]);

    function current(one: { current: boolean }) {
      return one.current;
    }
  });

  it('follows a login from one organization to another, whose admin knows nothing of it before', async () => {
    const elsewhere = await identity.addPerson({ role: 'admin' });
    const { access_token: otherAdmin } = await logIn(identity.url, elsewhere);
    await identity.join(member, elsewhere.organizationId);
    const login = await logIn(identity.url, member);
    const id = await idOf(login);
    const path = `/organizations/${elsewhere.organizationId}/sessions`;

    expect(ids(await call('GET', path, otherAdmin))).not.toContain(id);
    const early = await call('POST', `${path}/${id}/revoke`, otherAdmin);
    expect([early.status, early.body.message]).toEqual([404, 'Session not found']);
    expect((await call('POST', `${path}/revoke-all`, otherAdmin, { userId: member.id })).body.ended).toBe(0);
    expect(await activity(login)).toEqual([true]);

    await call('PUT', '/users/me/organization', login.access_token, { organizationId: elsewhere.organizationId });
    expect(ids(await ours())).not.toContain(id);
    expect((await endOurs(id)).status).toBe(404);
    expect((await endAllOurs({ userId: member.id })).status).toBe(200);
    expect(await activity(login)).toEqual([true]);
    expect((await call('POST', `${path}/${id}/revoke`, otherAdmin)).status).toBe(200);
    expect(await activity(login)).toEqual([false]);
  });

  it('ends no browser, by its id neither', async () => {
    const visitor = await browserOf(member);
    const { access_token: token } = await logIn(identity.url, member, visitor);
    const { id } = (await mine(token)).body.sessions.find(({ kind }: { kind: string }) => kind === 'browser');
    expect((await endOurs(id)).status).toBe(404);
    expect((await endAllOurs({ userId: member.id })).status).toBe(200);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('ends one login, or all of a person and what they have approved there', async () => {
    const [one, two] = [await logIn(identity.url, member), await logIn(identity.url, member)];
    const id = await idOf(one);
    expect((await endOurs(id)).body).toEqual({ success: true });
    expect(await activity(one, two)).toEqual([false, true]);
    expect(await endings(id)).toMatchObject([{ actor: admin.id, reason: 'revoked' }]);

    const visitor = await browserOf(member);
    const waiting = await startLogin(identity.url);
    await visitor.decide(waiting.user_code, 'authorize', admin.organizationId);
    expect((await endAllOurs({ userId: member.id })).body).toEqual({ success: true, ended: 1 });
    expect(await activity(two)).toEqual([false]);
    expect((await redeem(identity.url, waiting.device_code)).body.error).toBe('access_denied');
  });

  it('ends all of the organization by its name or id, and not without', async () => {
    const boss = await identity.addPerson({ role: 'admin', organizationId: await identity.addOrganization('Zítřek') });
    const { organizationId } = boss;
    const worker = await identity.addPerson({ organizationId });
    const [own, theirs, outside] = [
      await logIn(identity.url, boss),
      await logIn(identity.url, worker),
      await logIn(identity.url, member),
    ];
    const endAll = (body: object) =>
      call('POST', `/organizations/${organizationId}/sessions/revoke-all`, own.access_token, body);
    for (const confirm of [undefined, '', 'zítřek', 'Acme Corp', admin.organizationId]) {
      const refused = await endAll(confirm === undefined ? {} : { confirm });
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('confirm must be')]);
    }
    expect((await endAll({ userId: 'nobody' })).status).toBe(400);
    expect(await activity(own, theirs, outside)).toEqual([true, true, true]);
    expect((await endAll({ confirm: ' Zi\u0301tr\u030cek ' })).body).toEqual({ success: true, ended: 2 });
    expect(await activity(own, theirs, outside)).toEqual([false, false, true]);
  });
});
