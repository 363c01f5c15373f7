// /settings/password and `users set-password`: what a new password ends, what it leaves, and who may not try for long.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, redeem, startLogin } from '../support/oauth.ts';
import { faultsIn } from '../support/refusals.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { until } from '../support/until.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

const PATH = '/settings/password';
const ATTEMPTS = 6;

let identity: Identity;
let everywhere: string[];
let authorization: string;

beforeAll(async () => {
  const signInPerEmailAndAddress = { points: ATTEMPTS, seconds: 600 };
  identity = await startIdentity({
    settings: (s) => ({ ...s, limits: { ...s.limits, signInPerEmailAndAddress } }),
  });
  await until('the counters', async () => (await identity.services.counters.isReady()) || undefined);
  everywhere = [identity.url];
  if (inject('backend') === 'services') everywhere.push((await identity.another()).url);
  ({ authorization } = await identity.addResourceServer());
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});

async function browserOf(person: { email: string; password: string }): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  return visitor;
}

async function change(visitor: Visitor, current: string, next: string): Promise<Answer> {
  registerSecret('password', next);
  return await visitor.submit(PATH, await visitor.get(PATH), { current, next });
}

const isSignedIn = async (visitor: Visitor) => (await visitor.get(PATH)).status === 200;

async function activity(...tokens: string[]): Promise<boolean[][]> {
  const at = (url: string) =>
    Promise.all(tokens.map(async (token) => (await introspect(url, authorization, token)).body.active as boolean));
  return await Promise.all(everywhere.map(at));
}

async function newToken({ id, organizationId }: TestPerson): Promise<string> {
  const by = { personId: id, sessionId: undefined };
  const request = { kind: 'personal', name: 'CI', expiresInDays: 90, organizationId, by } as const;
  const created = await identity.services.tokens.create(request, { credential: 'test' });
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  return created.token.secret.reveal();
}

describe('a changed password', () => {
  it('ends every sign-in but this browser’s, which gets a new cookie, and leaves tokens', async () => {
    const ada = await identity.addPerson();
    const [visitor, other] = [await browserOf(ada), await browserOf(ada)];
    const login = await logIn(identity.url, ada, other);
    const token = await newToken(ada);
    const waiting = await startLogin(identity.url);
    await visitor.decide(waiting.user_code, 'authorize', ada.organizationId);
    const before = visitor.cookie('teamday_session');

    const next = `new ${ada.password}`;
    const answer = await change(visitor, ada.password, next);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, PATH]);

    for (const answers of await activity(login.access_token, login.refresh_token, token))
      expect(answers).toEqual([false, false, true]);
    expect((await redeem(identity.url, waiting.device_code)).body.error).toBe('access_denied');
    expect(await isSignedIn(other)).toBe(false);
    expect(visitor.cookie('teamday_session')).not.toBe(before);
    const old = await fetch(identity.url + PATH, {
      redirect: 'manual',
      headers: { cookie: `teamday_session=${before}` },
    });
    expect(old.status).toBe(303);
    expect((await visitor.get(PATH)).body).toContain('Your password was changed');
    expect((await visitor.get(PATH)).body).not.toContain('Your password was changed');

    const stranger = new Visitor(identity.url);
    const page = await stranger.get('/sign-in');
    expect((await stranger.submit('/sign-in', page, { email: ada.email, password: ada.password })).status).toBe(401);
    expect(await isSignedIn(await browserOf({ ...ada, password: next }))).toBe(true);
  });

  it('is recorded, and told by mail in their language, without a secret', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    await visitor.get('/');
    await identity.services.accounts.rememberLocale(ada.id, 'cs');
    await logIn(identity.url, ada, visitor);
    const next = `new ${ada.password}`;
    await change(visitor, ada.password, next);
    const { database } = identity.services;
    const acts = await database.query<{ action: string; details: object }>(
      `SELECT action, details FROM audit_records WHERE actor_id = $1 AND at >= (
         SELECT at FROM audit_records WHERE action = 'password.set' AND target = $2) ORDER BY id`,
      [ada.id, `person:${ada.id}`],
    );
    const reason = { reason: 'password_changed', personId: ada.id };
    expect(acts.rows.map(({ action, details }) => [action, details])).toEqual([
      ['session.ended', reason],
      ['session.ended', reason],
      ['password.set', { endedSessions: 2 }],
      ['session.created', { kind: 'browser' }],
    ]);
    const { rows } = await database.query<{ subject: string; body: string }>(
      'SELECT subject, body FROM outgoing_mails WHERE recipient = $1',
      [ada.email],
    );
    expect(rows).toEqual([
      { subject: 'Vaše heslo k TeamDay bylo změněno', body: expect.stringContaining('z adresy 127.0.0.1') },
    ]);
    expect(rows[0]?.body).toContain(`${identity.url}/settings/api-keys`);
  });

  it('comes of the one of two changes that was first', async () => {
    const ada = await identity.addPerson();
    const [one, two] = [await browserOf(ada), await browserOf(ada)];
    const answers = await Promise.all([
      change(one, ada.password, `one ${ada.password}`),
      change(two, ada.password, `two ${ada.password}`),
    ]);
    const won = answers.findIndex(({ status }) => status === 303);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect([await isSignedIn(one), await isSignedIn(two)]).toEqual([won === 0, won === 1]);
  });
});

