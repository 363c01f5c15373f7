import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { configPath, writeConfig } from '../../../src/cli/config-file.ts';
import { Interrupted } from '../../../src/cli/errors.ts';
import type { Io } from '../../../src/cli/io.ts';
import { formatToken } from '../../../src/oauth/token-format.ts';
import { asTerminal, IdentityServer, teamday, testIo } from './support.ts';

const PAT = formatToken('td_', new Uint8Array(28).fill(7));
const NEW = formatToken('td_', new Uint8Array(28).fill(8));
const ORGANIZATION_TOKEN = formatToken('otk_', new Uint8Array(28));
const DAY = 86_400_000;

let server: IdentityServer;
let io: Io;

beforeEach(async () => {
  server = await IdentityServer.start();
  io = testIo({ env: { TEAMDAY_URL: server.url } });
  writeConfig(io, server.signedIn());
});

function saved(): Record<string, unknown> {
  return JSON.parse(readFileSync(configPath(io), 'utf8')) as Record<string, unknown>;
}

function entry(id: string, name: string, [created, lastUsed, expires]: (string | null)[] = ['2026-01-01', null, null]) {
  const time = (day: string | null | undefined) => (day ? `${day}T23:59:59.000Z` : null);
  return {
    id,
    name,
    tokenPreview: 'td_****00000000',
    organizationId: 'org_acme',
    createdAt: time(created),
    expiresAt: time(expires),
    lastUsedAt: time(lastUsed),
  };
}

const DOCUMENTED = [
  entry('token_123', 'CI/CD Pipeline', ['2024-12-01', '2025-01-15', '2025-06-01']),
  entry('token_456', 'Production Bot', ['2024-10-15', '2025-01-14', null]),
  entry('token_789', 'Local Development', ['2025-01-10', '2025-01-15', '2025-02-10']),
];

const REVOKE_ALL = 'POST /api/users/me/tokens/revoke-all';

function serverLists(tokens: readonly object[]): void {
  server.instead.set('GET /api/users/me/tokens', { status: 200, body: { tokens, count: tokens.length } });
  const ids = (tokens as { id: string }[]).map(({ id }) => id);
  for (const id of ids) serverRevokes(id);
  server.instead.set(REVOKE_ALL, { status: 200, body: { revoked: ids } });
}

function serverRevokes(id: string): void {
  server.instead.set(`/api/users/me/tokens/${id}/revoke`, { status: 200, body: { success: true } });
}

function issued(expiresAt: string | null = daysFromNow(90)) {
  return { token: NEW, id: 'tok_new', name: 'CI/CD Pipeline', organizationId: 'org_acme', expiresAt };
}

function daysFromNow(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString();
}

/** What was asked of the server: `POST /path body`. */
function asked(): string[] {
  return server.requests.map(({ method, path, body }) => `${method} ${path} ${body}`.trim());
}

function onTerminal(answer?: string): Io {
  const stdin = asTerminal(new PassThrough());
  if (answer !== undefined) stdin.end(answer);
  const env = { ...io.env, NO_COLOR: '1' };
  return { ...io, env, stdin, stdout: asTerminal(new PassThrough()), stderr: asTerminal(new PassThrough()) };
}

