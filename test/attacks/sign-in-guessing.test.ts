// Somebody who tries passwords, or asks too often, from as many addresses as they have: they are stopped, and nobody
// else is. A proxy that is trusted says where each request comes from.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI_CLIENT_ID, CLI_SCOPES } from '../../src/oauth/device-grant.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { postForm } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

const ATTACKER = '203.0.113.5';
const ELSEWHERE = '198.51.100.7';
const WRONG = 'wrong horse battery';
const LOGINS = 3;

let identity: Identity;
let ada: TestPerson;

beforeAll(async () => {
  identity = await startIdentity({
    env: { TRUSTED_PROXIES: '127.0.0.1' },
    settings: (given) => ({
      ...given,
      limits: {
        ...given.limits,
        signInPerAddress: { points: 1_000, seconds: 900 }, // so that it is the person's limit that stops the attacker
        deviceAuthorizationPerAddress: { points: LOGINS, seconds: 60 },
      },
    }),
  });
});
beforeEach(async () => {
  ada = await identity.addPerson();
});
afterAll(() => identity?.close());

async function signIn(visitor: Visitor, address: string, password: string, email = ada.email): Promise<number> {
  const from = { 'x-forwarded-for': address };
  const page = await visitor.get('/sign-in', from);
  return (await visitor.submit('/sign-in', page, { email, password }, from)).status;
}

/** A browser that Ada has signed in with and out of again. */
async function knownBrowser(address: string): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  expect(await signIn(visitor, address, ada.password)).toBe(303);
  await visitor.submit('/sign-out', await visitor.get('/'), {});
  return visitor;
}

/** What thirty wrong passwords for Ada are answered. */
async function tryThirty(visitor = new Visitor(identity.url)): Promise<number[]> {
  return await Promise.all(Array.from({ length: 30 }, () => signIn(visitor, ATTACKER, WRONG)));
}

describe('30 wrong passwords', () => {
  it('stop whoever tries them, with the right one too', async () => {
    const statuses = await tryThirty();
    expect(statuses.filter((status) => status === 401)).toHaveLength(15);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
    expect(await signIn(new Visitor(identity.url), ATTACKER, ada.password)).toBe(429);
  });

  it('don’t lock the person out elsewhere', async () => {
    await tryThirty();
    expect(await signIn(new Visitor(identity.url), ELSEWHERE, ada.password)).toBe(303);
  });

  it('don’t lock out a browser that the person has signed in with before, not even at the same address', async () => {
    const browser = await knownBrowser(ATTACKER);
    await tryThirty();
    expect(await signIn(browser, ATTACKER, ada.password)).toBe(303);
  });

  it('are no more to who has an account of their own', async () => {
    const mallory = await identity.addPerson();
    const browser = new Visitor(identity.url);
    expect(await signIn(browser, ATTACKER, mallory.password, mallory.email)).toBe(303);
    await browser.submit('/sign-out', await browser.get('/'), {});
    expect((await tryThirty(browser)).filter((status) => status === 401)).toHaveLength(15);
  });

  it('stop a browser that was stolen, too', async () => {
    const browser = await knownBrowser(ELSEWHERE);
    expect((await tryThirty(browser)).filter((status) => status === 401)).toHaveLength(15);
  });
});

describe('a limit per address', () => {
  const ask = async (address: string) =>
    (
      await postForm(
        `${identity.url}/oauth/device_authorization`,
        { client_id: CLI_CLIENT_ID, scope: CLI_SCOPES.join(' ') },
        { 'x-forwarded-for': address },
      )
    ).status;

  it('counts the /64 of an IPv6 subscriber together, and nobody else with them', async () => {
    for (let host = 1; host <= LOGINS; host += 1) expect(await ask(`2001:db8:1:2::${host}`)).toBe(200);
    expect(await ask('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(429);
    expect(await ask('2001:db8:1:3::1')).toBe(200);
  });

  it('counts IPv4 addresses apart, however they are written', async () => {
    for (let time = 0; time < LOGINS; time += 1) expect(await ask('192.0.2.1')).toBe(200);
    expect(await ask('::ffff:192.0.2.1')).toBe(429);
    expect(await ask('192.0.2.2')).toBe(200);
  });

  it('isn’t escaped by an address that the sender made up', async () => {
    for (let time = 0; time < LOGINS; time += 1) expect(await ask(`10.0.0.${time}, 192.0.2.9`)).toBe(200);
    expect(await ask('10.0.0.99, 192.0.2.9')).toBe(429);
  });
});
