// The pages' routes: what a browser is told beside the page, who may do what by which form, and what nobody may learn.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limit, Settings } from '../../src/config.ts';
import { type Database, DatabaseUnavailable } from '../../src/database/database.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { redeem, startLogin } from '../support/oauth.ts';
import { faultsIn } from '../support/refusals.ts';
import { until } from '../support/until.ts';
import { type Answer, Visitor } from '../support/visitor.ts';

let identity: Identity;
let ada: TestPerson;
let visitor: Visitor;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson();
  visitor = await signedIn(ada);
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});

async function signedIn(person: TestPerson, at = identity): Promise<Visitor> {
  const browser = new Visitor(at.url);
  await browser.signIn(person);
  return browser;
}

const location = (answer: Answer) => [answer.status, answer.headers.get('location')];

/** What the device is told: whether anything was decided, and how. */
async function stateOf(deviceCode: string): Promise<string> {
  const answer = await redeem(identity.url, deviceCode);
  return answer.status === 200 ? 'approved' : answer.body.error;
}

/** A server with tighter limits, for the duration of a test. */
async function withLimits(
  limits: Partial<Settings['limits']>,
  work: (limited: Identity) => Promise<void>,
  options: Parameters<typeof startIdentity>[0] = {},
) {
  const limited = await startIdentity({
    ...options,
    settings: (s) => ({ ...s, limits: { ...s.limits, ...limits } }),
  });
  try {
    await until('the counters', async () => (await limited.services.counters.isReady()) || undefined);
    await work(limited);
  } finally {
    await limited.close();
  }
}

/** Can be read, but approves nothing. */
function withoutApprovals(database: Database): Database {
  return {
    ...database,
    async query(text, ...more) {
      if (text.includes(`SET decision = 'approved'`)) throw new DatabaseUnavailable('held up');
      return await database.query(text, ...more);
    },
  };
}

const tight: Limit = { points: 3, seconds: 600 };

function expectTooMany(answer: Answer): void {
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(590);
  expect(answer.body).toMatch(/please try again/i);
}