describe('auth tokens list', () => {
  it('prints what the documents print', async () => {
    serverLists(DOCUMENTED);
    const { code, out, err } = await teamday(io, 'auth', 'tokens', 'list');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`ID          Name                    Created      Last Used    Expires
---------------------------------------------------------------------------
token_123   CI/CD Pipeline          2024-12-01   2025-01-15   2025-06-01
token_456   Production Bot          2024-10-15   2025-01-14   Never
token_789   Local Development       2025-01-10   2025-01-15   2025-02-10
`);
  });

  it('says how to create the first', async () => {
    serverLists([]);
    expect((await teamday(io, 'auth', 'tokens', 'list')).out).toBe(
      'You have no personal access tokens.\n\nTo create one:\n  teamday auth tokens create --name "CI/CD Pipeline"\n',
    );
    expect(JSON.parse((await teamday(io, 'auth', 'tokens', 'list', '--json')).out)).toEqual({ tokens: [], count: 0 });
  });

  it('with --json prints what the server says', async () => {
    serverLists(DOCUMENTED);
    const { out } = await teamday(io, 'auth', 'tokens', 'list', '--json');
    expect(JSON.parse(out)).toEqual({ tokens: DOCUMENTED, count: 3 });
  });

  it('fits the terminal, and no name steers it', async () => {
    serverLists([entry('tok_aaaaaaaaaaaaaaaaaaaa', `\u001b[2J${'名'.repeat(80)}`)]);
    const terminal = onTerminal();
    const { out } = await teamday(
      { ...terminal, stdout: Object.assign(terminal.stdout, { columns: 80 }) },
      'auth',
      'tokens',
      'list',
    );
    expect(out).toContain('tok_aaaaaaaaaaaaaaaaaaaa   �[2J名名名名…');
  });

  it('says when the server speaks otherwise', async () => {
    for (const body of [{}, { tokens: [{}] }, { tokens: [{ ...DOCUMENTED[0], createdAt: 'yesterday' }] }]) {
      server.instead.set('GET /api/users/me/tokens', { status: 200, body });
      const { code, err } = await teamday(io, 'auth', 'tokens', 'list');
      expect(code).toBe(1);
      expect(err).toContain('gave an unexpected answer: "');
    }
  });
});

