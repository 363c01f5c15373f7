// Sign-ins that begin while everything is being ended: each request is stopped halfway and the ending carried out, so that
// what was true when it was looked at is true no longer when it is written.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { BrowserSession } from '../../src/sessions/browser-sessions.ts';
import { setPasswordOf } from '../../src/sign-ins/password-change.ts';
import { createHolds } from '../support/held-database.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, read, redeem, startLogin } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { until } from '../support/until.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

const ACTOR = { credential: 'test' };

const holds = createHolds();
let identity: Identity;
/** The instance that ends things, while requests are held at the first. */
let ender: Identity['services'];
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity({ wrapDatabase: holds.wrapDatabase });
  ender = inject('backend') === 'services' ? (await identity.another()).services : identity.services;
  ({ authorization } = await identity.addResourceServer());
});
afterAll(() => identity?.close());

/**
 * Starts `work`, which stops after the statement; ends what `ending` ends, or has it wait for the rows that `work` holds;
 * lets `work` go on.
 */
async function meanwhile<T>(statement: RegExp, work: () => Promise<T>, ending: () => Promise<unknown>): Promise<T> {
  const hold = holds.hold(statement);
  const working = work();
  await hold.reached;
  let done = hold.inTransaction && identity.services === ender; // one after the other: it waits in any case
  const ended = ending().finally(() => {
    done = true;
  });
  await until('the end, or a wait for it', async () => done || (await waitsForRows()) || undefined);
  hold.release();
  const [result] = await Promise.all([working, ended]);
  return result;
}

async function waitsForRows(): Promise<boolean> {
  const { count } = await ender.database.query(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1",
  );
  return count > 0;
}

async function browserOf(person: TestPerson): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  return visitor;
}

/** In a browser of its own. */
async function changePassword(person: TestPerson): Promise<void> {
  const password = `new ${person.password}`;
  registerSecret('password', password);
  const { accounts, browserSessions, changePassword: change } = ender;
  const verified = await accounts.authenticate(person.email, person.password);
  if (verified === undefined) throw new Error('not the password');
  const started = await browserSessions.start(verified, undefined, ACTOR);
  const cookie = started?.secret.reveal() ?? '';
  registerSecret('cookie', cookie);
  const session = (await browserSessions.find(cookie, '127.0.0.1')) as BrowserSession;
  const { outcome, ...more } = await change(session, person.password, password, ACTOR);
  if ('secret' in more) registerSecret('cookie', more.secret.reveal());
  expect(outcome).toBe('changed');
}

const credentials = ({ email, password }: TestPerson) => ({ email, password });

async function isActive(token: string): Promise<boolean> {
  return (await introspect(identity.url, authorization, token)).body.active;
}

async function liveSessions(person: TestPerson): Promise<number> {
  const { rows } = await identity.services.database.query<{ count: number }>(
    'SELECT count(*) AS count FROM sessions WHERE person_id = $1 AND ended_at IS NULL',
    [person.id],
  );
  return rows[0]?.count ?? 0;
}

describe('a sign-in with the old password', () => {
  it('does not outlive the change that came while it was checked', async () => {
    const ada = await identity.addPerson();
    const visitor = new Visitor(identity.url);
    const page = await visitor.get('/sign-in');
    const answer = await meanwhile(
      /FROM people WHERE email/,
      () => visitor.submit('/sign-in', page, credentials(ada)),
      () => changePassword(ada),
    );
    expect(answer.status).toBe(401);
    expect(visitor.cookie('teamday_session')).toBeUndefined();
    expect(await liveSessions(ada)).toBe(1); // of whoever changed it
  });

  it('is refused to a person who was disabled while it was checked', async () => {
    const ada = await identity.addPerson();
    const visitor = new Visitor(identity.url);
    const page = await visitor.get('/sign-in');
    const answer = await meanwhile(
      /FROM people WHERE email/,
      () => visitor.submit('/sign-in', page, credentials(ada)),
      () => ender.database.query('UPDATE people SET disabled_at = now() WHERE id = $1', [ada.id]),
    );
    expect(answer.status).toBe(401);
    expect(await liveSessions(ada)).toBe(0);
  });

  it('that has just begun is ended with the others', async () => {
    const ada = await identity.addPerson();
    const visitor = new Visitor(identity.url);
    const page = await visitor.get('/sign-in');
    const changing = () => changePassword(ada);
    await meanwhile(/INSERT INTO sessions/, () => visitor.submit('/sign-in', page, credentials(ada)), changing);
    expect((await visitor.get('/settings/sessions')).status).toBe(303);
    expect(await liveSessions(ada)).toBe(1);
  });
});

