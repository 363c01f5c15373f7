import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { configPath, writeConfig } from '../../../src/cli/config-file.ts';
import { Interrupted } from '../../../src/cli/errors.ts';
import type { Io } from '../../../src/cli/io.ts';
import { formatToken } from '../../../src/oauth/token-format.ts';
import { asTerminal, IdentityServer, teamday, testIo } from './support.ts';

const PAT = formatToken('td_', new Uint8Array(28).fill(7));

let server: IdentityServer;
let io: Io;

beforeEach(async () => {
  server = await IdentityServer.start();
  io = testIo();
});

function saved(): Record<string, unknown> {
  return JSON.parse(readFileSync(configPath(io), 'utf8')) as Record<string, unknown>;
}

function signIn(changes: Record<string, unknown> = {}): void {
  writeConfig(io, { ...server.signedIn(), ...changes });
}

/** Of a server that has just gone. */
async function closedPort(): Promise<number> {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  await once(gone.close(), 'close');
  return port;
}

const DUE = { expiresAt: '2020-01-01T00:00:00Z' };

describe('auth login', () => {
  beforeEach(() => {
    io = { ...io, env: { TEAMDAY_URL: server.url }, sleep: async () => {} };
  });

  it('says what the documents say, and saves what they show', async () => {
    server.polls = [{ status: 400, body: { error: 'authorization_pending' } }];
    const { code, out, err } = await teamday(io, 'auth', 'login');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Initiating authentication...

Please open this URL in your browser:
${server.url}/cli-auth?code=WDJB-MJHT

Check that the page shows this code: WDJB-MJHT

Waiting for authorization...

✓ Authentication successful!

You are now logged in as: demo@example.com
Organization: Acme Corp
`);
    expect(saved()).toEqual({
      url: server.url,
      accessToken: 'access-0',
      refreshToken: 'refresh-0',
      expiresAt: expect.stringMatching(/Z$/) as string,
      refreshAt: expect.stringMatching(/Z$/) as string,
      user: { email: 'demo@example.com', organizationId: 'org_acme' },
    });
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      client_id: 'teamday-cli',
      scope: 'agents:manage agents:execute spaces:access tasks:create',
      device_name: io.hostname,
      device_system: 'Linux x64',
    });
  });

  it('says once that the server cannot be reached, and goes on', async () => {
    let polls = 0;
    const fetch: typeof globalThis.fetch = async (url, init) => {
      if (url === `${server.url}/oauth/token` && ++polls < 3) throw new TypeError('fetch failed');
      return await globalThis.fetch(url, init);
    };
    const { code, out, err } = await teamday({ ...io, fetch }, 'auth', 'login');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const waiting = 'Waiting for authorization...\n';
    expect(out).toContain(`${waiting}Can't reach ${server.url}, trying again …\n\n✓ Authentication successful!`);
  });

  it('with --manual opens nothing and shows the code to type', async () => {
    const opened: string[] = [];
    const openUrl = async (url: string) => void opened.push(url);
    const { out } = await teamday({ ...io, env: { ...io.env, BROWSER: 'x' }, openUrl }, 'auth', 'login', '--manual');
    expect(out).toContain(`\n${server.url}/cli-auth\n\nEnter this code there: WDJB-MJHT\n`);
    expect(opened).toEqual([]);
  });

  it.each<[string, boolean, Record<string, string>, number]>([
    ['a terminal with a screen', true, { DISPLAY: ':0' }, 1],
    ['a terminal without a screen', true, {}, 0],
    ['a terminal over SSH', true, { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 0],
    ['a build machine', true, { DISPLAY: ':0', CI: 'true' }, 0],
    ['no terminal', false, { DISPLAY: ':0' }, 0],
    ['no terminal, but a browser named', false, { BROWSER: 'my-browser' }, 1],
  ])('%s', async (_, isTerminal, env, count) => {
    const opened: string[] = [];
    const openUrl = async (url: string) => void opened.push(url);
    const stdout = isTerminal ? asTerminal(new PassThrough()) : new PassThrough();
    const { code } = await teamday({ ...io, stdout, openUrl, env: { ...io.env, ...env } }, 'auth', 'login');
    expect(code).toBe(0);
    expect(opened).toEqual(Array.from({ length: count }, () => `${server.url}/cli-auth?code=WDJB-MJHT`));
  });

  it('goes on when the browser cannot be started', async () => {
    const openUrl = () => Promise.reject(new Error('ENOENT'));
    expect(await teamday({ ...io, env: { ...io.env, BROWSER: 'x' }, openUrl }, 'auth', 'login')).toMatchObject({
      code: 0,
    });
  });

  it('replaces an earlier sign-in, and ends it on the server', async () => {
    signIn({ theme: 'dark' });
    server.generation = 7;
    expect((await teamday(io, 'auth', 'login')).code).toBe(0);
    expect(server.revoked).toEqual(['refresh-0']);
    expect(saved()).toMatchObject({ refreshToken: 'refresh-7', theme: 'dark' });
  });

  it('leaves the earlier sign-in alone when the person cancels', async () => {
    signIn();
    server.polls = [{ status: 400, body: { error: 'access_denied' } }];
    const { code, err } = await teamday(io, 'auth', 'login');
    expect(code).toBe(1);
    expect(err).toBe('Error: The sign-in was cancelled in the browser\n\nTo try again:\n  teamday auth login\n');
    expect(saved()).toMatchObject({ refreshToken: 'refresh-0' });
    expect(server.revoked).toEqual([]);
  });

  it('keeps a file that cannot be read beside the new one', async () => {
    mkdirSync(join(io.homeDir, '.teamday'), { mode: 0o700 });
    writeFileSync(configPath(io), '{"theme":');
    const { code, err } = await teamday(io, 'auth', 'login');
    expect(code).toBe(0);
    const aside = readdirSync(join(io.homeDir, '.teamday')).find((name) => name.includes('unreadable'));
    expect(err).toContain(aside);
    expect(readFileSync(join(io.homeDir, '.teamday', aside ?? ''), 'utf8')).toBe('{"theme":');
  });

  it('with --json prints the result alone on standard output', async () => {
    const { out, err } = await teamday(io, 'auth', 'login', '--json');
    expect(JSON.parse(out)).toMatchObject({ server: server.url, user: { email: 'demo@example.com' } });
    expect(err).toContain('Please open this URL');
    expect(out + err).not.toMatch(/access-|refresh-/);
  });

  it('refuses a page that anybody on the way could alter', async () => {
    const body = { device_code: 'd', user_code: 'u', verification_uri: 'http://example.com', expires_in: 600 };
    server.instead.set('/oauth/device_authorization', { status: 200, body });
    const { code, err } = await teamday(io, 'auth', 'login');
    expect(code).toBe(1);
    expect(err).toContain('"http://example.com" is not a safe web address');
  });

  it('says when the server is no TeamDay server', async () => {
    server.instead.set('/oauth/device_authorization', { status: 404 });
    expect((await teamday(io, 'auth', 'login')).err).toContain('gave an unexpected answer: status 404');
  });

  it('is ended by Ctrl+C with 130 and nothing written', async () => {
    const interruption = new AbortController();
    const sleep = () => {
      interruption.abort(new Interrupted());
      return Promise.reject(new Error('aborted'));
    };
    const { code, err } = await teamday({ ...io, sleep, interrupted: interruption.signal }, 'auth', 'login');
    expect({ code, err }).toEqual({ code: 130, err: 'Error: Interrupted\n' });
    expect(readdirSync(join(io.homeDir, '.teamday'))).toEqual([]);
  });
});

describe('auth status', () => {
  it('says what the documents say', async () => {
    server.accessTokenLifetime = 720;
    signIn();
    const { code, out } = await teamday(io, 'auth', 'status');
    expect(code).toBe(0);
    expect(out).toBe(`✓ Authenticated

User: demo@example.com
Organization: Acme Corp
Method: OAuth
Access Token: Valid (expires in 12 min)
Refresh Token: Valid (expires in 85 days)
Source: ${configPath(io)}
Server: ${server.url}
`);
  });

  it('names the variable that goes before the file', async () => {
    signIn();
    const answer = { id: 'user_demo', email: 'demo@example.com', name: 'Demo', organization: server.organization };
    const token = { id: 'tok_1', name: 'CI/CD Pipeline', createdAt: '2026-01-01T00:00:00Z', expiresAt: null };
    server.instead.set('/api/users/me', { status: 200, body: { ...answer, token } });
    io = { ...io, env: { TEAMDAY_TOKEN: formatToken('otk_', new Uint8Array(28)), TEAMDAY_API_TOKEN: ` ${PAT}\n` } };
    const { out } = await teamday(io, 'auth', 'status');
    expect(out).toBe(`✓ Authenticated

User: demo@example.com
Organization: Acme Corp
Method: Personal Access Token
Name: CI/CD Pipeline
Token: Valid (does not expire)
Source: TEAMDAY_API_TOKEN
Server: ${server.url}
`);
    expect(server.requests.at(-1)?.authorization).toBe(`Bearer ${PAT}`);
  });

  it('never sends a variable that holds no token', async () => {
    io = { ...io, env: { TEAMDAY_URL: server.url, TEAMDAY_API_TOKEN: `${PAT}x` } };
    const { code, err } = await teamday(io, 'auth', 'status');
    expect(code).toBe(4);
    expect(err).toContain('Error: Invalid token or token expired\nWhat TEAMDAY_API_TOKEN holds is not');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['td_xxx', 'Settings → API Keys'],
    ['otk_xxx', 'Organization Settings → Org Tokens'],
  ])('says for %s where to create a new one', async (token, page) => {
    io = { ...io, env: { TEAMDAY_URL: server.url, TEAMDAY_API_TOKEN: token } };
    const status = await teamday(io, 'auth', 'status');
    expect(status.err).toContain(`\nCreate a new one in ${page}, then put it into TEAMDAY_API_TOKEN.\n`);
    expect((await teamday(io, 'auth', 'set-key', token)).err).toContain(`or create a new one in ${page}.\n`);
  });

  it('tells when the session was revoked, and forgets it', async () => {
    signIn({ theme: 'dark' });
    server.live = false;
    const { code, err } = await teamday(io, 'auth', 'status');
    expect(code).toBe(4);
    expect(err).toContain('Error: Your session has ended');
    expect(err).toContain('teamday auth login');
    expect(saved()).toEqual({ url: server.url, theme: 'dark' });
  });

  it('tells when the server cannot be reached, and changes nothing', async () => {
    signIn({ url: 'http://127.0.0.1:1' });
    const { code, err } = await teamday(io, 'auth', 'status');
    expect(code).toBe(1);
    expect(err).toContain("Error: Can't reach http://127.0.0.1:1: ");
    expect(err).toContain('TEAMDAY_URL');
    expect(saved()).toMatchObject({ refreshToken: 'refresh-0' });
  });

  it.each([
    ['https://127.0.0.1', "the server doesn't speak https there: try http://127.0.0.1:"],
    ['https://localhost', "the server doesn't speak https there: try http://localhost:"],
  ])('tells %s of a server without TLS', async (host, said) => {
    const url = `${host}:${new URL(server.url).port}`;
    const { code, err } = await teamday({ ...io, env: { TEAMDAY_URL: url, TEAMDAY_TOKEN: PAT } }, 'auth', 'status');
    expect(code).toBe(1);
    expect(err).toContain(`Error: Can't reach ${url}: ${said}${new URL(url).port}\n`);
  });

  it('does not tell to try http where it would be refused', async () => {
    const cause = Object.assign(new Error('wrong version number'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    const { err } = await teamday({ ...io, fetch, env: { TEAMDAY_TOKEN: PAT } }, 'auth', 'status');
    expect(err).toContain("Error: Can't reach https://cc.teamday.ai: the server doesn't speak https there\n");
  });

  it('tells when nobody listens', async () => {
    signIn({ url: `http://localhost:${await closedPort()}` });
    expect((await teamday(io, 'auth', 'status')).err).toMatch(/^Error: Can't reach .*: connection refused\n/);
  });

  it('tells when nobody is signed in', async () => {
    const { code, err } = await teamday(io, 'auth', 'status');
    expect(code).toBe(4);
    expect(err).toMatch(/^Error: No authentication token found\n\nSign in:\n {2}teamday auth login\n/);
  });

  it('never shows the saved sign-in to another server', async () => {
    signIn();
    const other = await IdentityServer.start();
    const { code, err } = await teamday({ ...io, env: { TEAMDAY_URL: other.url } }, 'auth', 'status');
    expect(code).toBe(4);
    expect(err).toContain(`The saved sign-in belongs to ${server.url}, but TEAMDAY_URL names ${other.url}.`);
    expect(other.requests).toEqual([]);
  });

  it("shows a person's name without what could steer the terminal", async () => {
    signIn();
    server.organization = { id: 'org_acme', name: '\u001b[2JAcme', role: 'admin' };
    expect((await teamday(io, 'auth', 'status')).out).toContain('Organization: �[2JAcme\n');
  });
});

describe('auth logout', () => {
  it('ends the session on the server, then forgets it', async () => {
    signIn({ theme: 'dark' });
    expect(await teamday(io, 'auth', 'logout')).toMatchObject({ code: 0, out: '✓ You are signed out.\n' });
    expect(server.revoked).toEqual(['refresh-0']);
    expect(saved()).toEqual({ theme: 'dark' });
  });

  it('deletes nothing when the server does not confirm', async () => {
    signIn();
    server.instead.set('/oauth/revoke', { status: 503 });
    const { code, err } = await teamday({ ...io, sleep: async () => {} }, 'auth', 'logout');
    expect(code).toBe(1);
    expect(err).toContain('Error: You are still signed in');
    expect(err).toContain('teamday auth logout --local');
    expect(saved()).toMatchObject({ refreshToken: 'refresh-0' });
  });

  it('with --local asks nobody', async () => {
    signIn();
    expect((await teamday(io, 'auth', 'logout', '--local')).code).toBe(0);
    expect(server.requests).toEqual([]);
    expect(readdirSync(join(io.homeDir, '.teamday'))).toEqual([]);
  });

  it('is nothing to worry about when nobody is signed in, but names a variable that still applies', async () => {
    const { code, out, err } = await teamday({ ...io, env: { TEAMDAY_TOKEN: PAT } }, 'auth', 'logout');
    expect({ code, out }).toEqual({ code: 0, out: 'You are not signed in.\n' });
    expect(err).toContain('TEAMDAY_TOKEN is set and still applies');
  });
});

describe('auth refresh', () => {
  it('renews the access token', async () => {
    signIn();
    const { code, out } = await teamday(io, 'auth', 'refresh');
    expect({ code, out }).toEqual({
      code: 0,
      out: '✓ Access token refreshed\n\nAccess Token: Valid (expires in 15 min)\n',
    });
    expect(saved()).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
  });

  it('gets the same successor after a lost answer', async () => {
    signIn();
    let lost = 0;
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const answer = await globalThis.fetch(url, init);
      if (lost++ === 0) throw new TypeError('fetch failed');
      return answer;
    };
    expect((await teamday({ ...io, fetch }, 'auth', 'refresh')).code).toBe(0);
    expect(server.rotations).toBe(1);
    expect(saved()).toMatchObject({ refreshToken: 'refresh-1' });
  });

  it('is saved although Ctrl+C came while the server was rotating', async () => {
    signIn();
    const interruption = new AbortController();
    server.onRotated = async () => interruption.abort(new Interrupted());
    const { code } = await teamday({ ...io, interrupted: interruption.signal }, 'api', 'GET', '/api/users/me');
    expect(code).toBe(0);
    signIn(DUE);
    const second = await teamday({ ...io, interrupted: interruption.signal }, 'api', 'GET', '/api/users/me');
    expect(second.code).toBe(130);
    expect(saved()).toMatchObject({ refreshToken: 'refresh-1' });
  });

  it('does not touch what another command has saved meanwhile', async () => {
    signIn();
    server.live = false;
    const newer = { ...server.signedIn(), refreshToken: 'refresh-newer' };
    server.instead.set('/oauth/token', { status: 400, body: { error: 'invalid_grant' } });
    const fetch: typeof globalThis.fetch = async (url, init) => {
      writeConfig(io, newer);
      return await globalThis.fetch(url, init);
    };
    expect((await teamday({ ...io, fetch }, 'auth', 'refresh')).code).toBe(0);
    expect(saved()).toEqual(newer);
  });

  it('is nothing a personal access token needs', async () => {
    const { code, err } = await teamday({ ...io, env: { TEAMDAY_TOKEN: PAT } }, 'auth', 'refresh');
    expect(code).toBe(2);
    expect(err).toContain('A personal access token is not renewed');
  });
});

describe('auth set-key', () => {
  it('takes an argument, and the sign-in it replaces is ended', async () => {
    signIn();
    expect((await teamday(io, 'auth', 'set-key', ` ${PAT}\n`)).code).toBe(0);
    expect(saved()).toEqual({ url: server.url, apiToken: PAT });
    expect(server.revoked).toEqual(['refresh-0']);
  });

  it('takes standard input', async () => {
    const stdin = new PassThrough();
    stdin.end(`${PAT}\n`);
    expect((await teamday({ ...io, stdin }, 'auth', 'set-key', '-')).code).toBe(0);
    expect(saved()).toEqual({ url: 'https://cc.teamday.ai', apiToken: PAT });
  });

  it('asks on a terminal without showing what is typed', async () => {
    const raw: boolean[] = [];
    const stdin = Object.assign(asTerminal(new PassThrough()), { setRawMode: (on: boolean) => void raw.push(on) });
    stdin.write(`${PAT}y\u007f\r`);
    const { code, out, err } = await teamday({ ...io, stdin }, 'auth', 'set-key');
    expect(code).toBe(0);
    expect(saved()).toMatchObject({ apiToken: PAT });
    expect(err).toBe('Paste your token (it is not shown): \n');
    expect(out + err).not.toContain(PAT);
    expect(raw).toEqual([true, false]);
  });

  it('is left by Ctrl+C', async () => {
    const stdin = asTerminal(new PassThrough());
    stdin.write('td_\u0003');
    expect((await teamday({ ...io, stdin }, 'auth', 'set-key')).code).toBe(130);
  });

  it('does not wait for a person who is not there', async () => {
    expect(await teamday(io, 'auth', 'set-key')).toMatchObject({ code: 2 });
  });

  it.each(['td_xxx', PAT.slice(0, -1), PAT.replace('td_', 'otk_')])(
    'refuses %s before anything is saved',
    async (key) => {
      signIn();
      const { code, err } = await teamday(io, 'auth', 'set-key', key);
      expect(code).toBe(2);
      expect(err).toContain('cut or mistyped. Nothing was saved');
      expect(saved()).toMatchObject({ refreshToken: 'refresh-0' });
    },
  );
});

describe('config organization', () => {
  it('gives a script the id alone, and a person the others too', async () => {
    signIn();
    expect((await teamday(io, 'config', 'get', 'organization')).out).toBe('org_acme\n');
    io = { ...io, stdout: asTerminal(new PassThrough()), env: { NO_COLOR: '1' } };
    expect((await teamday(io, 'config', 'get', 'organization')).out).toBe(
      'org_acme  Acme Corp (admin)\n\nYou can switch to:\n  org_beta  Beta Ltd (member)\n\nteamday config set organization ID\n',
    );
  });

  it('switches', async () => {
    signIn();
    const { code, out } = await teamday(io, 'config', 'set', 'organization', 'org_beta');
    expect({ code, out }).toEqual({ code: 0, out: '✓ Organization: Beta Ltd (org_beta)\n' });
    expect(saved()['user']).toEqual({ email: 'demo@example.com', organizationId: 'org_beta' });
  });

  it('says when the person is no member', async () => {
    signIn();
    const { code, err } = await teamday(io, 'config', 'set', 'organization', 'org_other');
    expect(code).toBe(5);
    expect(err).toMatch(
      /^Error: You do not have permission to perform this action\nStatus: 403 Forbidden\nNot a member of this organization\n/,
    );
  });
});

describe('api', () => {
  it('prints the body as it came', async () => {
    signIn();
    const { code, out } = await teamday(io, 'api', 'get', '/api/users/me');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: 'user_demo' });
    expect(out).not.toContain('\n');
  });

  it.each([
    ['/nothing', '\nError: Not Found\n'],
    ['/empty', 'Error: Not Found\n'],
  ])('of a failure with the body of %s begins a line of its own with the error', async (path, said) => {
    signIn();
    server.instead.set('/empty', { status: 404 });
    expect((await teamday(io, 'api', 'GET', path)).err.startsWith(said)).toBe(true);
    const terminal = { ...io, stdout: asTerminal(new PassThrough()) };
    const { out, err } = await teamday(terminal, 'api', 'GET', path);
    expect(out.endsWith('\n')).toBe(true);
    expect(err.startsWith('Error: ')).toBe(true);
  });

  it('sends what --data says', async () => {
    signIn();
    const stdin = new PassThrough();
    stdin.end('{"organizationId":"org_beta"}');
    const { code } = await teamday({ ...io, stdin }, 'api', 'PUT', '/api/users/me/organization', '--data', '-');
    expect(code).toBe(0);
    expect(server.requests.at(-1)).toMatchObject({ body: '{"organizationId":"org_beta"}' });
  });

  it('renews an access token that is due, shortly before it ends', async () => {
    signIn({ expiresAt: new Date(Date.now() + 29_000).toISOString() });
    expect((await teamday(io, 'api', 'GET', '/api/users/me')).code).toBe(0);
    expect(server.rotations).toBe(1);
  });

  it('lets a short-lived token live for two thirds of its life', async () => {
    server.accessTokenLifetime = 6;
    signIn(DUE);
    for (let call = 0; call < 3; call += 1) await teamday(io, 'api', 'GET', '/api/users/me');
    expect(server.rotations).toBe(1);
  });

  it('renews once when the server no longer takes the access token', async () => {
    signIn({ accessToken: 'access-unknown' });
    expect((await teamday(io, 'api', 'GET', '/api/users/me')).code).toBe(0);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/users/me', '/oauth/token', '/api/users/me']);
  });

  it.each([
    [
      401,
      4,
      'Error: Invalid token or token expired\nStatus: 401 Unauthorized\n\nSign in again:\n  teamday auth login\n',
    ],
    [403, 5, 'Error: You do not have permission to perform this action\nStatus: 403 Forbidden\n'],
    [429, 6, 'Error: Rate limit exceeded\nStatus: 429 Too Many Requests\nRetry-After: 3600\n\nTry again in 1 hour.\n'],
    [404, 1, 'Error: Not Found\nStatus: 404 Not Found\n'],
    [302, 1, 'Error: Found\nStatus: 302 Found\n'],
    [
      503,
      1,
      "Error: Service Unavailable\nStatus: 503 Service Unavailable\n\nThe server can't answer now. Try again in 1 hour.\n",
    ],
  ])('%d exits with %d', async (status, exitCode, said) => {
    signIn();
    server.instead.set('/x', { status, headers: { 'retry-after': '3600', location: 'https://example.com' } });
    const { code, err } = await teamday(io, 'api', 'GET', '/x');
    expect(code).toBe(exitCode);
    expect(err.startsWith(said)).toBe(true);
  });

  it('with --json prints one document, also for a failure', async () => {
    signIn();
    const { code, out } = await teamday(io, 'api', 'GET', '/nothing', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ status: 404, body: { statusCode: 404, message: 'Not Found' } });
  });

  it.each(['https://example.com/', 'api/users/me', '@example.com/'])('does not send to %s', async (path) => {
    signIn();
    const { code, err } = await teamday(io, 'api', 'GET', path);
    expect(code).toBe(2);
    expect(err).toContain('The path must begin with "/" and stay on');
    expect(server.requests).toEqual([]);
  });

  it.each(['//example.com/', '/\\example.com/', '/../../x'])('stays on the server with %s', async (path) => {
    signIn();
    expect((await teamday(io, 'api', 'GET', path)).code).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [['GET', '/x', '--data', '{}'], 'A GET request carries no data'],
    [['POST', '/x', '--data', '{'], 'The data is not valid JSON'],
    [['TRACE', '/x'], 'There is no method TRACE'],
    [['GET'], "missing required argument 'path'"],
  ])('%j is wrong usage', async (args, said) => {
    signIn();
    const { code, err } = await teamday(io, 'api', ...args);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(server.requests).toEqual([]);
  });

  it('of twenty commands at once renews once', async () => {
    signIn(DUE);
    const bin = new URL('../../../src/cli/bin/teamday.js', import.meta.url).pathname;
    const results = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const env = { PATH: process.env['PATH'], HOME: io.homeDir };
        const child = spawn(process.execPath, [bin, 'api', 'GET', '/api/users/me'], { env });
        const [code, err] = await Promise.all([
          new Promise((resolve) => child.once('exit', resolve)),
          text(child.stderr),
          text(child.stdout),
        ]);
        return { code, err };
      }),
    );
    expect(results).toEqual(Array.from({ length: 20 }, () => ({ code: 0, err: '' })));
    expect(server.rotations).toBe(1);
    expect(server.requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
  });

  it('killed between the rotation and its saving, the next command signs nobody out', async () => {
    signIn(DUE);
    const bin = new URL('../../../src/cli/bin/teamday.js', import.meta.url).pathname;
    const env = { PATH: process.env['PATH'], HOME: io.homeDir };
    const child = spawn(process.execPath, [bin, 'auth', 'status'], { env, stdio: 'ignore' });
    const killed = new Promise((resolve) => child.once('exit', resolve));
    server.onRotated = async () => {
      server.onRotated = async () => {};
      child.kill('SIGKILL');
      await killed;
    };
    await killed;
    expect(saved()).toMatchObject({ refreshToken: 'refresh-0' });
    const next = spawn(process.execPath, [bin, 'auth', 'status'], { env, stdio: 'ignore' });
    expect(await new Promise((resolve) => next.once('exit', resolve))).toBe(0);
    expect(saved()).toMatchObject({ refreshToken: 'refresh-1' });
  });
});