describe('auth tokens create', () => {
  const CREATE = ['auth', 'tokens', 'create', '--name', 'CI/CD Pipeline'];
  beforeEach(() => {
    server.instead.set('POST /api/users/me/tokens', { status: 201, body: issued() });
  });

  it('prints the token alone where it can be captured', async () => {
    expect(await teamday(io, ...CREATE)).toEqual({ code: 0, out: `${NEW}\n`, err: '' });
    expect(asked()).toEqual(['POST /api/users/me/tokens {"name":"CI/CD Pipeline"}']);
  });

  it('tells a person that it is shown only once', async () => {
    const { out } = await teamday(onTerminal(), ...CREATE);
    expect(out).toBe(`✓ Token created: CI/CD Pipeline

⚠️ IMPORTANT: Token shown only once!

${NEW}

Copy immediately and store securely.
If lost, you must revoke and create new token.
Never commit to git or share publicly.

ID: tok_new
Expires: ${daysFromNow(90).slice(0, 10)} (in 90 days)

To use it in a script or a CI job, set TEAMDAY_API_TOKEN there.
`);
  });

  it('with --json prints what the server says', async () => {
    server.instead.set('POST /api/users/me/tokens', { status: 201, body: issued(null) });
    expect(JSON.parse((await teamday(io, ...CREATE, '--json')).out)).toEqual(issued(null));
    expect((await teamday(onTerminal(), ...CREATE)).out).toContain('\nExpires: Never\n');
  });

  it.each([
    ['30', 30],
    ['30d', 30],
    ['365d', 365],
    ['never', 0],
  ])('--expires-in %s', async (text, expiresInDays) => {
    expect((await teamday(io, ...CREATE, '--expires-in', text)).code).toBe(0);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ name: 'CI/CD Pipeline', expiresInDays });
  });

  it.each(['0', '366', '-1', '1e2', '30 d', '12h', 'NaN', ''])('refuses --expires-in=%s', async (text) => {
    const { code, err } = await teamday(io, ...CREATE, `--expires-in=${text}`);
    expect(code).toBe(2);
    expect(err).toContain('--expires-in must be a number of days from 1 to 365, or never');
    expect(server.requests).toEqual([]);
  });

  it('takes a name', async () => {
    const { code, err } = await teamday(io, 'auth', 'tokens', 'create');
    expect(code).toBe(2);
    expect(err).toContain("Error: required option '--name <name>' not specified");
  });

  it('says what the server has against it', async () => {
    const message = 'name must be 1 to 100 characters';
    server.instead.set('POST /api/users/me/tokens', { status: 400, body: { statusCode: 400, message } });
    const { code, err } = await teamday(io, ...CREATE);
    expect({ code, err }).toEqual({ code: 1, err: `Error: ${message}\nStatus: 400 Bad Request\n` });
  });

  it.each([
    ['never', 'Personal access tokens must expire: ', 'expiresInDays must be 1 to 365', '365d'],
    ['60d', "The organization's policy allows at most 30 days: ", 'expiresInDays must be 1 to 30', '30d'],
    ['90d', '', 'expiresInDays must be at most 30', '30d'],
  ])(
    'says in the words of the option what the server has against --expires-in %s',
    async (text, why, rule, longest) => {
      const message = `${why}${rule}`;
      server.instead.set('POST /api/users/me/tokens', { status: 400, body: { statusCode: 400, message } });
      const { code, err } = await teamday(io, ...CREATE, '--expires-in', text);
      const said = `Error: ${why}--expires-in must be 1d to ${longest}\nStatus: 400 Bad Request\n`;
      expect({ code, err }).toEqual({ code: 1, err: said });
    },
  );

  it('marks in its help what is required', async () => {
    expect((await teamday(io, 'auth', 'tokens', 'create', '--help')).out).toMatch(/--name <name> .*\(required\)\n/);
  });

  it('says when to try again after too many', async () => {
    server.instead.set('POST /api/users/me/tokens', { status: 429, headers: { 'retry-after': '3600' } });
    const { code, err } = await teamday(io, ...CREATE);
    expect(code).toBe(6);
    expect(err).toBe(
      'Error: Rate limit exceeded\nStatus: 429 Too Many Requests\nRetry-After: 3600\n\nTry again in 1 hour.\n',
    );
  });

  it('tells what a lost answer means, and does not ask again', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    const { code, err } = await teamday({ ...io, fetch }, ...CREATE);
    expect(code).toBe(1);
    expect(err).toContain('If the request has arrived, there is a new token whose value is lost.');
    expect(err).toContain('\n  teamday auth tokens list\n');
  });

  it('hands the token over although Ctrl+C came while the server made it', async () => {
    const interruption = new AbortController();
    const fetch: typeof globalThis.fetch = (url, init) => {
      interruption.abort(new Interrupted());
      return globalThis.fetch(url, init);
    };
    const { code, out } = await teamday({ ...io, fetch, interrupted: interruption.signal }, ...CREATE);
    expect({ code, out }).toEqual({ code: 0, out: `${NEW}\n` });
  });

  it.each([
    ['a personal access token', PAT, 'With a personal access token no token can be created: that takes a sign-in.'],
    ['an organization token', ORGANIZATION_TOKEN, 'An organization token belongs to no person'],
  ])('says that it takes a sign-in, not %s', async (_, token, said) => {
    server.instead.set('POST /api/users/me/tokens', { status: 403, body: { statusCode: 403, message: 'no' } });
    io = { ...io, env: { ...io.env, TEAMDAY_TOKEN: token } };
    const { code, err } = await teamday(io, ...CREATE);
    expect(code).toBe(5);
    expect(err).toMatch(/^Error: You do not have permission to perform this action\nStatus: 403 Forbidden\n/);
    expect(err).toContain(said);
    expect(err).toMatch(/\n\nSign in with your browser:\n {2}unset TEAMDAY_TOKEN\n {2}teamday auth login\n$/);
  });
});

