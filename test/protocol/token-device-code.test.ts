// POST /oauth/token with a device code (RFC 8628 §3.4 and §3.5): every answer a polling device can get.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, postForm, redeem, refresh, startLogin } from '../support/oauth.ts';
import { OTHER_CLIENT } from '../support/other-client.ts';
import { expectRefusal, faultsIn, refusesRepeated, refusesWhatIsNoForm } from '../support/refusals.ts';
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

async function approvedLogin() {
  const login = await startLogin(identity.url);
  await visitor.decide(login.user_code, 'authorize', ada.organizationId);
  return login;
}

async function isActive(token: string): Promise<boolean> {
  return (await introspect(identity.url, authorization, token)).body.active;
}

async function enable(person: TestPerson): Promise<void> {
  await identity.services.database.query('UPDATE people SET disabled_at = NULL WHERE id = $1', [person.id]);
}

async function rejoin(person: TestPerson): Promise<void> {
  await identity.join(person, person.organizationId);
}

describe('a poll', () => {
  it('of a login that nobody decided yet is pending', async () => {
    const login = await startLogin(identity.url);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
  });

  it('is pending again and again at the pace that was asked for', async () => {
    const login = await startLogin(identity.url);
    for (let poll = 0; poll < 4; poll += 1) {
      expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
      advance(5);
    }
  });

  it('too early is told to slow down', async () => {
    const login = await startLogin(identity.url);
    await redeem(identity.url, login.device_code);
    advance(4);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'slow_down');
  });

  it('too early lengthens the interval by 5 s, from the last poll in time', async () => {
    const login = await startLogin(identity.url);
    await redeem(identity.url, login.device_code);
    advance(1);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'slow_down');
    advance(9);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
    advance(9);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'slow_down');
    advance(6);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
    advance(14);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'slow_down');
  });

  it('of an approved login is answered at once, however early', async () => {
    const login = await startLogin(identity.url);
    await redeem(identity.url, login.device_code);
    await visitor.decide(login.user_code, 'authorize', ada.organizationId);
    expect((await redeem(identity.url, login.device_code)).status).toBe(200);
  });

  it('by another client is refused and does not count as a poll', async () => {
    const login = await startLogin(identity.url);
    const foreign = { client_id: OTHER_CLIENT.client_id };
    expectRefusal(await redeem(identity.url, login.device_code, foreign), 400, 'invalid_grant');
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
    advance(5);
    expectRefusal(await redeem(identity.url, login.device_code, foreign), 400, 'invalid_grant');
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
  });

  it('of a login that the person cancelled is denied, each time', async () => {
    const login = await startLogin(identity.url);
    await visitor.decide(login.user_code, 'cancel');
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'access_denied');
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'access_denied');
  });

  it.each([600, 3_600, 86_000])('after %i s has expired', async (seconds) => {
    const login = await startLogin(identity.url);
    advance(seconds);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'expired_token');
  });

  it('in the last second is still in time', async () => {
    const login = await startLogin(identity.url);
    advance(599);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'authorization_pending');
  });

  it('too late for an approval has expired', async () => {
    const login = await approvedLogin();
    advance(600);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'expired_token');
  });
});