describe('every page', () => {
  const CSP =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  it.each([
    ['/', 200],
    ['/sign-in', 200],
    ['/cli-auth', 200],
    ['/cli-auth?code=nonsense', 400],
    ['/set-up', 404],
    ['/nothing', 404],
    ['/sign-out', 405],
    ['/%zz', 400],
  ])('%s is guarded by its headers', async (path, status) => {
    const answer = await new Visitor(identity.url).get(path);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CSP,
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(answer.body).toMatch(/^<!doctype html>/i);
  });

  it('holds no script, style or handler of its own, which the policy would stop', async () => {
    const login = await startLogin(identity.url);
    for (const path of ['/', '/sign-in', '/cli-auth', `/cli-auth?code=${login.user_code}`, '/nothing']) {
      const { body } = await visitor.get(path);
      expect(body).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    }
  });

  it('that failed shows the id which is in the log', async () => {
    const answer = await visitor.get('/nothing');
    const id = answer.headers.get('x-request-id') ?? '';
    expect(answer.body).toContain(id);
    expect(identity.logged.filter((line) => line.includes(id))).toHaveLength(1);
  });

  it.each(['/', '/sign-in', '/cli-auth'])('%s answers HEAD', async (path) => {
    const answer = await fetch(identity.url + path, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it.each([
    ['PUT', '/sign-in', 'HEAD, GET, POST'],
    ['DELETE', '/cli-auth', 'HEAD, GET, POST'],
    ['POST', '/', 'HEAD, GET'],
    ['GET', '/sign-out', 'POST'],
  ])('refuses %s %s and says what it takes', async (method, path, allow) => {
    const answer = await fetch(identity.url + path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it.each([
    '//evil.example',
    '/..%2f..%2fetc/passwd',
    '/CLI-AUTH',
    '/cli-auth/',
    '/sign-in/',
    '/device',
    '/session/end',
  ])('is not at %s', async (path) => {
    const response = await fetch(identity.url + path, { redirect: 'manual' });
    expect(response.status).toBe(404);
  });

  it('takes forms only, of a size that a form has', async () => {
    const post = (body: string, type: string) =>
      fetch(`${identity.url}/sign-in`, { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('{}', 'application/json')).status).toBe(415);
    expect((await post('email='.padEnd(100_000, 'x'), 'application/x-www-form-urlencoded')).status).toBe(413);
    expect((await post('email=a&email=b', 'application/x-www-form-urlencoded')).status).toBe(400);
  });
});

describe('the language', () => {
  it.each([
    ['cs', 'cs'],
    ['cs-CZ,cs;q=0.9,en;q=0.8', 'cs'],
    ['en;q=0.5,cs', 'cs'],
    ['en-GB,cs;q=0.9', 'en'],
    ['de,fr', 'en'],
    ['*', 'en'],
    ['', 'en'],
  ])('for Accept-Language %j is %s', async (header, lang) => {
    const answer = await new Visitor(identity.url).get('/sign-in', { 'accept-language': header });
    expect(answer.body).toContain(`<html lang="${lang}">`);
    expect(answer.body).toContain(lang === 'cs' ? 'Přihlásit se' : 'Sign in');
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('accept-language');
  });

  it('is theirs on the approval page and on errors too', async () => {
    const login = await startLogin(identity.url);
    const czech = { 'accept-language': 'cs' };
    expect((await visitor.get(`/cli-auth?code=${login.user_code}`, czech)).body).toContain('Spravovat agenty');
    expect((await visitor.get('/nothing', czech)).body).toContain('Na této adrese nic není');
  });
});

describe('signing in', () => {
  it('leads to where the person was going, with a cookie that scripts and other sites can’t use', async () => {
    const browser = new Visitor(identity.url);
    const page = await browser.get('/sign-in?return_to=/cli-auth');
    const answer = await browser.submit('/sign-in', page, { email: ada.email, password: ada.password });
    expect(location(answer)).toEqual([303, '/cli-auth']);
    expect(answer.headers.get('set-cookie')).toMatch(
      /teamday_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Expires=/,
    );
  });

  it('takes the address however it is written', async () => {
    const browser = new Visitor(identity.url);
    const email = ` ${ada.email.toUpperCase()} `;
    const page = await browser.get('/sign-in');
    expect((await browser.submit('/sign-in', page, { email, password: ada.password })).status).toBe(303);
  });

  it.each([
    ['a wrong password', (p: TestPerson) => ({ email: p.email, password: `${p.password}!` })],
    ['no password', (p: TestPerson) => ({ email: p.email, password: '' })],
    ['an unknown address', (p: TestPerson) => ({ email: 'nobody@acme.example', password: p.password })],
    ['what is no address', (p: TestPerson) => ({ email: "' OR 1=1 --", password: p.password })],
    ['nothing', () => ({ email: '', password: '' })],
    ['a password of 10,000 characters', (p: TestPerson) => ({ email: p.email, password: 'x'.repeat(10_000) })],
  ])('with %s fails alike', async (_what, fields) => {
    const browser = new Visitor(identity.url);
    const given = fields(ada);
    const answer = await browser.submit('/sign-in', await browser.get('/sign-in'), given);
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('That email and password don’t match.');
    expect(browser.cookie('teamday_session')).toBeUndefined();
    if (given.password !== '') expect(answer.body).not.toContain(given.password);
  });

  it('fails alike for a person who was disabled or has no password', async () => {
    const person = await identity.addPerson();
    const browser = new Visitor(identity.url);
    const attempt = async () => (await browser.submit('/sign-in', await browser.get('/sign-in'), { ...person })).status;
    await identity.services.database.query('UPDATE people SET disabled_at = now() WHERE id = $1', [person.id]);
    expect(await attempt()).toBe(401);
    await identity.services.database.query('UPDATE people SET disabled_at = NULL, password_hash = NULL WHERE id = $1', [
      person.id,
    ]);
    expect(await attempt()).toBe(401);
  });

  it('refuses NUL without a fault of ours', async () => {
    const browser = new Visitor(identity.url);
    const page = await browser.get('/sign-in');
    const answer = await browser.submit('/sign-in', page, { email: 'a\u0000@acme.example', password: 'x' });
    expect(answer.status).toBe(400);
  });

  it('shows what was typed as text', async () => {
    const browser = new Visitor(identity.url);
    const email = '"><script>alert(1)</script>';
    const answer = await browser.submit('/sign-in', await browser.get('/sign-in'), { email, password: 'x' });
    expect(answer.body).toContain('value="&quot;>&lt;script>');
  });

  it.each([
    ['without the form’s token', { csrf: null }],
    ['with a made-up token', { csrf: 'x'.repeat(43) }],
  ])('%s is shown again, with the address kept', async (_what, more) => {
    const browser = new Visitor(identity.url);
    const page = await browser.get('/sign-in');
    const answer = await browser.submit('/sign-in', page, { email: ada.email, password: ada.password, ...more });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('This page was open for too long');
    expect(answer.body).toContain(`value="${ada.email}"`);
    expect(browser.cookie('teamday_session')).toBeUndefined();
  });

  it('by another browser’s form is shown again: nobody signs a person in to a foreign account', async () => {
    const attacker = new Visitor(identity.url);
    const page = await attacker.get('/sign-in');
    const victim = new Visitor(identity.url);
    await victim.get('/sign-in');
    expect((await victim.submit('/sign-in', page, { ...ada })).status).toBe(403);
    expect(victim.cookie('teamday_session')).toBeUndefined();
  });

  it('replaces who was signed in here before, and ends that session', async () => {
    const browser = await signedIn(ada);
    const before = browser.cookie('teamday_session') ?? '';
    const page = await browser.get('/');
    const form = { ...page, body: page.body.replaceAll('/sign-out', '/sign-in') }; // its token is this session's
    expect((await browser.submit('/sign-in', form, { email: ada.email, password: ada.password })).status).toBe(303);
    expect(browser.cookie('teamday_session')).not.toBe(before);
    const old = await fetch(`${identity.url}/`, { headers: { cookie: `teamday_session=${before}` } });
    expect(await old.text()).not.toContain(ada.email);
  });

  it('is limited for each address of a person, wrong or right, and forgiven when right', () =>
    withLimits({ signInPerEmail: tight }, async (limited) => {
      const person = await limited.addPerson();
      const browser = new Visitor(limited.url);
      const attempt = async (password: string, email = person.email) =>
        await browser.submit('/sign-in', await browser.get('/sign-in'), { email, password });
      for (let good = 0; good < 4; good += 1) await signedIn(person, limited);
      for (let bad = 0; bad < 3; bad += 1) expect((await attempt('wrong')).status).toBe(401);
      expectTooMany(await attempt(person.password));
      expect((await attempt('wrong', 'somebody-else@acme.example')).status).toBe(401);
    }));

  it('is limited for each network address', () =>
    withLimits({ signInPerAddress: tight }, async (limited) => {
      const browser = new Visitor(limited.url);
      const attempt = async (email: string) =>
        await browser.submit('/sign-in', await browser.get('/sign-in'), { email, password: 'wrong' });
      for (let bad = 0; bad < 3; bad += 1) expect((await attempt(`nobody-${bad}@acme.example`)).status).toBe(401);
      expectTooMany(await attempt('nobody-3@acme.example'));
    }));
});

describe('return_to', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'evil.example',
    '/%0d%0aset-cookie:x=y',
    '/@evil.example',
    '/../..//evil.example',
    'http://127.0.0.1:1/',
    '',
  ])('%j never leads elsewhere', async (returnTo) => {
    const given = await visitor.get(`/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    const target = new URL(given.headers.get('location') ?? 'missing', identity.url);
    expect([given.status, target.origin]).toEqual([303, identity.url]);

    const browser = new Visitor(identity.url);
    const page = await browser.get('/sign-in');
    const posted = await browser.submit('/sign-in', page, { ...ada, return_to: returnTo });
    expect(new URL(posted.headers.get('location') ?? 'missing', identity.url).origin).toBe(identity.url);
    expect(posted.headers.get('location')).toMatch(/^\/(?![/\\])/);
  });

  it('given twice is none', async () => {
    const answer = await visitor.get('/sign-in?return_to=/cli-auth&return_to=//evil.example');
    expect(location(answer)).toEqual([303, '/']);
  });
});

describe('signing out', () => {
  it('ends the session on the server, not only the cookie', async () => {
    const browser = await signedIn(ada);
    const cookie = browser.cookie('teamday_session') ?? '';
    const answer = await browser.submit('/sign-out', await browser.get('/'), {});
    expect(location(answer)).toEqual([303, '/']);
    expect(browser.cookie('teamday_session')).toBeUndefined();
    const again = await fetch(`${identity.url}/`, { headers: { cookie: `teamday_session=${cookie}` } });
    expect(await again.text()).not.toContain(ada.email);
  });

  it('needs the form’s token', async () => {
    const browser = await signedIn(ada);
    await browser.submit('/sign-out', await browser.get('/'), { csrf: null });
    expect((await browser.get('/')).body).toContain(ada.email);
  });
});

describe('the approval page', () => {
  it('sends who is not signed in to sign in, and back', async () => {
    const answer = await new Visitor(identity.url).get('/cli-auth?code=wdjb mjht');
    expect(location(answer)).toEqual([303, `/sign-in?return_to=${encodeURIComponent('/cli-auth?code=WDJB-MJHT')}`]);
  });

  it.each(['wdjbmjht', 'WDJB MJHT', 'wdjb–mjht', ' w d j b - m j h t '])(
    'knows the code written as %j',
    async (typed) => {
      const login = await startLogin(identity.url);
      const letters = [...login.user_code.replace('-', '')];
      const written = [...typed].map((sign) => (/[a-z]/i.test(sign) ? (letters.shift() ?? '') : sign)).join('');
      const page = await visitor.get(`/cli-auth?code=${encodeURIComponent(written.toLowerCase())}`);
      expect(page.status).toBe(200);
      expect(page.body).toContain(login.user_code);
    },
  );

  it.each(['AAAA-AAAA', 'WDJB', 'WDJB-MJHTX', 'x'.repeat(10_000), '\u0000', '<b>', '💥'])(
    'says that %j is no code',
    async (typed) => {
      const page = await visitor.get(`/cli-auth?code=${encodeURIComponent(typed)}`);
      expect(page.status).toBe(400);
      expect(page.body).toContain('This doesn’t look like a code');
      expect(page.body).not.toContain('<b>');
    },
  );

  it('says that it doesn’t know a code', async () => {
    const page = await visitor.get('/cli-auth?code=WDJB-MJHT');
    expect(page.status).toBe(404);
    expect(page.body).toContain('We don’t know this code');
  });

  it('names the client, the scopes, the code, the device, the person and the organization', async () => {
    const login = await startLogin(identity.url);
    const { body } = await visitor.get(`/cli-auth?code=${login.user_code}`);
    for (const shown of [
      'Authorize TeamDay CLI',
      'Manage agents',
      'Execute agents',
      'Access spaces',
      'Create tasks',
      login.user_code,
      'ada-laptop',
      'Linux x64',
      '127.0.0.1',
      ada.email,
      'Acme Corp',
      '>Authorize</button>',
      '>Cancel</button>',
    ])
      expect(body).toContain(shown);
  });

  it('names no more than was asked for', async () => {
    const login = await startLogin(identity.url, { scope: 'tasks:create' });
    const { body } = await visitor.get(`/cli-auth?code=${login.user_code}`);
    expect(body).toContain('Create tasks');
    expect(body).not.toContain('Manage agents');
  });

  it('approves nothing by GET, whatever the address says', async () => {
    const login = await startLogin(identity.url);
    const csrf = 'x';
    for (const more of ['&decision=authorize', `&decision=authorize&organization=${ada.organizationId}&csrf=${csrf}`])
      await visitor.get(`/cli-auth?code=${login.user_code}${more}`);
    expect(await stateOf(login.device_code)).toBe('authorization_pending');
  });

  it('is decided once: the second press shows what the first did', async () => {
    const login = await startLogin(identity.url);
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    const press = (decision: string) => visitor.submit('/cli-auth', page, { decision });
    expect(location(await press('cancel'))).toEqual([303, `/cli-auth?code=${login.user_code}`]);
    await press('authorize');
    expect((await visitor.get(`/cli-auth?code=${login.user_code}`)).body).toContain('Authorization cancelled');
    expect(await stateOf(login.device_code)).toBe('access_denied');
  });

  it('wants one of its two buttons', async () => {
    const login = await startLogin(identity.url);
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    for (const decision of [null, '', 'yes', 'AUTHORIZE']) {
      const answer = await visitor.submit('/cli-auth', page, { decision });
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('Press Authorize or Cancel.');
    }
    expect(await stateOf(login.device_code)).toBe('authorization_pending');
  });

  it.each([null, '', 'org_nothing', 'org_\u0000'])('is not approved for the organization %j', async (organization) => {
    const login = await startLogin(identity.url);
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    await visitor.submit('/cli-auth', page, { decision: 'authorize', organization });
    expect(await stateOf(login.device_code)).toBe('authorization_pending');
  });

  it('is not approved for an organization of others', async () => {
    const foreign = await identity.addOrganization();
    const login = await startLogin(identity.url);
    await visitor.decide(login.user_code, 'authorize', foreign);
    expect(await stateOf(login.device_code)).toBe('authorization_pending');
  });
});

describe('a form of the approval page decides nothing', () => {
  const fields = () => ({ decision: 'authorize', organization: ada.organizationId });

  async function expectUndecided(send: (code: string) => Promise<Answer>, status: number) {
    const login = await startLogin(identity.url);
    const answer = await send(login.user_code);
    expect(answer.status).toBe(status);
    expect(await stateOf(login.device_code)).toBe('authorization_pending');
  }

  it.each([
    ['without its token', { csrf: null }],
    ['with an empty token', { csrf: '' }],
    ['with a made-up token', { csrf: 'x'.repeat(43) }],
  ])('%s', async (_what, more) => {
    await expectUndecided(async (code) => {
      const page = await visitor.get(`/cli-auth?code=${code}`);
      return await visitor.submit('/cli-auth', page, { ...fields(), ...more });
    }, 303);
  });

  it('with the token of another session of the same person', async () => {
    const other = await signedIn(ada);
    await expectUndecided(
      async (code) => visitor.submit('/cli-auth', await other.get(`/cli-auth?code=${code}`), fields()),
      303,
    );
  });

  it('with the token that the browser had before it signed in', async () => {
    const browser = new Visitor(identity.url);
    const before = await browser.get('/sign-in');
    await browser.signIn(ada);
    await expectUndecided(
      (code) =>
        browser.submit(
          '/cli-auth',
          { ...before, body: before.body.replaceAll('/sign-in', '/cli-auth') },
          { ...fields(), code },
        ),
      303,
    );
  });

  it('that was opened by another person who then signed out', async () => {
    const browser = await signedIn(await identity.addPerson());
    await expectUndecided(async (code) => {
      const page = await browser.get(`/cli-auth?code=${code}`);
      await browser.submit('/sign-out', page, {});
      await browser.signIn(ada);
      return await browser.submit('/cli-auth', page, fields());
    }, 303);
  });

  it('of somebody who is not signed in', async () => {
    const browser = new Visitor(identity.url);
    const page = await browser.get('/sign-in');
    await expectUndecided(
      (code) =>
        browser.submit(
          '/cli-auth',
          { ...page, body: page.body.replaceAll('/sign-in', '/cli-auth') },
          { ...fields(), code },
        ),
      303,
    );
  });

  it('whose session has ended', async () => {
    const person = await identity.addPerson();
    const browser = await signedIn(person);
    await expectUndecided(async (code) => {
      const page = await browser.get(`/cli-auth?code=${code}`);
      await identity.services.database.query(
        "UPDATE sessions SET ended_at = now(), end_reason = 'signed_out' WHERE person_id = $1",
        [person.id],
      );
      return await browser.submit('/cli-auth', page, { decision: 'authorize', organization: person.organizationId });
    }, 303);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site, as the browser says', { 'sec-fetch-site': 'same-site' }],
  ])('from %s', async (_what, headers) => {
    await expectUndecided(
      async (code) => visitor.submit('/cli-auth', await visitor.get(`/cli-auth?code=${code}`), fields(), headers),
      403,
    );
  });
});

describe('a code that somebody else has decided', () => {
  it.each(['authorize', 'cancel'] as const)('(%s) looks like an unknown one', async (decision) => {
    const login = await startLogin(identity.url);
    await visitor.decide(login.user_code, decision, ada.organizationId);
    const other = await signedIn(await identity.addPerson());
    const theirs = await other.get(`/cli-auth?code=${login.user_code}`);
    const unknown = await other.get('/cli-auth?code=WDJB-MJHT');
    const common = (page: Answer) =>
      page.body
        .replaceAll(login.user_code, 'CODE')
        .replaceAll('WDJB-MJHT', 'CODE')
        .replaceAll(/value="[^"]{43}"/g, '');
    expect([theirs.status, common(theirs)]).toEqual([404, common(unknown)]);
  });

  it('is shown to the one who decided it, as decided', async () => {
    const login = await startLogin(identity.url);
    await visitor.decide(login.user_code, 'authorize', ada.organizationId);
    const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
    expect(page.body).toContain('Authorization successful!');
    expect(page.body).toContain('You can close this window and return to your terminal.');
  });
});

describe('guessing codes', () => {
  const unknown = ['WDJB-MJHT', 'BBBB-BBBB', 'CCCC-CCCC'];

  /** Whether two people who share an address share the limit. */
  async function expectLimited(limited: Identity, shared: boolean): Promise<void> {
    const one = await signedIn(await limited.addPerson(), limited);
    const two = await signedIn(await limited.addPerson(), limited);
    for (const code of unknown) expect((await one.get(`/cli-auth?code=${code}`)).status).toBe(404);
    const login = await startLogin(limited.url);
    expectTooMany(await one.get(`/cli-auth?code=${login.user_code}`));
    const other = await two.get(`/cli-auth?code=${login.user_code}`);
    expect(other.status).toBe(shared ? 429 : 200);
  }

  it('is limited for each person', () =>
    withLimits({ userCodePerPerson: tight }, async (limited) => {
      await expectLimited(limited, false);

      // By the form as by the address, and what is too much decides nothing.
      const person = await limited.addPerson();
      const browser = await signedIn(person, limited);
      const login = await startLogin(limited.url);
      const page = await browser.get(`/cli-auth?code=${login.user_code}`);
      for (const code of unknown) await browser.submit('/cli-auth', page, { code, decision: 'authorize' });
      await browser.submit('/cli-auth', page, { decision: 'authorize' });
      expect((await redeem(limited.url, login.device_code)).body.error).toBe('authorization_pending');
    }));

  it('is limited for each address', () =>
    withLimits({ userCodePerAddress: tight }, (limited) => expectLimited(limited, true)));

  it('is limited for everybody together', () =>
    withLimits({ userCodeGlobal: tight }, (limited) => expectLimited(limited, true)));

  it('is not what deciding about a right code is, even if it fails', () =>
    withLimits(
      { userCodePerPerson: tight },
      async (limited) => {
        const browser = await signedIn(await limited.addPerson(), limited);
        const login = await startLogin(limited.url);
        const page = await browser.get(`/cli-auth?code=${login.user_code}`);
        for (let press = 0; press <= tight.points; press += 1)
          expect((await browser.submit('/cli-auth', page, { decision: 'authorize' })).status).toBe(503);
        expect((await browser.get(`/cli-auth?code=${login.user_code}`)).status).toBe(200);
      },
      { wrapDatabase: withoutApprovals },
    ));

  it('is not what looking at a right code is, however often', async () => {
    const login = await startLogin(identity.url);
    const { points } = identity.config.settings.limits.userCodePerPerson;
    for (let look = 0; look <= points; look += 1)
      expect((await visitor.get(`/cli-auth?code=${login.user_code}`)).status).toBe(200);
  });
});
