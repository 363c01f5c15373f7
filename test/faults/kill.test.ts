// kill -9 at random moments while people sign in, refresh and revoke: what was acknowledged holds after the restart, with
// nobody's help; what was under way is simply tried again. `npm run test:long` does it 100 times on each backend.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import {
  introspect,
  type JsonAnswer,
  redeem,
  refresh,
  revoke,
  startLogin,
  type TokenResponse,
} from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

const KILLS = Number(process.env['KILLS'] ?? 5);
const DEVICES = 4;
/** Requests are under way from the first moment to this one. */
const LATEST_KILL_MS = 400;
const PLENTY = { points: 100_000, seconds: 60 };
const ORGANIZATION = 'org_acme';
const PASSWORD = 'correct horse battery';

/** A CLI and what the server has acknowledged to it. It writes down what it was told before it asks for more. */
type Device =
  | { readonly state: 'new' }
  | { readonly state: 'approved'; readonly deviceCode: string }
  | { readonly state: 'signed in'; readonly tokens: TokenResponse; readonly revoking?: boolean }
  | { readonly state: 'revoked'; readonly tokens: TokenResponse };

let identity: IdentityProcess;
let authorization: string;
let browser: Visitor;

beforeAll(async () => {
  identity = await startIdentityProcess({
    settings: (given) => ({
      ...given,
      // A minute to try again in, so that the test doesn't depend on how fast this machine restarts it.
      session: { ...given.session, refreshRetrySeconds: 60 },
      // One person at one address signs in more often here than anybody should, and whose request dies half-way has
      // spent one of their guesses at codes.
      limits: {
        ...given.limits,
        deviceAuthorizationPerAddress: PLENTY,
        userCodePerPerson: PLENTY,
        userCodePerAddress: PLENTY,
        userCodeGlobal: PLENTY,
      },
    }),
    async before(run) {
      await run(['organizations', 'create', '--id', ORGANIZATION, '--name', 'Acme Corp']);
      const person = ['--email', 'ada@acme.example', '--organization', ORGANIZATION, '--password-stdin'];
      await run(['users', 'create', ...person], PASSWORD);
      const created = JSON.parse(await run(['resource-servers', 'create', '--id', 'newsletter', '--json']));
      authorization = `Basic ${Buffer.from(`newsletter:${created.client_secret}`).toString('base64')}`;
    },
  });
  browser = new Visitor(identity.url);
  await browser.signIn({ email: 'ada@acme.example', password: PASSWORD });
});
afterAll(() => identity?.stop());

/** The next step of a device's life. Throws when the server dies on the way: then the device stays where it was. */
async function step(device: Device): Promise<Device> {
  switch (device.state) {
    case 'new': {
      const { device_code: deviceCode, user_code: userCode } = await startLogin(identity.url);
      const { status } = await browser.decide(userCode, 'authorize', ORGANIZATION);
      expect(status).toBe(303);
      return { state: 'approved', deviceCode };
    }
    case 'approved':
      return { state: 'signed in', tokens: acknowledged(await redeem(identity.url, device.deviceCode)) };
    case 'signed in':
      return { state: 'signed in', tokens: acknowledged(await refresh(identity.url, device.tokens.refresh_token)) };
    case 'revoked':
      return { state: 'new' };
  }
}

function acknowledged({ status, body }: JsonAnswer): TokenResponse {
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return body;
}

async function isActive(token: string): Promise<boolean> {
  const { status, body } = await introspect(identity.url, authorization, token);
  expect(status).toBe(200);
  return body.active;
}

/** What the server said before it died is still so, and the device goes on from there. */
async function verify(device: Device): Promise<Device> {
  if (device.state === 'revoked') {
    for (const token of [device.tokens.access_token, device.tokens.refresh_token])
      expect(await isActive(token)).toBe(false);
    return { state: 'new' };
  }
  if (device.state === 'signed in' && device.revoking === true) {
    expect((await revoke(identity.url, device.tokens.refresh_token)).status).toBe(200);
    expect(await isActive(device.tokens.access_token)).toBe(false);
    return { state: 'new' };
  }
  if (device.state === 'signed in') expect(await isActive(device.tokens.access_token)).toBe(true);
  const next = await step(device);
  if (next.state === 'signed in') expect(await isActive(next.tokens.access_token)).toBe(true);
  return next;
}

describe('SIGTERM', () => {
  it('lets requests under way finish, takes no new ones, and exits with 0', async () => {
    const { hostname, port } = new URL(identity.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const body = 'grant_type=refresh_token&client_id=teamday-cli&refresh_token=none';
    const head = ['POST /oauth/token HTTP/1.1', `Host: ${hostname}:${port}`, `Content-Length: ${body.length}`];
    socket.write([...head, 'Content-Type: application/x-www-form-urlencoded', '', body.slice(0, 20)].join('\r\n'));
    await setTimeout(100); // the server has read as much

    const ended = identity.kill('SIGTERM');
    await expect.poll(() => isRefused(identity.url)).toBe(true);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    const finished = once(socket, 'close');
    socket.write(body.slice(20));
    await finished;

    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"invalid_grant"');
    expect(await ended).toBe(0);
    await identity.restart();
  });
});

async function isRefused(url: string): Promise<boolean> {
  return await fetch(`${url}/health/alive`).then(
    () => false,
    () => true,
  );
}

describe(`the server, killed ${KILLS} times among logins, refreshes and revocations`, () => {
  it('keeps every promise it made', { timeout: 60_000 + KILLS * 10_000 }, async () => {
    const devices: Device[] = Array.from({ length: DEVICES }, () => ({ state: 'new' }));
    const counts = { approved: 0, 'signed in': 0, refreshed: 0, revoked: 0, interrupted: 0 };

    for (let kill = 0; kill < KILLS; kill += 1) {
      let isDead = false;
      const lives = devices.map(async (_, index) => {
        while (!isDead) {
          try {
            await live(index);
          } catch (error) {
            if (!isConnectionLost(error)) throw error;
            counts.interrupted += 1;
            return;
          }
        }
      });
      const dying = setTimeout(Math.random() * LATEST_KILL_MS).then(async () => {
        isDead = true;
        await identity.kill('SIGKILL');
      });
      await Promise.all([...lives, dying]);
      await identity.restart();
      await Promise.all(
        devices.map(async (device, index) => {
          devices[index] = await verify(device);
        }),
      );
    }
    console.log(`${KILLS} kills on ${identity.kind}: ${JSON.stringify(counts)}`);

    /** One step, written down when it was acknowledged. Every tenth refresh is a revocation instead. */
    async function live(index: number): Promise<void> {
      const device = devices[index] as Device;
      if (device.state === 'signed in' && Math.random() < 0.1) {
        devices[index] = { ...device, revoking: true };
        expect((await revoke(identity.url, device.tokens.refresh_token)).status).toBe(200);
        devices[index] = { state: 'revoked', tokens: device.tokens };
        counts.revoked += 1;
        return;
      }
      const next = await step(device);
      devices[index] = next;
      if (next.state === 'approved') counts.approved += 1;
      if (next.state === 'signed in') counts[device.state === 'signed in' ? 'refreshed' : 'signed in'] += 1;
    }
  });
});

/** fetch's own word for a server that went away, before or within its answer. */
function isConnectionLost(error: unknown): boolean {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message);
}
