// POST /oauth/token with a refresh token: rotation, the retry window, reuse (RFC 9700 §4.14.2), and the session's end.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { advance, DAY, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, postForm, refresh, type TokenResponse } from '../support/oauth.ts';
import { OTHER_CLIENT } from '../support/other-client.ts';
import { expectRefusal, faultsIn, refusesRepeated } from '../support/refusals.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let ada: TestPerson;
let visitor: Visitor;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity({ clients: [OTHER_CLIENT] });
  ada = await identity.addPerson();
  visitor = new Visitor(identity.url);
  await visitor.signIn(ada);
  ({ authorization } = await identity.addResourceServer());
});
beforeEach(() => stopClock());
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});

const newSession = () => logIn(identity.url, ada, visitor);
const rotate = (token: string, more?: Record<string, string>) => refresh(identity.url, token, more);

async function rotated(token: string): Promise<TokenResponse> {
  const answer = await rotate(token);
  expect(answer.status).toBe(200);
  return answer.body;
}

async function isActive(token: string): Promise<boolean> {
  return (await introspect(identity.url, authorization, token)).body.active;
}

const expectNoGrant = (answer: JsonAnswer) => expectRefusal(answer, 400, 'invalid_grant');

async function sessionId(tokens: TokenResponse): Promise<string> {
  return (await introspect(identity.url, authorization, tokens.access_token)).body.sid;
}

async function recordsOf(sid: string) {
  const { rows } = await identity.services.database.query<{ action: string; reason: string | null }>(
    `SELECT action, details ->> 'reason' AS reason FROM audit_records WHERE target = $1 ORDER BY id`,
    [`session:${sid}`],
  );
  return rows.map(({ action, reason }) => [action, reason].filter((word) => word !== null).join(' '));
}

