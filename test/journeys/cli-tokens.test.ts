// Personal tokens from a terminal, on the real server: made, listed, used, rotated, revoked, limited. No browser: the
// person signs in with forms.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cli, terminalOf } from '../support/cli.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';
import { Visitor } from '../support/visitor.ts';

type Finished = Awaited<ReturnType<Cli['run']>>;

const ID = /tok_[0-9A-Za-z]{20}/;
const ME = ['api', 'GET', '/api/users/me'];
const FORBIDDEN = 'Error: You do not have permission to perform this action\nStatus: 403 Forbidden\n';

let identity: IdentityProcess;
let organizationId: string;

beforeAll(async () => {
  identity = await startIdentityProcess({
    settings: (given) => ({
      ...given,
      deviceAuthorization: { lifetimeSeconds: 600, pollIntervalSeconds: 1 },
      limits: { ...given.limits, tokenCreationPerPerson: { points: 14, seconds: 3600 } },
    }),
  });
});
afterAll(() => identity?.stop());

describe('a person who signed in', () => {
  it('creates, lists, rotates and revokes tokens', async () => {
    const cli = await signedIn();
    expect((await cli.run('auth', 'tokens', 'list')).out).toMatch(/^You have no personal access tokens\.\n/);
    const first = await created(cli, '--name', 'CI/CD Pipeline', '--expires-in', '30d');
    await created(cli, '--name', 'Žluťoučký 日本語 🚀');

    const { out } = await cli.run('auth', 'tokens', 'list');
    const [header = '', dashes, newer = '', older = ''] = out.split('\n');
    expect(header).toMatch(/^ID {25}Name {20}Created {6}Last Used {4}Expires$/);
    expect(dashes).toBe('-'.repeat(90));
    expect(newer).toMatch(/^tok_\w{20} {3}Žluťoučký 日本語 🚀 {5}\d{4}-\d\d-\d\d {3}Never {8}\d{4}-\d\d-\d\d$/);
    expect(older).toMatch(/^tok_\w{20} {3}CI\/CD Pipeline {10}\d{4}-\d\d-\d\d {3}Never {8}\d{4}-\d\d-\d\d$/);

    const id = idIn(older);
    const rotated = await token(cli.run('auth', 'tokens', 'rotate', id.slice(0, 12), '--grace', '24h'));
    expect(await answers([first, rotated])).toEqual([200, 200]);
    const successor = (await tokensOf(cli)).find(({ name, id: other }) => name === 'CI/CD Pipeline' && other !== id);
    expect(await cli.run('auth', 'tokens', 'rotate', id)).toMatchObject({
      code: 1,
      err: 'Error: This token was rotated before. Rotate its successor.\nStatus: 409 Conflict\n',
    });

    expect(await cli.run('auth', 'tokens', 'revoke', id)).toEqual({
      code: 0,
      out: `✓ Revoked: ${id}  CI/CD Pipeline\n`,
      err: '',
    });
    expect(await answers([first, rotated])).toEqual([401, 200]);
    expect(await cli.run('auth', 'tokens', 'revoke', id, '--json')).toMatchObject({
      code: 0,
      err: `✓ Revoked: ${id}\n`,
    });
    const beginning = successor?.id.slice(0, 14) ?? '';
    expect(await cli.run('auth', 'tokens', 'revoke', beginning)).toMatchObject({ code: 0 });
    expect(await answers([rotated])).toEqual([401]);

    expect(await cli.run('auth', 'tokens', 'revoke', 'tok_')).toMatchObject({ code: 0 });
    expect(await cli.run('auth', 'tokens', 'revoke', 'tok_unknown')).toMatchObject({
      code: 1,
      err: 'Error: Token not found\nStatus: 404 Not Found\n\nSee your tokens and their ids:\n  teamday auth tokens list\n',
    });
  });

  it('lets the old token go at the first use of the new one', async () => {
    const cli = await signedIn();
    const old = await created(cli, '--name', 'Bot');
    const id = (await tokensOf(cli))[0]?.id ?? '';
    const next = await token(cli.run('auth', 'tokens', 'rotate', id, '--until-first-use'));
    expect(await answers([old, next, old])).toEqual([200, 200, 401]);
  });

  it('is told what the server does not allow', async () => {
    const cli = await signedIn();
    expect(await cli.run('auth', 'tokens', 'create', '--name', 'x', '--expires-in', 'never')).toMatchObject({
      code: 1,
      err: 'Error: Personal access tokens must expire: --expires-in must be 1d to 365d\nStatus: 400 Bad Request\n',
    });
    expect((await cli.run('auth', 'tokens', 'create', '--name', 'x\u202ey')).err).toContain('Error: name must be 1 to');
  });
});