describe('auth tokens rotate', () => {
  beforeEach(() => {
    serverLists([entry('tok_1abc', 'CI/CD Pipeline'), entry('tok_2abc', 'Bot')]);
    server.instead.set('/api/users/me/tokens/tok_1abc/rotate', { status: 201, body: issued() });
  });

  it.each([
    [[], { graceSeconds: 0, untilFirstUse: false }, 'has stopped working'],
    [['--grace', '24h'], { graceSeconds: 86_400, untilFirstUse: false }, 'works for another 24 hours at most'],
    [['--grace', '30m'], { graceSeconds: 1_800, untilFirstUse: false }, 'works for another 30 min at most'],
    [
      ['--grace', '7d', '--until-first-use'],
      { graceSeconds: 604_800, untilFirstUse: true },
      'works until the new one is first used, for 7 days at most',
    ],
    [
      ['--until-first-use'],
      { graceSeconds: 604_800, untilFirstUse: true },
      'works until the new one is first used, for 7 days at most',
    ],
  ])('%j', async (flags, body, fate) => {
    const { code, out } = await teamday(onTerminal(), 'auth', 'tokens', 'rotate', 'tok_1', ...flags);
    expect(code).toBe(0);
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toEqual(body);
    expect(out).toMatch(/^✓ Token rotated: CI\/CD Pipeline\n/);
    expect(out).toContain(`\nOld token: tok_1abc ${fate}\n`);
  });

  it('prints the new token alone where it can be captured', async () => {
    expect(await teamday(io, 'auth', 'tokens', 'rotate', 'tok_1abc')).toEqual({ code: 0, out: `${NEW}\n`, err: '' });
  });

  it.each(['8d', '169h', '24', '1w', '-1h', 'h', ''])('refuses --grace=%s', async (grace) => {
    const { code, err } = await teamday(io, 'auth', 'tokens', 'rotate', 'tok_1', `--grace=${grace}`);
    expect(code).toBe(2);
    expect(err).toContain('--grace must be a length of time of at most 7d');
    expect(server.requests).toEqual([]);
  });

  it('says that it takes a sign-in', async () => {
    server.instead.set('/api/users/me/tokens/tok_1abc/rotate', { status: 403 });
    writeConfig(io, { url: server.url, apiToken: PAT });
    const { code, err } = await teamday(io, 'auth', 'tokens', 'rotate', 'tok_1');
    expect(code).toBe(5);
    expect(err).toContain('no token can be rotated');
    expect(err).toMatch(/\nSign in with your browser:\n {2}teamday auth login\n$/);
  });

  it('says when there is no such token', async () => {
    server.instead.set('/api/users/me/tokens/tok_9/rotate', { status: 404, body: { message: 'Token not found' } });
    const { code, err } = await teamday(io, 'auth', 'tokens', 'rotate', 'tok_9');
    expect(code).toBe(1);
    expect(err).toBe(
      'Error: Token not found\nStatus: 404 Not Found\n\nSee your tokens and their ids:\n  teamday auth tokens list\n',
    );
  });
});