describe('a CLI login', () => {
  it('that is approved while the password changes is denied', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const login = await startLogin(identity.url);
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    await meanwhile(
      /UPDATE device_authorizations d\s+SET decision = 'approved'/,
      () => visitor.submit('/cli-auth', page, { decision: 'authorize', organization: ada.organizationId }),
      () => changePassword(ada),
    );
    expect((await redeem(identity.url, login.device_code)).body.error).toBe('access_denied');
  });

  it('that is approved in a browser which is signed out meanwhile waits for another', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const login = await startLogin(identity.url);
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    await meanwhile(
      /FROM sessions s JOIN people p .*\s+WHERE s\.secret_digest = any/,
      () => visitor.submit('/cli-auth', page, { decision: 'authorize', organization: ada.organizationId }),
      () => changePassword(ada),
    );
    expect((await redeem(identity.url, login.device_code)).body.error).toBe('authorization_pending');
  });

  it('that is redeemed while the password changes is ended', async () => {
    const ada = await identity.addPerson();
    const login = await startLogin(identity.url);
    await (await browserOf(ada)).decide(login.user_code, 'authorize', ada.organizationId);
    const { status, body } = await meanwhile(
      /INSERT INTO sessions/,
      () => redeem(identity.url, login.device_code),
      () => changePassword(ada),
    );
    if (status === 200) {
      expect([await isActive(body.access_token), await isActive(body.refresh_token)]).toEqual([false, false]);
    }
    expect(await liveSessions(ada)).toBe(1);
  });

  it('that is redeemed while an admin ends all of the organization is ended', async () => {
    const admin = await identity.addPerson({ role: 'admin' });
    const login = await startLogin(identity.url);
    await (await browserOf(admin)).decide(login.user_code, 'authorize', admin.organizationId);
    const by = await signedIn(admin);
    const { body } = await meanwhile(
      /INSERT INTO sessions/,
      () => redeem(identity.url, login.device_code),
      () => ender.signIns.endAll({ organizationId: admin.organizationId }, by, ACTOR),
    );
    expect(await isActive(body.access_token)).toBe(false);
  });
});

describe('whoever signs out everywhere else', () => {
  it('is signed in still when that happens', async () => {
    const ada = await identity.addPerson();
    const own = await logIn(identity.url, ada);
    const thief = await browserOf(ada);
    const path = '/settings/sessions/end-others';
    const page = await thief.get(path);
    const by = await signedIn(ada);
    const answer = await meanwhile(
      /WHERE s\.secret_digest = /,
      () => thief.submit(path, page, {}),
      async () => {
        const { signIns: all } = (await ender.signIns.list({ personId: ada.id }, { limit: 10 })) ?? { signIns: [] };
        const others = all.filter(({ id, kind }) => kind === 'browser' && id !== by.sessionId);
        for (const { id } of others) await ender.signIns.end({ personId: ada.id }, id, by, ACTOR);
      },
    );
    expect(answer.status).toBe(403);
    expect(await isActive(own.access_token)).toBe(true);
  });
});