describe('nothing changes', () => {
  it.each([
    ['the wrong current one', { current: 'wrong horse battery' }, 'This is not your current password.'],
    ['a short one', { next: 'short' }, 'use at least 8 characters'],
    ['a long one', { next: 'x'.repeat(1001) }, 'use at most 1,000 characters'],
    ['a control character', { next: 'correct\thorse' }, 'Use one line'],
    ['the same one', { next: 'same' }, 'Choose another one.'],
  ])('by %s', async (_, given, words) => {
    const ada = await identity.addPerson();
    const [visitor, other] = [await browserOf(ada), await browserOf(ada)];
    const next = 'next' in given && given.next !== 'same' ? given.next : `new ${ada.password}`;
    const answer = await change(
      visitor,
      'current' in given ? given.current : ada.password,
      'next' in given && given.next === 'same' ? ada.password : next,
    );
    expect(answer.status).toBe(422);
    expect(answer.body).toContain(words);
    expect(answer.body).not.toContain(ada.password);
    expect([await isSignedIn(visitor), await isSignedIn(other)]).toEqual([true, true]);
  });

  it('by a form that another site sent, or that is older than the sign-in', async () => {
    const ada = await identity.addPerson();
    const visitor = await browserOf(ada);
    const fields = { current: ada.password, next: `new ${ada.password}` };
    const page = await visitor.get(PATH);
    const foreign = await visitor.submit(PATH, page, fields, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const stale = await visitor.submit(PATH, page, { ...fields, csrf: 'x' });
    expect(stale.status).toBe(403);
    expect(stale.body).toContain('please send it again');
    expect(stale.body).not.toContain(ada.password);
    expect((await visitor.submit(PATH, page, fields)).status).toBe(303);
    expect((await new Visitor(identity.url).get(PATH)).headers.get('location')).toBe(
      '/sign-in?return_to=%2Fsettings%2Fpassword',
    );
  });

  it('after too many wrong ones, even by the right one; another browser may', async () => {
    const ada = await identity.addPerson();
    const [thief, own] = [await browserOf(ada), await browserOf(ada)];
    for (let n = 0; n < ATTEMPTS; n += 1)
      expect((await change(thief, `wrong ${n} horse`, 'new horse')).status).toBe(422);
    const limited = await change(thief, ada.password, `new ${ada.password}`);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(500);
    expect(limited.body).toMatch(/Too many attempts.*please try again/);
    expect((await change(own, ada.password, `new ${ada.password}`)).status).toBe(303);
  });
});
