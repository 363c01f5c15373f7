// /set-up: the one-time link of a first start in production, and that nobody gets past it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity } from '../support/identity.ts';
import { faultsIn } from '../support/refusals.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { Visitor } from '../support/visitor.ts';

const GOOD = { organization: 'Acme Corp', name: 'Ada Lovelace', email: 'ada@acme.example', password: 'eight or more' };

let identity: Identity;
let visitor: Visitor;
let token: string;

beforeAll(async () => {
  registerSecret('password', GOOD.password);
  identity = await startIdentity();
});
beforeEach(async () => {
  await identity.services.database.query('TRUNCATE people, organizations, set_up_links CASCADE');
  visitor = new Visitor(identity.url);
  token = await newToken();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});
async function newToken(): Promise<string> {
  const secret = (await identity.services.setUp.createLink())?.reveal();
  if (secret === undefined) throw new Error('the server is not empty');
  registerSecret('set-up token', secret);
  return secret;
}

const open = (given = token) => visitor.get(`/set-up?token=${encodeURIComponent(given)}`);
const send = async (fields: Record<string, string | null>) =>
  visitor.submit('/set-up', await open(), { ...GOOD, ...fields });

async function count(table: 'people' | 'organizations'): Promise<number> {
  return (await identity.services.database.query(`SELECT 1 AS one FROM ${table}`)).count;
}

describe('a set-up link', () => {
  it('makes the organization and its first admin, who can sign in, and is used up', async () => {
    const answer = await send({});
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
    expect((await visitor.signIn(GOOD)).status).toBe(303);
    expect((await visitor.get('/')).body).toContain('Acme Corp');
    expect((await open()).status).toBe(404);
    expect(await identity.services.setUp.createLink()).toBeUndefined();
  });

  it('makes other links worthless once it is used', async () => {
    const another = await newToken();
    await send({});
    expect((await open(another)).status).toBe(404);
  });

  it('is opened any number of times: only the form uses it up', async () => {
    for (let time = 0; time < 3; time += 1) expect((await open()).status).toBe(200);
    expect(await count('people')).toBe(0);
  });

  it('is worth nothing after an hour', async () => {
    const page = await open();
    stopClock();
    advance(3_601);
    expect((await open()).status).toBe(404);
    expect((await visitor.submit('/set-up', page, GOOD)).status).toBe(404);
    expect(await count('organizations')).toBe(0);
  });

  it('is worth nothing when somebody was created otherwise', async () => {
    const page = await open();
    await identity.addPerson();
    expect((await visitor.submit('/set-up', page, GOOD)).status).toBe(404);
    expect(await count('people')).toBe(1);
  });

  it('can’t be guessed, left away or given twice', async () => {
    for (const path of ['/set-up', '/set-up?token=', '/set-up?token=%00', `/set-up?token=${'x'.repeat(43)}`]) {
      const answer = await visitor.get(path);
      expect(answer.status).toBe(404);
      expect(answer.body).toContain('This set-up link doesn’t work');
    }
    expect((await visitor.get(`/set-up?token=${token}&token=${token}`)).status).toBe(404);
    const forged = await visitor.submit('/set-up', await open(), { ...GOOD, token: 'x'.repeat(43) });
    expect(forged.status).toBe(404);
    expect(await count('people')).toBe(0);
  });

  it('says which fields are wrong, keeps the others, never the password, and stays good', async () => {
    for (const [field, value, text] of [
      ['organization', ' ', 'Please fill this in.'],
      ['name', 'x'.repeat(101), 'Use at most 100 characters'],
      ['name', 'Ada\u202E', 'without control or direction marks'],
      ['email', 'nobody', 'Enter an email address'],
      ['email', 'a\u0007@b', 'Enter an email address'],
      ['password', 'seven77', 'This is too short.'],
      ['password', 'x'.repeat(1_001), 'This is too long.'],
    ] as const) {
      const answer = await send({ [field]: value });
      expect([answer.status, answer.body]).toEqual([422, expect.stringContaining(text)]);
      expect(answer.body).toContain(field === 'email' ? 'value="Acme Corp"' : 'value="ada@acme.example"');
      expect(answer.body).not.toContain(GOOD.password);
    }
    expect(await count('people')).toBe(0);
    expect((await send({})).status).toBe(303);
  });

  it('asks browsers for passwords as short as the server takes', async () => {
    expect((await open()).body).toContain('minlength="8"');
  });

  it('shows names as text', async () => {
    const answer = await send({ organization: '<script>alert(1)</script>', email: 'nobody' });
    expect(answer.body).not.toContain('<script>alert');
  });

  it.each([{ csrf: null }, { csrf: 'x'.repeat(43) }])('is shown again for a form with %j', async (more) => {
    const answer = await send(more);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('This page was open for too long');
    expect(answer.body).toContain('value="Acme Corp"');
    expect(await count('people')).toBe(0);
  });

  it('is refused from another site', async () => {
    const answer = await visitor.submit('/set-up', await open(), GOOD, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(await count('people')).toBe(0);
  });
});
