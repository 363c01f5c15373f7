// POST /oauth/device_authorization (RFC 8628 §3.1): what it refuses, and what becomes of the names devices give themselves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_SCOPES } from '../../src/oauth/device-grant.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { postForm, read, startLogin } from '../support/oauth.ts';
import { expectRefusal, faultsIn, refusesRepeated, refusesWhatIsNoForm } from '../support/refusals.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let ada: TestPerson;
const fields = { client_id: 'teamday-cli', scope: CLI_SCOPES.join(' ') };
const endpoint = () => ({ url: `${identity.url}/oauth/device_authorization`, fields });
const ask = (more: Record<string, string>, headers: Record<string, string> = {}) =>
  postForm(endpoint().url, { ...fields, ...more }, headers);

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson();
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});

describe('a request for a login', () => {
  it('is answered, and the answer kept by nobody', async () => {
    const answer = await ask({});
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('may ask for less than everything', async () => {
    expect((await ask({ scope: 'tasks:create' })).status).toBe(200);
  });

  it('is refused without a scope', async () => {
    expectRefusal(await postForm(endpoint().url, { client_id: 'teamday-cli' }), 400, 'invalid_scope');
  });

  it('gets other codes each time', async () => {
    const logins = await Promise.all(Array.from({ length: 10 }, () => startLogin(identity.url)));
    expect(new Set(logins.map((login) => login.device_code)).size).toBe(10);
    expect(new Set(logins.map((login) => login.user_code)).size).toBe(10);
  });

  it('is refused without a client', async () => {
    expectRefusal(await postForm(endpoint().url, { scope: fields.scope }), 400, 'invalid_request');
  });

  it.each(['nobody', '', 'TEAMDAY-CLI', 'teamday-cli ', '__proto__', 'https://client.example/'])(
    'is refused to the unknown client %j',
    async (clientId) => {
      const answer = await ask({ client_id: clientId });
      expect(answer.status).toBeOneOf([400, 401]);
      expectRefusal(answer, answer.status, answer.status === 401 ? 'invalid_client' : 'invalid_request');
    },
  );

  it.each(['agents:delete', 'agents:manage newsletter', 'openid', 'all', 'agents:"manage"', 'agents:manage\u00e9'])(
    'is refused the scope %j',
    async (scope) => expectRefusal(await ask({ scope }), 400, 'invalid_scope'),
  );

  it.each(['https://elsewhere.example', 'not a url', 'urn:x#fragment'])(
    'is refused the resource %j',
    async (resource) => expectRefusal(await ask({ resource }), 400, 'invalid_target'),
  );

  it('is refused when the public client shows a secret', async () => {
    const authorization = `Basic ${Buffer.from('teamday-cli:secret').toString('base64')}`;
    expectRefusal(await ask({}, { authorization }), 401, 'invalid_client');
  });

  it.each(['Basic', 'Basic !!!', 'Bearer abc', 'Nonsense'])('is refused with the header %j', async (authorization) => {
    const answer = await ask({}, { authorization });
    expect(answer.status).toBeOneOf([400, 401]);
    expectRefusal(answer, answer.status, answer.body.error);
  });

  refusesRepeated(endpoint, ['client_id', 'scope', 'resource', 'device_name', 'device_system']);
  refusesWhatIsNoForm(endpoint, { mediaType: 400, tooLarge: 400 });

  it('is limited for each address', async () => {
    const limited = await startIdentity({
      settings: (s) => ({ ...s, limits: { ...s.limits, deviceAuthorizationPerAddress: { points: 2, seconds: 60 } } }),
    });
    try {
      await until('the counters', async () => (await limited.services.counters.isReady()) || undefined);
      await startLogin(limited.url);
      await startLogin(limited.url);
      const answer = await postForm(`${limited.url}/oauth/device_authorization`, fields);
      expectRefusal(answer, 429, 'temporarily_unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeOneOf([57, 58, 59, 60]);
    } finally {
      await limited.close();
    }
  });

  it('from a web page of another origin is refused: the client is no web application', async () => {
    const answer = await ask({}, { origin: 'https://elsewhere.example' });
    expectRefusal(answer, 400, 'invalid_request');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is what a preflight finds no obstacle to', async () => {
    const answer = await read(
      await fetch(endpoint().url, {
        method: 'OPTIONS',
        headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
      }),
    );
    expect([answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
  });
});

describe('the name a device gives itself', () => {
  async function shown(name: string, system = 'Linux x64'): Promise<string> {
    const visitor = new Visitor(identity.url);
    await visitor.signIn(ada);
    const login = await startLogin(identity.url, { device_name: name, device_system: system });
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    expect(page.status).toBe(200);
    return page.body;
  }

  it('is text, not markup', async () => {
    const page = await shown('<img src=x onerror=alert(1)>', '"><script>alert(2)</script>');
    expect(page).toContain('&lt;img src=x onerror=alert(1)');
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<script>');
  });

  it('loses marks that turn the text around, and what is drawn as nothing', async () => {
    const page = await shown('ada\u202Elaptop\u2066\u200B\u200F\u00AD');
    expect(page).toContain('>adalaptop</bdi>');
    expect(page).not.toMatch(/[\u200B\u200F\u202E\u2066\u00AD]/u);
  });

  it('loses control characters and stays on one line', async () => {
    const page = await shown('ada\u0000\u001B[31m\r\nlaptop\u2028');
    expect(page).toContain('>ada[31mlaptop</bdi>');
  });

  it('is cut when it is too long', async () => {
    const page = await shown('x'.repeat(10_000), '\u{1F469}'.repeat(2_000));
    expect(page).toMatch(/>x{47}…</);
    expect(page).toMatch(/>(?:\u{1F469}){39}…</u);
  });

  it.each(['', '   ', '\u200B\u200B', '\u0000'])('that shows nothing (%j) counts as none', async (name) => {
    expect(await shown(name)).toContain('Unnamed device');
  });
});
