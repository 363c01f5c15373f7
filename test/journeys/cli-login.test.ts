// A person signs in at a terminal, uses it for a while and signs out: the built command, the built server, a browser.
import { existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrive, launchBrowser, openTab, press, signIn, textOf } from '../support/browser.ts';
import { type Cli, createCli, quickPolls, terminalOf } from '../support/cli.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { introspect } from '../support/oauth.ts';
import { until } from '../support/until.ts';

const ada = { email: 'ada@acme.example', password: 'analytical engine' };

let identity: IdentityProcess;
let browser: Browser;
let authorization: string;

beforeAll(async () => {
  [identity, browser] = await Promise.all([
    startIdentityProcess({ settings: quickPolls({ accessToken: 5 }), before }),
    launchBrowser(),
  ]);

  async function before(run: IdentityProcess['runCommand']) {
    await run(['organizations', 'create', '--id', 'org_acme', '--name', 'Acme Corp']);
    await run(['organizations', 'create', '--id', 'org_globex', '--name', 'Globex']);
    const person = ['users', 'create', '--email', ada.email];
    const more = ['--name', 'Ada Lovelace', '--role', 'admin', '--password-stdin'];
    await run([...person, '--organization', 'org_acme', ...more], ada.password);
    await run([...person, '--organization', 'org_globex', '--role', 'viewer']);
    const service = JSON.parse(await run(['resource-servers', 'create', '--id', 'gateway', '--json'])) as Service;
    authorization = `Basic ${Buffer.from(`${service.client_id}:${service.client_secret}`).toString('base64')}`;
  }
});
afterAll(async () => {
  await browser?.close();
  await identity?.stop();
});