describe('a refresh', () => {
  it('yields a new access token and the next refresh token, kept by no cache', async () => {
    const tokens = await newSession();
    advance(1);
    const answer = await rotate(tokens.refresh_token);
    expect(answer.body).toEqual({
      access_token: expect.not.stringMatching(tokens.access_token),
      refresh_token: expect.not.stringMatching(tokens.refresh_token),
      token_type: 'Bearer',
      expires_in: 900,
      scope: tokens.scope,
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('leaves the access token before it to its 15 minutes', async () => {
    const tokens = await newSession();
    await rotated(tokens.refresh_token);
    advance(899);
    expect(await isActive(tokens.access_token)).toBe(true);
    advance(1);
    expect(await isActive(tokens.access_token)).toBe(false);
  });

  it('makes the token before it inactive', async () => {
    const tokens = await newSession();
    const next = await rotated(tokens.refresh_token);
    expect([await isActive(tokens.refresh_token), await isActive(next.refresh_token)]).toEqual([false, true]);
  });

  it('may narrow the scope of the access token, not of the session', async () => {
    const tokens = await newSession();
    const narrow = await rotate(tokens.refresh_token, { scope: 'tasks:create' });
    expect([narrow.status, narrow.body.scope]).toEqual([200, 'tasks:create']);
    const { body } = await introspect(identity.url, authorization, narrow.body.access_token);
    expect(body.scope).toBe('tasks:create');
    expect((await rotated(narrow.body.refresh_token)).scope).toBe(tokens.scope);
  });

  it.each([
    ['a scope that was not granted', { scope: 'tasks:create admin' }, 'invalid_scope'],
    ['a malformed scope', { scope: 'tasks:"create"' }, 'invalid_scope'],
    ['a resource of somebody else', { resource: 'https://elsewhere.example' }, 'invalid_target'],
  ])('is refused %s, and the session does not change', async (_what, more, error) => {
    const tokens = await newSession();
    expectRefusal(await rotate(tokens.refresh_token, more), 400, error);
    advance(60);
    await rotated(tokens.refresh_token);
  });

  it('takes the resource that there is', async () => {
    const tokens = await newSession();
    expect((await rotate(tokens.refresh_token, { resource: identity.url })).status).toBe(200);
  });
});

describe('the previous refresh token', () => {
  it('yields the same successor again within moments', async () => {
    const tokens = await newSession();
    const first = await rotated(tokens.refresh_token);
    advance(9);
    expect((await rotated(tokens.refresh_token)).refresh_token).toBe(first.refresh_token);
    await rotated(first.refresh_token);
  });

  it('does not renew its moments by being shown', async () => {
    const tokens = await newSession();
    await rotated(tokens.refresh_token);
    advance(6);
    await rotated(tokens.refresh_token);
    advance(6);
    expectNoGrant(await rotate(tokens.refresh_token));
  });

  it('shown later is stolen: the whole session is dead, which is recorded once', async () => {
    const tokens = await newSession();
    const sid = await sessionId(tokens);
    const next = await rotated(tokens.refresh_token);
    advance(10);
    expectNoGrant(await rotate(tokens.refresh_token));
    expect(await isActive(next.access_token)).toBe(false);
    expectNoGrant(await rotate(next.refresh_token));
    expectNoGrant(await rotate(tokens.refresh_token));
    expect(await recordsOf(sid)).toEqual(['login.approved', 'session.created', 'session.ended refresh_token_reused']);
  });

  it('shown by another client does the session no harm', async () => {
    const tokens = await newSession();
    const next = await rotated(tokens.refresh_token);
    advance(60);
    expectNoGrant(await rotate(tokens.refresh_token, { client_id: OTHER_CLIENT.client_id }));
    await rotated(next.refresh_token);
  });

  it('is stolen at once where retries are switched off', async () => {
    const strict = await startIdentity({
      settings: (s) => ({ ...s, session: { ...s.session, refreshRetrySeconds: 0 } }),
    });
    try {
      const tokens = await logIn(strict.url, await strict.addPerson());
      const next = await refresh(strict.url, tokens.refresh_token);
      expect(next.status).toBe(200);
      expectNoGrant(await refresh(strict.url, tokens.refresh_token));
      expectNoGrant(await refresh(strict.url, next.body.refresh_token));
    } finally {
      await strict.close();
    }
  });
});

describe('an older refresh token', () => {
  it('is stolen, however early', async () => {
    const tokens = await newSession();
    const next = await rotated(tokens.refresh_token);
    const newest = await rotated(next.refresh_token);
    expectNoGrant(await rotate(tokens.refresh_token));
    expectNoGrant(await rotate(newest.refresh_token));
  });
});

describe('a session', () => {
  it('ends 90 days after the login, however often it refreshes', async () => {
    let tokens = await newSession();
    for (let day = 0; day < 90; day += 15) {
      tokens = await rotated(tokens.refresh_token);
      advance(15 * DAY - (day === 75 ? 1 : 0));
    }
    tokens = await rotated(tokens.refresh_token);
    advance(1);
    expect([await isActive(tokens.refresh_token), await isActive(tokens.access_token)]).toEqual([false, false]);
    expectNoGrant(await rotate(tokens.refresh_token));
  });

  it.each([
    ['its person is disabled', 'UPDATE people SET disabled_at = now() WHERE id = $1'],
    ['its person is removed', 'DELETE FROM people WHERE id = $1'],
    ['its person leaves the organization', 'DELETE FROM memberships WHERE person_id = $1'],
    [
      'its organization is closed',
      'UPDATE organizations SET closed_at = now() WHERE id = (SELECT organization_id FROM memberships WHERE person_id = $1)',
    ],
    [
      'it is ended',
      "UPDATE sessions SET ended_at = now(), end_reason = 'signed_out' WHERE person_id = $1 AND kind = 'cli'",
    ],
  ])('is refreshed no more once %s', async (_what, sql) => {
    const person = await identity.addPerson();
    const tokens = await logIn(identity.url, person);
    await identity.services.database.query(sql, [person.id]);
    expectNoGrant(await rotate(tokens.refresh_token));
    expect([await isActive(tokens.access_token), await isActive(tokens.refresh_token)]).toEqual([false, false]);
  });
});

describe('what is no refresh token', () => {
  it('is no grant: each of its letters changed, one after the other', async () => {
    const { refresh_token: token } = await newSession();
    for (let at = 0; at < token.length; at += 3) {
      const forged = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expectNoGrant(await rotate(forged));
    }
    await rotated(token);
  });

  it('is no grant: cut, lengthened, spaced, respelled', async () => {
    const { refresh_token: token } = await newSession();
    for (const forged of [token.slice(1), token.slice(0, -1), `${token}A`, `${token}=`, ` ${token}`, `${token}\n`])
      expectNoGrant(await rotate(forged));
    await rotated(token);
  });

  it.each(['unknown', '\u0000', 'x'.repeat(52), 'x'.repeat(10_000), '💥'])('is no grant: %j', async (token) => {
    expectNoGrant(await rotate(token));
  });

  it('is no grant: an access token', async () => {
    expectNoGrant(await rotate((await newSession()).access_token));
  });
});

describe('the request', () => {
  const fields = { grant_type: 'refresh_token', refresh_token: 'unknown', client_id: 'teamday-cli' };
  const endpoint = () => ({ url: `${identity.url}/oauth/token`, fields });

  it.each(Object.keys(fields))('is refused without %s', async (name) => {
    expectRefusal(await postForm(endpoint().url, { ...fields, [name]: '' }), 400, 'invalid_request');
  });

  it('is refused to an unknown client', async () => {
    expectRefusal(await rotate('unknown', { client_id: 'nobody' }), 401, 'invalid_client');
  });

  it('is no grant to another client than the session’s', async () => {
    const tokens = await newSession();
    expectNoGrant(await rotate(tokens.refresh_token, { client_id: OTHER_CLIENT.client_id }));
    await rotated(tokens.refresh_token);
  });

  refusesRepeated(endpoint, ['client_id', 'grant_type', 'refresh_token', 'scope']);
});