describe('a device code', () => {
  it.each(['unknown', 'x'.repeat(43), 'x'.repeat(5_000), '%', '\u0000', '💥', "' OR 1=1 --"])(
    'that was never issued (%j) is no grant',
    async (deviceCode) => expectRefusal(await redeem(identity.url, deviceCode), 400, 'invalid_grant'),
  );

  it('is not its user code', async () => {
    const login = await approvedLogin();
    expectRefusal(await redeem(identity.url, login.user_code), 400, 'invalid_grant');
  });

  it('shown again within moments yields the same session and the same refresh token', async () => {
    const login = await approvedLogin();
    const first = await redeem(identity.url, login.device_code);
    advance(9);
    const second = await redeem(identity.url, login.device_code);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).toBe(first.body.refresh_token);
    const sids = [];
    for (const { body } of [first, second]) {
      sids.push((await introspect(identity.url, authorization, body.access_token)).body.sid);
    }
    expect(sids[1]).toBe(sids[0]);
  });

  it('shown again later is stolen: no grant, and its session is dead', async () => {
    const login = await approvedLogin();
    const { body: tokens } = await redeem(identity.url, login.device_code);
    advance(10);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'invalid_grant');
    expect(await isActive(tokens.access_token)).toBe(false);
    expectRefusal(await refresh(identity.url, tokens.refresh_token), 400, 'invalid_grant');
  });

  it('shown again once the session has refreshed is stolen, however early', async () => {
    const login = await approvedLogin();
    const { body: tokens } = await redeem(identity.url, login.device_code);
    const { body: next } = await refresh(identity.url, tokens.refresh_token);
    advance(1);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'invalid_grant');
    expect(await isActive(next.access_token)).toBe(false);
  });

  it('of another client is no grant, and its session lives', async () => {
    const login = await approvedLogin();
    const { body: tokens } = await redeem(identity.url, login.device_code);
    advance(60);
    const foreign = await redeem(identity.url, login.device_code, { client_id: OTHER_CLIENT.client_id });
    expectRefusal(foreign, 400, 'invalid_grant');
    expect(await isActive(tokens.access_token)).toBe(true);
  });

  it.each([
    ['was disabled', 'UPDATE people SET disabled_at = now() WHERE id = $1', enable],
    ['left the organization', 'DELETE FROM memberships WHERE person_id = $1', rejoin],
  ])('is no grant when its person %s after approving, and stays none when they are back', async (_what, sql, back) => {
    const person = await identity.addPerson();
    const browser = new Visitor(identity.url);
    await browser.signIn(person);
    const login = await startLogin(identity.url);
    await browser.decide(login.user_code, 'authorize', person.organizationId);
    await identity.services.database.query(sql, [person.id]);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'invalid_grant');
    await back(person);
    expectRefusal(await redeem(identity.url, login.device_code), 400, 'invalid_grant');
  });

  it('grants the scopes that were asked for, and not one more', async () => {
    const login = await startLogin(identity.url, { scope: 'tasks:create spaces:access' });
    await visitor.decide(login.user_code, 'authorize', ada.organizationId);
    const { body: tokens } = await redeem(identity.url, login.device_code);
    expect(tokens.scope.split(' ').sort()).toEqual(['spaces:access', 'tasks:create']);
  });
});

describe('the request', () => {
  const fields = () => ({ grant_type: DEVICE_CODE_GRANT, device_code: 'unknown', client_id: 'teamday-cli' });
  const endpoint = () => ({ url: `${identity.url}/oauth/token`, fields: fields() });
  const without = (name: string) => Object.fromEntries(Object.entries(fields()).filter(([field]) => field !== name));

  it.each(['grant_type', 'device_code', 'client_id'])('is refused without %s', async (name) => {
    expectRefusal(await postForm(endpoint().url, without(name)), 400, 'invalid_request');
  });

  it.each(['grant_type', 'device_code', 'client_id'])('is refused with an empty %s', async (name) => {
    expectRefusal(await postForm(endpoint().url, { ...fields(), [name]: '' }), 400, 'invalid_request');
  });

  it.each(['nobody', '__proto__', 'teamday-cli\u0000'])('is refused to the unknown client %j', async (clientId) => {
    expectRefusal(await redeem(identity.url, 'unknown', { client_id: clientId }), 401, 'invalid_client');
  });

  it.each(['password', 'client_credentials', 'implicit', 'authorization_code', 'device_code', '__proto__'])(
    'is refused the grant type %s',
    async (grantType) => {
      const answer = await redeem(identity.url, 'unknown', { grant_type: grantType });
      expectRefusal(answer, 400, 'unsupported_grant_type');
    },
  );

  it('is refused a resource of somebody else, and uses nothing up', async () => {
    const login = await approvedLogin();
    const elsewhere = await redeem(identity.url, login.device_code, { resource: 'https://elsewhere.example' });
    expect(elsewhere.status).toBeOneOf([200, 400]);
    const answer = await redeem(identity.url, login.device_code);
    expect(answer.status).toBe(200);
    const { body } = await introspect(identity.url, authorization, answer.body.access_token);
    expect(body.aud).toBe(identity.url);
  });

  it('is refused a malformed scope', async () => {
    expectRefusal(await redeem(identity.url, 'unknown', { scope: 'agents:"manage"' }), 400, 'invalid_grant');
  });

  it('is refused when the public client shows credentials', async () => {
    const { url, fields: form } = endpoint();
    for (const header of ['Basic dGVhbWRheS1jbGk6c2VjcmV0', 'Basic !!!', 'Bearer abc', 'Nonsense']) {
      const answer = await postForm(url, form, { authorization: header });
      expect(answer.status).toBeOneOf([400, 401]);
      expectRefusal(answer, answer.status, answer.body.error);
    }
  });

  refusesRepeated(endpoint, ['client_id', 'grant_type', 'device_code']);
  refusesWhatIsNoForm(endpoint, { mediaType: 400, tooLarge: 400 });
});

describe('two logins of one person', () => {
  it('live and die apart', async () => {
    const [one, two] = [await logIn(identity.url, ada, visitor), await logIn(identity.url, ada, visitor)];
    await postForm(`${identity.url}/oauth/revoke`, { token: one.refresh_token, client_id: 'teamday-cli' });
    expect([await isActive(one.access_token), await isActive(two.access_token)]).toEqual([false, true]);
  });
});