describe('the terminal', () => {
  it('gets colour and a spinner, a pipe or NO_COLOR gets none', async () => {
    signIn();
    const terminal = { ...io, stdout: asTerminal(new PassThrough()) };
    expect((await teamday(terminal, 'auth', 'status')).out).toContain('\u001b[32m✓\u001b[39m Authenticated');
    const plain = await teamday({ ...terminal, env: { NO_COLOR: '1' } }, 'auth', 'status');
    expect(plain.out).toContain('✓ Authenticated');
    expect(plain.out).not.toContain('\u001b');
    expect((await teamday(io, 'auth', 'status')).out).not.toContain('\u001b');
  });

  it.each([
    [['--version'], 0],
    [['--help'], 0],
    [['auth', 'login', '--help'], 0],
    [[], 2],
    [['auth'], 2],
    [['nothing'], 2],
    [['auth', 'status', '--nothing'], 2],
  ])('%j exits with %d', async (args, code) => {
    expect((await teamday(io, ...args)).code).toBe(code);
  });

  it.each([
    ['login', 'auth login'],
    ['logout', 'auth logout'],
    ['status --json', 'auth status'],
    ['whoami', 'auth status'],
    ['auth whoami', 'auth status'],
    ['login --help', 'auth login'],
    ['tokens list', 'auth tokens'],
  ])('told %s names the command that was meant', async (line, meant) => {
    const { code, err } = await teamday(io, ...line.split(' '));
    expect(code).toBe(2);
    expect(err).toMatch(/^Error: unknown command '(\w+)'\n/);
    expect(err).toContain(`\nDid you mean \`teamday ${meant}\`?\n`);
  });

  it('keeps to itself a token that follows a wrong name', async () => {
    expect((await teamday(io, 'set-key', PAT)).err).not.toContain(PAT);
  });

  it.each([
    ['help', 'teamday', 0],
    ['help auth', 'teamday auth', 0],
    ['help auth tokens create', 'teamday auth tokens create', 0],
    ['auth help tokens create', 'teamday auth tokens create', 0],
    ['auth tokens help create', 'teamday auth tokens create', 0],
    ['config help get', 'teamday config get', 0],
    ['help auth nothing', 'teamday auth', 2],
    ['help login', 'teamday', 2],
    ['help auth status nothing', 'teamday auth status', 2],
  ])('%s shows the help of %s', async (line, command, exitCode) => {
    const { code, out, err } = await teamday(io, ...line.split(' '));
    expect(code).toBe(exitCode);
    expect(exitCode === 0 ? out : err).toMatch(new RegExp(`^Usage: ${command} \\[`));
  });

  it('hides the wrong names', async () => {
    expect((await teamday(io, '--help')).out).not.toMatch(/^ {2}(login|whoami)/m);
  });
});