describe('auth tokens revoke', () => {
  const REVOKE = ['auth', 'tokens', 'revoke'];
  const revocations = () => asked().filter((request) => request.startsWith('POST'));
  const revocation = (id: string) => `POST /api/users/me/tokens/${id}/revoke`;

  beforeEach(() => {
    serverLists([entry('tok_1abc', 'CI/CD Pipeline'), entry('tok_1abcd', 'Bot'), entry('tok_2', 'Local')]);
  });

  it('takes an unambiguous beginning of the id', async () => {
    expect(await teamday(io, ...REVOKE, 'tok_2')).toEqual({ code: 0, out: '✓ Revoked: tok_2  Local\n', err: '' });
    expect(await teamday(io, ...REVOKE, 'tok_1abcd', '--json')).toEqual({
      code: 0,
      out: '{\n  "revoked": [\n    "tok_1abcd"\n  ]\n}\n',
      err: '✓ Revoked: tok_1abcd  Bot\n',
    });
    expect(revocations()).toEqual([revocation('tok_2'), revocation('tok_1abcd')]);
  });

  it('prefers the whole id to a longer one', async () => {
    expect((await teamday(io, ...REVOKE, 'tok_1abc')).code).toBe(0);
    expect(revocations()).toEqual([revocation('tok_1abc')]);
  });

  it('lists what an ambiguous beginning could mean', async () => {
    const { code, err } = await teamday(io, ...REVOKE, 'tok_1a');
    expect({ code, err }).toEqual({
      code: 2,
      err: 'Error: 2 tokens have an id that begins with tok_1a\n  tok_1abc  CI/CD Pipeline\n  tok_1abcd  Bot\n\nGive more of the id.\n',
    });
    expect(revocations()).toEqual([]);
  });

  it.each(['', ' ', '*', '..', 'tok_2/../x', PAT, ORGANIZATION_TOKEN])('refuses "%s" as an id', async (id) => {
    const { code, err } = await teamday(io, ...REVOKE, '--yes', '--', id);
    expect(code).toBe(2);
    expect(err).toContain('See your tokens and their ids:\n  teamday auth tokens list\n');
    expect(server.requests.map(({ path }) => path).join()).not.toContain(id || 'revoke');
    expect(revocations()).toEqual([]);
  });

  it('leaves to the server what the list does not hold', async () => {
    serverRevokes('tok_revoked_before');
    expect(await teamday(io, ...REVOKE, 'tok_revoked_before')).toMatchObject({ code: 0 });
  });

  it.each([
    ['y\n', 0, [revocation('tok_2')]],
    [' YES \n', 0, [revocation('tok_2')]],
    ['n\n', 1, []],
    ['\n', 1, []],
    ['', 1, []],
  ])('on a terminal is asked for: %j', async (answer, exitCode, done) => {
    const { code, err } = await teamday(onTerminal(answer), ...REVOKE, 'tok_2');
    expect(code).toBe(exitCode);
    expect(err).toMatch(/^tok_2 {2}Local\nRevoke this token\? It stops whatever uses it, at once\. \[y\/N\] /);
    expect(err.includes('Error: Nothing was revoked')).toBe(exitCode === 1);
    expect(revocations()).toEqual(done);
  });

  it.each(['y\n', 'n\n'])(
    'lets go of a terminal that stays open after %j, which would keep the process',
    async (answer) => {
      const terminal = onTerminal();
      terminal.stdin.push(answer);
      await teamday(terminal, ...REVOKE, 'tok_2');
      expect(terminal.stdin.isPaused()).toBe(true);
      expect(terminal.stdin.listenerCount('data')).toBe(0);
    },
  );

  it('is left by Ctrl+C', async () => {
    const interruption = new AbortController();
    const terminal = { ...onTerminal(), interrupted: interruption.signal };
    const running = teamday(terminal, ...REVOKE, '--all');
    setTimeout(() => interruption.abort(new Interrupted()), 200);
    expect((await running).code).toBe(130);
    expect(terminal.stdin.isPaused()).toBe(true);
    expect(revocations()).toEqual([]);
  });

  it('with --yes asks nothing', async () => {
    expect(await teamday(onTerminal(), ...REVOKE, 'tok_2', '--yes')).toMatchObject({ code: 0, err: '' });
  });

  it('with --all names them all and asks once', async () => {
    const { code, out, err } = await teamday(onTerminal('y\n'), ...REVOKE, '--all');
    expect(code).toBe(0);
    expect(err).toContain('tok_2  Local\nRevoke these 3 tokens? It stops whatever uses them, at once. [y/N] ');
    expect(out.match(/✓ Revoked: /g)).toHaveLength(3);
    expect(out).toMatch(/\n3 tokens revoked\.\n$/);
    expect(revocations()).toEqual([`${REVOKE_ALL} {}`]);
  });

  it('with --all says what the server has revoked: no less, and what was made meanwhile too', async () => {
    server.instead.set(REVOKE_ALL, { status: 200, body: { revoked: ['tok_new', 'tok_2'] } });
    expect((await teamday(io, ...REVOKE, '--all', '--yes')).out).toBe(
      '✓ Revoked: tok_new\n✓ Revoked: tok_2  Local\n2 tokens revoked.\n',
    );
    const { out } = await teamday(io, ...REVOKE, '--all', '--yes', '--json');
    expect(JSON.parse(out)).toEqual({ revoked: ['tok_new', 'tok_2'] });
  });

  it('with --all takes --yes where nobody can be asked', async () => {
    const { code, err } = await teamday(io, ...REVOKE, '--all');
    expect(code).toBe(2);
    expect(err).toContain('teamday auth tokens revoke --all --yes');
    expect(server.requests).toEqual([]);
    expect((await teamday(io, ...REVOKE, '--all', '--yes')).code).toBe(0);
    expect(revocations()).toEqual([`${REVOKE_ALL} {}`]);
  });

  it('with --all says when there is none', async () => {
    serverLists([]);
    expect(await teamday(onTerminal(), ...REVOKE, '--all')).toMatchObject({
      code: 0,
      out: 'You have no personal access tokens.\n',
    });
  });

  it.each([[[]], [['tok_2', '--all']]])('%j is wrong usage', async (args) => {
    const { code, err } = await teamday(io, ...REVOKE, ...args);
    expect(code).toBe(2);
    expect(err).toContain('Give the id of one token, or --all');
  });

  it('with --all says of none that it is revoked when the server did not confirm it', async () => {
    server.instead.set(REVOKE_ALL, { status: 503 });
    expect(await teamday(io, ...REVOKE, '--all', '--yes')).toMatchObject({ code: 1, out: '' });
    server.instead.set(REVOKE_ALL, { status: 200, body: { success: true } });
    expect(await teamday(io, ...REVOKE, '--all', '--yes')).toMatchObject({ code: 1, out: '' });
  });

  it('revokes the token in use last, and forgets it', async () => {
    const own = { ...entry('tok_0', 'Own'), tokenPreview: `td_****${hash('sha256', PAT).slice(0, 8)}` };
    serverLists([{ ...own, expiresAt: daysFromNow(3) }, entry('tok_2', 'Local')]);
    writeConfig(io, { url: server.url, apiToken: PAT, theme: 'dark' });
    const { code, out, err } = await teamday(onTerminal('y\n'), ...REVOKE, '--all');
    expect({ code, out }).toEqual({
      code: 0,
      out: '✓ Revoked: tok_2  Local\n✓ Revoked: tok_0  Own\n2 tokens revoked.\n',
    });
    expect(err).toContain('tok_0  Own (the one you are using now)\n');
    expect(err).toContain(
      `That was the token in use (${configPath(io)}). To sign in with your browser: teamday auth login\n`,
    );
    expect(err).not.toContain('expires in');
    expect(saved()).toEqual({ url: server.url, theme: 'dark' });
  });
});

