// An answer that got lost on its way logs nobody out: the same request again, soon, gets the same answer. Later it is a
// replay, and whoever has the old token or code may have stolen it: the session ends.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLI_CLIENT_ID, DEVICE_CODE_GRANT } from '../../src/oauth/device-grant.ts';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, redeem, refresh, startLogin } from '../support/oauth.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

/** Just inside the window in which an answer may be fetched again, and outside. */
const SOON = 9;
const LATE = 11;

let identity: Identity;
let person: TestPerson;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity();
  authorization = (await identity.addResourceServer()).authorization;
});
beforeEach(async () => {
  person = await identity.addPerson();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => identity?.close());

/** Sends a request to the token endpoint and hangs up when it has been carried out, without reading the answer. */
async function loseTheAnswer(fields: Record<string, string>, isCarriedOut: () => Promise<boolean>): Promise<void> {
  const { hostname, port } = new URL(identity.url);
  const body = new URLSearchParams({ client_id: CLI_CLIENT_ID, ...fields }).toString();
  const head = ['POST /oauth/token HTTP/1.1', `Host: ${hostname}:${port}`, `Content-Length: ${body.length}`];
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.pause();
  socket.write([...head, 'Content-Type: application/x-www-form-urlencoded', '', body].join('\r\n'));
  await until('the request to be carried out', async () => ((await isCarriedOut()) ? true : undefined));
  socket.destroy();
}

async function sessionsWhere(condition: string): Promise<boolean> {
  const { count } = await identity.services.database.query(
    `SELECT id FROM sessions WHERE kind = 'cli' AND ended_at IS NULL AND person_id = $1 AND ${condition}`,
    [person.id],
  );
  return count > 0;
}

async function isActive(token: string): Promise<boolean> {
  return (await introspect(identity.url, authorization, token)).body.active;
}

describe('the lost answer to a refresh', () => {
  async function loseRefresh(): Promise<{ token: string; access: string }> {
    const { refresh_token: token, access_token: access } = await logIn(identity.url, person);
    await loseTheAnswer({ grant_type: 'refresh_token', refresh_token: token }, () => sessionsWhere('generation = 1'));
    return { token, access };
  }

  it('is given again, the same each time', async () => {
    stopClock();
    const { token } = await loseRefresh();
    advance(SOON);
    const [first, second] = [await refresh(identity.url, token), await refresh(identity.url, token)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.refresh_token).toBe(first.body.refresh_token);
    expect((await refresh(identity.url, first.body.refresh_token)).status).toBe(200);
    expect(await sessionsWhere('generation = 2')).toBe(true);
  });

  it('is a replay when it comes late, and ends the session', async () => {
    stopClock();
    const { token, access } = await loseRefresh();
    expect(await isActive(access)).toBe(true);
    advance(LATE);
    const answer = await refresh(identity.url, token);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    expect(await isActive(access)).toBe(false);
    expect(await sessionsWhere('true')).toBe(false);
  });

  it('is a replay at once when its successor was used', async () => {
    const { token } = await loseRefresh();
    const { body: successor } = await refresh(identity.url, token);
    const { body: last } = await refresh(identity.url, successor.refresh_token);
    expect((await refresh(identity.url, token)).body.error).toBe('invalid_grant');
    expect((await refresh(identity.url, last.refresh_token)).status).toBe(400);
    expect(await isActive(last.access_token)).toBe(false);
  });
});

describe('the lost answer to a redeemed device code', () => {
  async function loseRedemption(): Promise<string> {
    const visitor = new Visitor(identity.url);
    await visitor.signIn(person);
    const { device_code: deviceCode, user_code: userCode } = await startLogin(identity.url);
    await visitor.decide(userCode, 'authorize', person.organizationId);
    await loseTheAnswer({ grant_type: DEVICE_CODE_GRANT, device_code: deviceCode }, () =>
      sessionsWhere('generation = 0'),
    );
    return deviceCode;
  }

  it('is given again, for the same session', async () => {
    stopClock();
    const deviceCode = await loseRedemption();
    advance(SOON);
    const [first, second] = [await redeem(identity.url, deviceCode), await redeem(identity.url, deviceCode)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.refresh_token).toBe(first.body.refresh_token);
    expect((await refresh(identity.url, first.body.refresh_token)).status).toBe(200);
  });

  it('is a replay when it comes late, and ends the session', async () => {
    stopClock();
    const deviceCode = await loseRedemption();
    const { body: tokens } = await redeem(identity.url, deviceCode);
    advance(LATE);
    const answer = await redeem(identity.url, deviceCode);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    expect(await isActive(tokens.access_token)).toBe(false);
    expect((await refresh(identity.url, tokens.refresh_token)).status).toBe(400);
  });

  it('is a replay at once when its session has refreshed', async () => {
    const deviceCode = await loseRedemption();
    const { body: tokens } = await redeem(identity.url, deviceCode);
    const { body: last } = await refresh(identity.url, tokens.refresh_token);
    expect((await redeem(identity.url, deviceCode)).body.error).toBe('invalid_grant');
    expect(await isActive(last.access_token)).toBe(false);
  });
});