describe('a sign-in at a terminal, step by step', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await createCli(identity.url);
  });
  afterAll(() => cli?.remove());

  it('opens a browser, asks there, and says who is signed in', async () => {
    const login = cli.start('auth', 'login');
    const code = await login.code();
    const address = await cli.openedAddress();
    expect(address).toBe(`${identity.url}/cli-auth?code=${code}`);

    const page = await openTab(browser);
    await page.goto(address);
    await arrive(page, 'Sign in to TeamDay');
    await signIn(page, ada);
    await arrive(page, 'Authorize TeamDay CLI');
    const text = await textOf(page);
    expect(text).toContain('The TeamDay CLI is requesting access to your account.');
    expect(text).toContain(code);
    expect(text).toContain(`${hostname()} · ${system()} · 127.0.0.1 · just now`);
    expect(text).toContain(ada.email);
    expect(await page.getByRole('listitem').allTextContents()).toEqual([
      '✓ Manage agents',
      '✓ Execute agents',
      '✓ Access spaces',
      '✓ Create tasks',
    ]);
    expect(await page.getByLabel('Organization').innerText()).toBe('Acme Corp (admin)\nGlobex (viewer)');
    await press(page, 'Authorize');
    await arrive(page, '✓ Authorization successful!');
    expect(await textOf(page)).toContain('You can close this window and return to your terminal.');

    expect(await login.finished).toEqual({
      code: 0,
      out: [
        'Initiating authentication...',
        '',
        'Please open this URL in your browser:',
        address,
        '',
        `Check that the page shows this code: ${code}`,
        '',
        'Waiting for authorization...',
        '',
        '✓ Authentication successful!',
        '',
        `You are now logged in as: ${ada.email}`,
        'Organization: Acme Corp',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('is kept in a file that is the person’s alone', async () => {
    expect(await cli.saved()).toEqual({
      url: identity.url,
      accessToken: expect.stringMatching(/^ey/),
      refreshToken: expect.any(String),
      expiresAt: expect.stringMatching(/Z$/),
      refreshAt: expect.stringMatching(/Z$/),
      user: { email: ada.email, organizationId: 'org_acme' },
    });
    expect(statSync(cli.configFile).mode & 0o777).toBe(0o600);
  });

  it('has a status', async () => {
    const { code, out } = await cli.run('auth', 'status');
    expect(out.replace(/in \d sec/, 'in a few sec')).toBe(
      [
        '✓ Authenticated',
        '',
        `User: ${ada.email}`,
        'Organization: Acme Corp',
        'Method: OAuth',
        'Access Token: Valid (expires in a few sec)',
        'Refresh Token: Valid (expires in 90 days)',
        `Source: ${cli.configFile}`,
        `Server: ${identity.url}`,
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('answers for the person at the API', async () => {
    const { code, out } = await cli.run('api', 'GET', '/api/users/me');
    expect(JSON.parse(out)).toMatchObject({ email: ada.email, name: 'Ada Lovelace', organization: { role: 'admin' } });
    expect(code).toBe(0);
  });

  it('goes on by itself after the access token has expired', async () => {
    const { accessToken } = await cli.saved();
    await until(
      'the access token to expire',
      async () => (await seenByService(accessToken))['active'] === false || undefined,
    );
    expect(await cli.run('api', 'GET', '/api/users/me')).toMatchObject({ code: 0, err: '' });
    const renewed = await cli.saved();
    expect(renewed.accessToken).not.toBe(accessToken);
    expect(await seenByService(renewed.accessToken)).toMatchObject({ active: true, username: ada.email });
  });

  it('switches the organization of the tokens it has, at once', async () => {
    await cli.run('auth', 'refresh');
    const { accessToken, refreshToken } = await cli.saved();
    expect(await cli.run('config', 'get', 'organization')).toMatchObject({ code: 0, out: 'org_acme\n' });
    expect(await seenByService(accessToken)).toMatchObject({ org_id: 'org_acme', role: 'admin' });

    expect(await cli.run('config', 'set', 'organization', 'org_globex')).toEqual({
      code: 0,
      out: '✓ Organization: Globex (org_globex)\n',
      err: '',
    });
    expect(await seenByService(accessToken)).toMatchObject({ org_id: 'org_globex', role: 'viewer' });
    expect(await cli.saved()).toMatchObject({ refreshToken, user: { organizationId: 'org_globex' } });
  });

  it('refuses the organization of others', async () => {
    const { code, err } = await cli.run('config', 'set', 'organization', 'org_initech');
    expect(code).toBe(5);
    expect(err).toContain('Error: You do not have permission to perform this action\nStatus: 403 Forbidden\n');
    expect(err).toContain('Not a member of this organization');
    expect(await cli.run('config', 'get', 'organization')).toMatchObject({ out: 'org_globex\n' });
  });

  it('ends: revoked on the server, gone from the machine', async () => {
    await cli.run('auth', 'refresh');
    const { accessToken, refreshToken } = await cli.saved();
    expect(await cli.run('auth', 'logout')).toEqual({ code: 0, out: '✓ You are signed out.\n', err: '' });
    expect(await seenByService(accessToken)).toEqual({ active: false });
    expect(await seenByService(refreshToken)).toEqual({ active: false });
    expect(existsSync(cli.configFile)).toBe(false);
    const { code, err } = await cli.run('auth', 'status');
    expect(code).toBe(4);
    expect(err).toContain('Error: No authentication token found\n\nSign in:\n  teamday auth login\n');
  });
});

describe.each([
  { javaScriptEnabled: true, scripts: 'with scripts' },
  { javaScriptEnabled: false, scripts: 'without scripts' },
])('auth login --manual, in a browser $scripts', ({ javaScriptEnabled }) => {
  it('opens nothing, and takes the code however it is spelled', async () => {
    const cli = await terminalOf(identity.url);
    const login = cli.start('auth', 'login', '--manual');
    const code = await login.code();
    const page = await openTab(browser, { javaScriptEnabled });
    await page.goto(`${identity.url}/cli-auth`);
    await page.getByLabel('Code').pressSequentially(` ${code.toLowerCase().replace('-', ' ')}`);
    await press(page, 'Continue');
    await arrive(page, 'Sign in to TeamDay');
    await signIn(page, ada);
    await arrive(page, 'Authorize TeamDay CLI');
    expect(await textOf(page)).toContain(code);
    await page.getByLabel('Organization').selectOption('Globex (viewer)');
    await press(page, 'Authorize');
    await arrive(page, '✓ Authorization successful!');

    const { out, ...end } = await login.finished;
    expect(end).toEqual({ code: 0, err: '' });
    expect(out).toContain(
      `Please open this URL in your browser:\n${identity.url}/cli-auth\n\nEnter this code there: ${code}\n`,
    );
    expect(out).toContain(`You are now logged in as: ${ada.email}\nOrganization: Globex\n`);
    expect(cli.hasOpenedBrowser()).toBe(false);
  });
});

interface Service {
  client_id: string;
  client_secret: string;
}

async function seenByService(token: string): Promise<Record<string, unknown>> {
  return (await introspect(identity.url, authorization, token)).body;
}

/** As the command tells it to the server. */
function system(): string {
  return `${process.platform === 'darwin' ? 'macOS' : 'Linux'} ${process.arch}`;
}