describe('a token that expires soon', () => {
  const ME = ['api', 'GET', '/x'];

  function serverSays(expiresAt: string | null): void {
    const token = { id: 'tok_1', name: 'CI', createdAt: daysFromNow(-1), expiresAt };
    const { organization } = server;
    const body = { id: 'user_demo', email: 'demo@example.com', name: 'Demo', organization, token };
    server.instead.set('/api/users/me', { status: 200, body });
  }

  beforeEach(() => {
    server.instead.set('/x', { status: 200, body: {} });
    writeConfig(io, { url: server.url, apiToken: PAT });
  });

  it('is warned of by every command, and asked for once', async () => {
    serverSays(daysFromNow(3));
    const warning = `The token in use (${configPath(io)}) expires in 3 days. Replace it in time: Settings → API Keys.\n`;
    for (let call = 0; call < 3; call += 1) {
      expect(await teamday(io, ...ME)).toEqual({ code: 0, out: '{}', err: warning });
    }
    expect(asked()).toEqual(['GET /x', 'GET /api/users/me', 'GET /x', 'GET /x']);
  });

  it.each([daysFromNow(8), null])('is not warned of with %s', async (expiresAt) => {
    serverSays(expiresAt);
    expect((await teamday(io, ...ME)).err).toBe('');
    expect(saved()).toMatchObject({ apiTokenExpiry: { expiresAt } });
  });

  it('is asked for again after a day, as a rotation may have brought it nearer', async () => {
    serverSays(daysFromNow(1));
    const apiTokenExpiry = { expiresAt: daysFromNow(80), checkedAt: daysFromNow(-1.1) };
    writeConfig(io, { url: server.url, apiToken: PAT, apiTokenExpiry });
    expect((await teamday(io, ...ME)).err).toContain('expires in 24 hours');
  });

  it('is warned of by a command that fails, too', async () => {
    server.instead.set('/x', { status: 404 });
    const apiTokenExpiry = { expiresAt: daysFromNow(5), checkedAt: daysFromNow(0) };
    writeConfig(io, { url: server.url, apiToken: PAT, apiTokenExpiry });
    const { code, err } = await teamday(io, ...ME);
    expect(code).toBe(1);
    expect(err).toContain('expires in 5 days');
    expect(asked()).toEqual(['GET /x']);
  });

  it('is nothing that could make a command fail', async () => {
    for (const reply of [{ status: 503 }, { status: 200, body: {} }, { status: 401 }]) {
      server.instead.set('/api/users/me', reply);
      expect(await teamday(io, ...ME)).toEqual({ code: 0, out: '{}', err: '' });
    }
    expect(saved()).toEqual({ url: server.url, apiToken: PAT });
  });

  it('is warned of for a variable where the command was told', async () => {
    serverSays(daysFromNow(3));
    io = { ...io, env: { ...io.env, TEAMDAY_API_TOKEN: NEW } };
    expect((await teamday(io, ...ME)).err).toBe('');
    expect(asked()).toEqual(['GET /x']);
    expect((await teamday(io, 'auth', 'status')).err).toContain(
      'The token in use (TEAMDAY_API_TOKEN) expires in 3 days',
    );
    const own = { ...entry('tok_0', 'Own'), tokenPreview: `td_****${hash('sha256', NEW).slice(0, 8)}` };
    serverLists([{ ...own, expiresAt: daysFromNow(2) }]);
    expect((await teamday(io, 'auth', 'tokens', 'list')).err).toContain('expires in 2 days');
    expect(saved()).toEqual({ url: server.url, apiToken: PAT });
  });

  it('is not carried over to another token', async () => {
    const apiTokenExpiry = { expiresAt: daysFromNow(5), checkedAt: daysFromNow(0) };
    writeConfig(io, { url: server.url, apiToken: PAT, apiTokenExpiry });
    expect((await teamday(io, 'auth', 'set-key', NEW)).code).toBe(0);
    expect(saved()).toEqual({ url: server.url, apiToken: NEW });
  });
});