describe('a change of the password', () => {
  const READS = /passwordHash" FROM people WHERE id = \$1 AND disabled_at IS NULL$/;

  it('by one that was changed meanwhile is refused', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const answer = await meanwhile(
      READS,
      () => changeIn(visitor, ada),
      () => setPasswordOf(ender.database, ada.email, 'by the operator', ACTOR, identity.url, ender.clock.now()),
    );
    expect(answer.status).toBe(422);
    expect(await ender.accounts.authenticate(ada.email, 'by the operator')).toBeDefined();
  });

  it('by a browser that was signed out meanwhile is not made', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const answer = await meanwhile(
      READS,
      () => changeIn(visitor, ada),
      async () => ender.signIns.endOthers(await signedIn(ada), ACTOR),
    );
    expect([answer.status, visitor.cookie('teamday_notice')]).toEqual([303, undefined]);
    expect(await ender.accounts.authenticate(ada.email, ada.password)).toBeDefined();
  });

  async function changeIn(visitor: Visitor, { password: current }: TestPerson): Promise<Answer> {
    const path = '/settings/password';
    const next = `new ${current}`;
    registerSecret('password', next);
    return await visitor.submit(path, await visitor.get(path), { current, next });
  }
});

describe('whoever ends sign-ins of an organization', () => {
  it('is an admin still when they are ended', async () => {
    const admin = await identity.addPerson({ role: 'admin' });
    const own = await logIn(identity.url, admin);
    const worker = await identity.addPerson({ organizationId: admin.organizationId });
    const theirs = await logIn(identity.url, worker);
    const demote = () =>
      ender.database.query("UPDATE memberships SET role = 'member' WHERE person_id = $1", [admin.id]);
    const answer = await meanwhile(
      /FROM memberships m JOIN organizations o/,
      () => endAll(own.access_token, admin.organizationId, { userId: worker.id }),
      demote,
    );
    expect(answer.status).toBe(403);
    expect(await isActive(theirs.access_token)).toBe(true);
  });

  it('is signed in still when they are ended', async () => {
    const admin = await identity.addPerson({ role: 'admin' });
    const own = await logIn(identity.url, admin);
    const worker = await identity.addPerson({ organizationId: admin.organizationId });
    const theirs = await logIn(identity.url, worker);
    const answer = await meanwhile(
      /FROM memberships m JOIN organizations o/,
      () => endAll(own.access_token, admin.organizationId, { userId: worker.id }),
      async () => ender.signIns.endOthers(await signedIn(admin), ACTOR),
    );
    expect(answer.status).toBe(403);
    expect(await isActive(theirs.access_token)).toBe(true);
  });

  it('may be ended by another who does the same, and one of them is', async () => {
    const one = await identity.addPerson({ role: 'admin' });
    const two = await identity.addPerson({ organizationId: one.organizationId, role: 'admin' });
    const logins = [await logIn(identity.url, one), await logIn(identity.url, two)];
    const answers = await Promise.all(
      [one, two].map((person, index) =>
        endAll(logins[index]?.access_token ?? '', one.organizationId, { userId: (person === one ? two : one).id }),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses.delete(200)).toBe(true);
    expect([401, 403]).toContain([...statuses][0]);
    const active = await Promise.all(logins.map(({ access_token: token }) => isActive(token)));
    expect(new Set(active)).toEqual(new Set([false, true]));
  });

  function endAll(token: string, organizationId: string, body: object) {
    return call(`/organizations/${organizationId}/sessions/revoke-all`, token, body);
  }
});

async function call(path: string, token: string, body: object = {}) {
  return await read(
    await fetch(`${identity.url}/api${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

/** By a sign-in of the test's own. */
async function signedIn(person: TestPerson) {
  const { accounts, browserSessions } = ender;
  const verified = await accounts.authenticate(person.email, person.password);
  const started = verified && (await browserSessions.start(verified, undefined, ACTOR));
  const cookie = started?.secret.reveal() ?? '';
  registerSecret('cookie', cookie);
  const session = await browserSessions.find(cookie, '127.0.0.1');
  return { personId: person.id, sessionId: session?.id ?? '' };
}