describe('a personal access token', () => {
  it('says whose it is and warns before it ends; lists and revokes, but neither creates nor rotates', async () => {
    const owner = await signedIn();
    const value = await created(owner, '--name', 'Short', '--expires-in', '7');
    const cli = await terminalOf(identity.url);
    expect(await cli.run('auth', 'set-key', value)).toMatchObject({ code: 0, err: '' });
    const warning = `The token in use (${cli.configFile}) expires in 7 days. Replace it in time: Settings → API Keys.\n`;

    expect(await cli.run('auth', 'status')).toEqual({
      code: 0,
      out: `✓ Authenticated

User: ${identity.demo?.email}
Organization: Acme Corp
Method: Personal Access Token
Name: Short
Token: Valid (expires in 7 days)
Source: ${cli.configFile}
Server: ${identity.url}
`,
      err: warning,
    });
    expect(await cli.run(...ME)).toMatchObject({ code: 0, err: warning });

    const { id = '' } = (await tokensOf(cli)).find(({ name }) => name === 'Short') ?? {};
    for (const act of [
      ['create', '--name', 'Other'],
      ['rotate', id],
    ]) {
      const { code, out, err } = await cli.run('auth', 'tokens', ...act);
      expect({ code, out }).toEqual({ code: 5, out: '' });
      expect(err).toMatch(FORBIDDEN);
      expect(err).toContain('Sign in with your browser:\n  teamday auth login\n');
    }

    await created(owner, '--name', 'Another');
    const { code, out } = await cli.run('auth', 'tokens', 'revoke', '--all', '--yes');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`\n✓ Revoked: ${id}  Short\n\\d+ tokens revoked\\.\n$`));
    expect((await owner.run('auth', 'tokens', 'list')).out).toMatch(/^You have no/);
    expect(await cli.run(...ME)).toMatchObject({ code: 4 });
    expect(await answers([value])).toEqual([401]);
  });

  it('that was revoked elsewhere says so', async () => {
    const owner = await signedIn();
    const cli = await terminalOf(identity.url);
    await cli.run('auth', 'set-key', await created(owner, '--name', 'Leaked'));
    expect(await cli.run(...ME)).toMatchObject({ code: 0, err: '' });
    await owner.run('auth', 'tokens', 'revoke', '--all', '--yes');
    expect(await cli.run('auth', 'status')).toEqual({
      code: 4,
      out: '',
      err:
        'Error: Invalid token or token expired\nStatus: 401 Unauthorized\n\n' +
        'Create a new one in Settings → API Keys, then save it:\n  teamday auth set-key\n',
    });
  });
});

it('an organization token is told apart, in its life and after it', async () => {
  const owner = await signedIn();
  const path = `/api/organizations/${organizationId}/tokens`;
  const made = await owner.run('api', 'POST', path, '--data', '{"name":"Newsletter Sync","scopes":["newsletter"]}');
  const { token: value, id } = JSON.parse(made.out) as { token: string; id: string };
  registerSecretsOf(value);
  const cli = await terminalOf(identity.url);
  await cli.run('auth', 'set-key', value);

  const status = await cli.run('auth', 'status');
  expect(status).toMatchObject({ code: 0, err: '' });
  expect(status.out).toContain('\nMethod: Organization API Token\nToken: Valid (');
  const list = await cli.run('auth', 'tokens', 'list');
  expect(list.code).toBe(5);
  expect(list.err).toContain('An organization token belongs to no person');

  await owner.run('api', 'POST', `${path}/${id}/revoke`);
  const { code, err } = await cli.run('auth', 'status');
  expect(code).toBe(4);
  expect(err).toContain(
    '\nUnauthorized. Invalid or expired organization token\n\nCreate a new one in Organization Settings',
  );
});

it('too many in an hour are refused, with the time to wait', async () => {
  const cli = await signedIn();
  let refused: Finished | undefined;
  for (let count = 0; count < 15 && refused === undefined; count += 1) {
    const result = await cli.run('auth', 'tokens', 'create', '--name', `Token ${count}`);
    registerSecretsOf(result.out);
    if (result.code !== 0) refused = result;
  }
  expect(refused?.code).toBe(6);
  expect(refused?.err).toMatch(
    /^Error: Rate limit exceeded\nStatus: 429 Too Many Requests\nRetry-After: \d+\n\nTry again in (1 hour|\d+ min)\.\n$/,
  );
});

/** A terminal signed in as the demo person. */
async function signedIn(): Promise<Cli> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(identity.demo ?? { email: '', password: '' });
  const cli = await terminalOf(identity.url);
  const login = cli.start('auth', 'login', '--manual');
  await visitor.decide(await login.code(), 'authorize');
  expect(await login.finished).toMatchObject({ code: 0, err: '' });
  organizationId = (await cli.saved()).user.organizationId;
  return cli;
}

async function created(cli: Cli, ...args: string[]): Promise<string> {
  return await token(cli.run('auth', 'tokens', 'create', ...args));
}

/** What a command printed for a script to capture: a token and nothing else. */
async function token(command: Promise<Finished>): Promise<string> {
  const { code, out, err } = await command;
  registerSecretsOf(out);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^td_[\w-]{43}\n$/);
  return out.trim();
}

async function tokensOf(cli: Cli): Promise<{ id: string; name: string }[]> {
  const { out } = await cli.run('auth', 'tokens', 'list', '--json');
  return (JSON.parse(out) as { tokens: { id: string; name: string }[] }).tokens;
}

/** How the server answers each of these credentials, one after the other. */
async function answers(tokens: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const value of tokens) {
    const headers = { authorization: `Bearer ${value}` };
    statuses.push((await fetch(`${identity.url}/api/users/me`, { headers })).status);
  }
  return statuses;
}

function idIn(line: string): string {
  return ID.exec(line)?.[0] ?? '';
}