describe('auth status with an organization token', () => {
  beforeEach(() => {
    io = { ...io, env: { ...io.env, TEAMDAY_TOKEN: ORGANIZATION_TOKEN } };
  });

  it('tells that the server takes it', async () => {
    server.instead.set('/api/users/me', { status: 403, body: { statusCode: 403, message: 'no person' } });
    expect(await teamday(io, 'auth', 'status')).toEqual({
      code: 0,
      out: `✓ Authenticated

Method: Organization API Token
Token: Valid (when it expires is shown in Organization Settings → Org Tokens)
Source: TEAMDAY_TOKEN
Server: ${server.url}
`,
      err: '',
    });
    expect(JSON.parse((await teamday(io, 'auth', 'status', '--json')).out)).toEqual({
      authenticated: true,
      method: 'organization_token',
      source: 'TEAMDAY_TOKEN',
      server: server.url,
    });
  });

  it('tells that the server refuses it, and why', async () => {
    server.instead.set('/api/users/me', {
      status: 401,
      body: { statusCode: 401, message: 'Organization token expired' },
    });
    const { code, err } = await teamday(io, 'auth', 'status');
    expect({ code, err }).toEqual({
      code: 4,
      err:
        'Error: Invalid token or token expired\nStatus: 401 Unauthorized\nOrganization token expired\n\n' +
        'Create a new one in Organization Settings → Org Tokens, then put it into TEAMDAY_TOKEN.\n',
    });
  });
});

it.each(['list', 'create', 'rotate', 'revoke'])('auth tokens %s --help shows examples', async (command) => {
  const { code, out } = await teamday(io, 'auth', 'tokens', command, '--help');
  expect(code).toBe(0);
  expect(out).toContain(`\nExamples:\n  $ teamday auth tokens ${command}`);
});
