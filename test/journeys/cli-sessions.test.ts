// What becomes of sign-ins at terminals after they were made: side by side, in parallel, revoked, without a server.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { arrive, launchBrowser, openTab, press, signIn } from '../support/browser.ts';
import { type Cli, demoOf, quickPolls, terminalOf } from '../support/cli.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { refresh, revoke } from '../support/oauth.ts';

const ME = ['api', 'GET', '/api/users/me'];
const LONG_AGO = '2020-01-01T00:00:00.000Z';

let identity: IdentityProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [identity, browser] = await Promise.all([startIdentityProcess({ settings: quickPolls() }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await identity?.stop();
});

beforeEach(async () => {
  page = await openTab(browser);
  await page.goto(`${identity.url}/sign-in`);
  await signIn(page, demoOf(identity));
  await arrive(page, 'Hello, Demo Person');
});

it('two terminals of one person live and die apart', async () => {
  const [first, second] = [await signedIn(), await signedIn()];
  expect(await first.run('auth', 'logout')).toMatchObject({ code: 0 });
  expect(await first.run(...ME)).toMatchObject({ code: 4 });
  expect(await second.run(...ME)).toMatchObject({ code: 0 });
  expect(await second.run('auth', 'refresh')).toMatchObject({ code: 0 });
});

it('a second sign-in at the same terminal replaces the first, which ends on the server', async () => {
  const cli = await signedIn();
  const { refreshToken } = await cli.saved();
  await signInAt(cli);
  expect(await refresh(identity.url, refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(await cli.run(...ME)).toMatchObject({ code: 0, err: '' });
});

it('twenty commands at once, with an expired access token, refresh it once', async () => {
  const cli = await signedIn();
  const before = await cli.saved();
  await cli.save({ expiresAt: LONG_AGO, refreshAt: LONG_AGO });
  const logged = identity.output.length;
  const answers = await Promise.all(Array.from({ length: 20 }, () => cli.run(...ME)));
  expect(answers.map(({ code, err }) => ({ code, err }))).toEqual(answers.map(() => ({ code: 0, err: '' })));
  const after = await cli.saved();
  expect(after.refreshToken).not.toBe(before.refreshToken);
  expect(identity.output.slice(logged).split('"/oauth/token"')).toHaveLength(2);
  // The server gives the successor of the previous token once more, and to an older one nothing: so there was one.
  const { status, body } = await refresh(identity.url, before.refreshToken);
  expect([status, body.refresh_token]).toEqual([200, after.refreshToken]);
});

it('a sign-in that was revoked elsewhere says so, and how to sign in again', async () => {
  const cli = await signedIn();
  await revoke(identity.url, (await cli.saved()).refreshToken);
  expect(await cli.run(...ME)).toEqual({
    code: 4,
    out: '',
    err: 'Error: Your session has ended: it was revoked, or its time is over\n\nSign in again:\n  teamday auth login\n',
  });
  expect((await cli.run(...ME)).err).toContain('Error: No authentication token found\n');
});

describe('while the server is down', () => {
  it('commands say so, and nobody is signed out by it', async () => {
    const cli = await signedIn();
    const before = await cli.saved();
    await identity.kill();
    try {
      for (const command of [ME, ['auth', 'status'], ['auth', 'login']]) {
        const { code, err } = await cli.run(...command);
        expect(code).toBe(1);
        expect(err).toContain(`Error: Can't reach ${identity.url}: connection refused\n\nCheck the connection`);
      }
      const { code, err } = await cli.run('auth', 'logout');
      expect(code).toBe(1);
      expect(err).toMatch(/^Error: You are still signed in: .*\nCan't reach .*: connection refused\n\nTry again later/);
      expect(await cli.saved()).toEqual(before);
    } finally {
      await identity.restart();
    }
    expect(await cli.run(...ME)).toMatchObject({ code: 0, err: '' });
    expect(await cli.run('auth', 'logout')).toMatchObject({ code: 0, out: '✓ You are signed out.\n' });
  });

  it('a sign-in under way waits for it to come back', async () => {
    const cli = await terminalOf(identity.url);
    const login = cli.start('auth', 'login');
    await page.goto(await cli.openedAddress());
    await arrive(page, 'Authorize TeamDay CLI');
    await identity.kill('SIGKILL');
    await identity.restart();
    await press(page, 'Authorize');
    await arrive(page, '✓ Authorization successful!');
    expect(await login.finished).toMatchObject({ code: 0, err: '' });
  });
});

it('without a terminal there are no colours, no spinner and no questions', async () => {
  const cli = await signedIn();
  const answers = [
    await cli.run('--help'),
    await cli.run('auth', 'status'),
    await cli.run('auth', 'status', '--json'),
    await cli.run('config', 'get', 'organization'),
    await cli.run('config', 'set', 'organization', 'org_none'),
    await cli.run('auth', 'set-key'),
    await cli.run('nonsense'),
  ];
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0, 5, 2, 2]);
  for (const { out, err } of answers) expect(out + err).not.toMatch(/[^\n\P{Cc}]/u);
});

async function signedIn(): Promise<Cli> {
  const cli = await terminalOf(identity.url);
  await signInAt(cli);
  return cli;
}

async function signInAt(cli: Cli): Promise<void> {
  const login = cli.start('auth', 'login', '--manual');
  await page.goto(`${identity.url}/cli-auth?code=${await login.code()}`);
  await press(page, 'Authorize');
  expect(await login.finished).toMatchObject({ code: 0, err: '' });
}
