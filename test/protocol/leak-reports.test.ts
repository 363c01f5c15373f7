// POST /api/credentials/revoke: anybody may report what they found, as they found it; the page of it is in token-pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, read } from '../support/oauth.ts';

let identity: Identity;
let ada: TestPerson;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson();
  ({ authorization } = await identity.addResourceServer());
});
afterAll(() => identity?.close());

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  return await read(
    await fetch(identity.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}
const report = (tokens: readonly string[]) => post('/api/credentials/revoke', { tokens });
const isActive = async (token: string) => (await introspect(identity.url, authorization, token)).body.active;

describe('a leak report', () => {
  it('finds a token whatever it is glued to', async () => {
    const found: ((token: string) => string)[] = [
      (token) => `  ${token}\n`,
      (token) => `--${token}`,
      (token) => `x-${token}`,
      (token) => `td_${token}`,
      (token) => `KEY="${token}"`,
      (token) => `${token}_and-more`,
      (token) => `https://x.example/?t=${token}&u=1`,
    ];
    const by = { authorization: `Bearer ${(await logIn(identity.url, ada)).access_token}` };
    const tokens: string[] = [];
    for (const name of found.map(String)) {
      const { body } = await post('/api/users/me/tokens', { name: name.slice(0, 100) }, by);
      tokens.push(body.token);
    }
    const untouched = (await post('/api/users/me/tokens', { name: 'Untouched' }, by)).body.token;

    expect((await report(tokens.map((token, index) => found[index]?.(token) ?? ''))).status).toBe(202);

    const missed = found.filter((_, index) => tokens[index] === undefined).map(String);
    for (const [index, token] of tokens.entries()) if (await isActive(token)) missed.push(String(found[index]));
    expect(missed).toEqual([]);
    expect(await isActive(untouched)).toBe(true);
  });

  it('ends the sign-in of an access or a refresh token', async () => {
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const tokens = await logIn(identity.url, ada);
      expect((await report([tokens[kind]])).status).toBe(202);
      expect(await isActive(tokens.access_token)).toBe(false);
    }
  });

  it('may have a hundred of the longest, and not one more or longer', async () => {
    const longest = 'x'.repeat(5_000);
    const hundred = Array.from({ length: 100 }, () => longest);
    expect((await report(hundred)).status).toBe(202);
    expect((await report([...hundred, 'x'])).status).toBe(400);
    expect((await report([`${longest}x`])).status).toBe(400);
  });
});
