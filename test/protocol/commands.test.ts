// teamday-identity as an operator runs it: the built command in a process of its own. What it prints, what it refuses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { type Backend, createBackend } from '../support/backends.ts';
import { freePort } from '../support/free-port.ts';
import { startIdentityProcess } from '../support/identity-process.ts';
import { NODE_FLAGS } from '../support/node-flags.ts';
import { introspect } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { Visitor } from '../support/visitor.ts';

const command = resolve(import.meta.dirname, '../../bin/teamday-identity.js');
const embedded = inject('backend') === 'embedded';

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function run(args: readonly string[], env: Record<string, string>, stdin = ''): Promise<Outcome> {
  const child = spawn(process.execPath, [...NODE_FLAGS, command, ...args], { env });
  child.stdin.on('error', () => {}); // it may end before it reads
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/** It says why on standard error, in words and not in a stack trace. */
function expectFailure(outcome: Outcome, code: number, ...said: (string | RegExp)[]): void {
  expect(outcome.code).toBe(code);
  for (const words of said) expect(outcome.stderr).toMatch(words);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
}

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend();
});
afterAll(() => backend?.dispose());

const teamday = (args: readonly string[], stdin?: string) => run(args, backend.env, stdin);
const newUser = (...more: string[]) => ['users', 'create', '--email', 'ada@acme.example', ...more];

describe('before the first start', () => {
  it('organizations, people and services are created, and work once the server runs', async () => {
    const organization = await teamday([
      'organizations',
      'create',
      '--id',
      'org_acme',
      '--name',
      'Acme Corp',
      '--json',
    ]);
    expect(organization).toEqual({ code: 0, stdout: '{"id":"org_acme","name":"Acme Corp"}\n', stderr: '' });

    const password = 'correct horse 1 battery';
    const more = ['--name', 'Ada', '--organization', 'org_acme', '--role', 'admin', '--password-stdin', '--json'];
    const user = await teamday(newUser(...more), `${password}\n`);
    expect(user).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(user.stdout)).toEqual({ id: expect.stringMatching(/^user_/) });

    const server = ['resource-servers', 'create', '--id', 'newsletter', '--services', 'newsletter, agents', '--json'];
    const service = await teamday(server);
    const { client_id: id, client_secret: secret } = JSON.parse(service.stdout);
    registerSecret('client secret', secret);
    expect(service).toMatchObject({ code: 0, stderr: '' });
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);

    const running = await startIdentityProcess({ backend });
    try {
      expect(running.output).not.toContain('First start');
      expect((await new Visitor(running.url).signIn({ email: 'ada@acme.example', password })).status).toBe(303);
      const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      expect((await introspect(running.url, authorization, 'unknown')).body).toEqual({ active: false });
    } finally {
      await running.stop();
    }
  });

  it('refuses what exists already', async () => {
    expectFailure(
      await teamday(['organizations', 'create', '--id', 'acme', '--name', 'Again']),
      1,
      'there is an organization org_acme already',
    );
    expectFailure(await teamday(newUser('--organization', 'acme')), 1, 'is a member of org_acme already');
    expectFailure(
      await teamday(['resource-servers', 'create', '--id', 'newsletter']),
      1,
      'there is a resource server newsletter already',
    );
  });

  it('adds a person who is known to another organization, with the password they have', async () => {
    expect(await teamday(['organizations', 'create', '--id', 'beta', '--name', 'Beta'])).toMatchObject({
      code: 0,
      stdout: 'org_beta\n',
    });
    const wrong = await teamday(newUser('--organization', 'beta', '--password-stdin'), 'another password');
    expectFailure(wrong, 1, 'has an account with another password: leave --password-stdin away');
    const added = await teamday(newUser('--organization', 'beta', '--role', 'viewer'));
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^user_\S+\n$/) });
  });

  it('gives a person who has no password yet the one that comes with another organization', async () => {
    const grace = (organization: string, ...more: string[]) => [
      'users',
      'create',
      '--email',
      'grace@acme.example',
      '--organization',
      organization,
      ...more,
    ];
    const password = 'correct horse 2 battery';
    expect(await teamday(grace('acme'))).toMatchObject({ code: 0 });
    expect(await teamday(grace('beta', '--password-stdin'), password)).toMatchObject({ code: 0, stderr: '' });
    const running = await startIdentityProcess({ backend });
    try {
      expect((await new Visitor(running.url).signIn({ email: 'grace@acme.example', password })).status).toBe(303);
    } finally {
      await running.stop();
    }
  });

  it('takes a service’s public keys instead of a secret, and only public ones', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'teamday-jwks-'));
    try {
      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
      const file = async (name: string, content: string) => {
        await writeFile(join(folder, name), content);
        return ['resource-servers', 'create', '--id', 'with-key', '--json', '--jwks-file', join(folder, name)];
      };
      const bad = {
        'private.json': [JSON.stringify({ keys: [await exportJWK(privateKey)] }), 'private keys'],
        'empty.json': ['{"keys":[]}', 'no keys'],
        'nonsense.json': ['{', '--jwks-file'],
      };
      for (const [name, [content = '', said = '']] of Object.entries(bad))
        expectFailure(await teamday(await file(name, content)), 1, said);
      const good = await teamday(await file('good.json', JSON.stringify({ keys: [await exportJWK(publicKey)] })));
      expect(good).toEqual({ code: 0, stdout: '{"client_id":"with-key"}\n', stderr: '' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('names an organization or service that there is none of', async () => {
    expectFailure(
      await teamday(newUser('--organization', 'nothing')),
      1,
      'no organization org_nothing: create it first',
    );
    expectFailure(
      await teamday(['resource-servers', 'create', '--id', 'x', '--services', 'newsletter,nothing']),
      1,
      /unknown service nothing: .* has newsletter/,
    );
  });
});

describe.runIf(embedded)('bad values', () => {
  it.each<[string, string[], string]>([
    [
      'an address',
      ['users', 'create', '--email', 'nobody', '--organization', 'acme'],
      '"nobody" is not an e-mail address',
    ],
    ['a role', newUser('--organization', 'acme', '--role', 'owner'), '--role must be one of admin, member, viewer'],
    ['an organization', newUser('--organization', 'a b'), '--organization must be org_'],
    ['a name', newUser('--organization', 'acme', '--name', 'x'.repeat(101)), '--name must be 1 to 100 characters'],
    ['a short password', newUser('--organization', 'acme', '--password-stdin'), 'at least 8 characters'],
    ['an organization’s id', ['organizations', 'create', '--id', 'a/b', '--name', 'A'], '--id must be org_'],
    ['an organization’s name', ['organizations', 'create', '--name', ' '], '--name must be'],
    ['a service’s id', ['resource-servers', 'create', '--id', 'a b'], '--id must be up to 64'],
  ])('%s: exit 1, and what it must be', async (_what, args, said) => {
    expectFailure(await teamday(args, 'short'), 1, said);
  });
});

describe.runIf(embedded)('a wrong command line', () => {
  it.each([
    ['nothing', []],
    ['an unknown command', ['nonsense']],
    ['half a command', ['users']],
    ['an unknown option', ['migrate', '--nonsense']],
    ['a missing option', ['users', 'create', '--email', 'ada@acme.example']],
    ['an option without its value', ['organizations', 'create', '--name']],
    ['too many words', ['migrate', 'now']],
  ])('with %s: exit 2, and how to find help', async (_what, args) => {
    expectFailure(await run(args, {}), 2, /--help|Usage/);
  });

  it.each([['--help'], ['--version'], ['users', 'create', '--help']])('%s %s %s is none', async (...args) => {
    const outcome = await run(args, {});
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).not.toBe('');
  });
});

describe.runIf(embedded)('the configuration', () => {
  it.each(['serve', 'migrate', 'healthcheck'])('is refused by %s with all its faults at once', async (name) => {
    const outcome = await run([name], {
      NODE_ENV: 'production',
      PORT: 'many',
      PUBLIC_URL: 'http://teamday.example/path',
      DATABASE_URL: 'mysql://somewhere',
      REDIS_URL: 'somewhere',
      ENCRYPTION_KEY: 'short',
      TRUSTED_PROXIES: '10.0.0.0/8, nonsense',
      LOG_LEVEL: 'loud',
      HOST_FILE: '/does/not/exist',
    });
    expectFailure(outcome, 1, 'The configuration has 9 faults', 'PORT must be', 'without path', 'must be https');
    for (const said of ['DATABASE_URL', 'REDIS_URL', 'ENCRYPTION_KEY', 'TRUSTED_PROXIES', 'LOG_LEVEL', 'HOST_FILE'])
      expect(outcome.stderr).toContain(said);
  });

  it('must have a key in production on Postgres', async () => {
    const env = { NODE_ENV: 'production', DATABASE_URL: 'postgres://127.0.0.1:1/x', PUBLIC_URL: 'https://id.example' };
    expectFailure(await run(['serve'], env), 1, 'ENCRYPTION_KEY is missing', 'openssl rand');
  });

  it('may name a database that is away: exit 1, and where to look', async () => {
    const env = { DATABASE_URL: 'postgres://127.0.0.1:1/nothing' };
    for (const name of ['serve', 'migrate']) expectFailure(await run([name], env), 1, 'Check DATABASE_URL');
  });

  it('may name a port where nothing answers, or one that is taken', async () => {
    const port = String(await freePort());
    expectFailure(
      await run(['healthcheck'], { PORT: port }),
      1,
      `no answer from http://127.0.0.1:${port}/health/ready`,
    );
  });
});

describe('while the server runs', () => {
  it('says what can’t be done on the embedded database, and does it on Postgres', async () => {
    const running = await startIdentityProcess({ backend });
    const other = embedded ? await createBackend() : undefined; // so that it is the port alone that is taken
    try {
      const health = await run(['healthcheck'], { ...running.env });
      expect(health).toMatchObject({ code: 0, stderr: '' });
      const created = await run(['organizations', 'create', '--name', 'Late'], { ...running.env });
      if (embedded) expectFailure(created, 1, /is in use by another process \(pid \d+\)/, 'stop that one first');
      else expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^org_/) });

      const taken = await run(['serve'], { ...running.env, ...other?.env });
      expectFailure(taken, 1, /Port \d+ of 127\.0\.0\.1 is taken by another program/);

      const ports = { PORT: String(await freePort()), METRICS_PORT: running.env['PORT'] ?? '' };
      const metricsTaken = await run(['serve'], {
        ...running.env,
        ...other?.env,
        ...ports,
        PUBLIC_URL: '',
      });
      expectFailure(metricsTaken, 1, /Port \d+ of 127\.0\.0\.1 is taken by another program/);
    } finally {
      await running.stop();
      await other?.dispose();
    }
  });
});

describe('the encryption key', () => {
  it.runIf(embedded)(
    'in its file is refused when others can read it, when it was changed, damaged or lost',
    async () => {
      const file = join(backend.env['DATA_DIR'] ?? '', 'encryption.key');
      const key = await readFile(file, 'utf8');
      const serve = async () => await run(['serve'], { ...backend.env, PORT: String(await freePort()) });
      const put = async (content: string) => await writeFile(file, content, { mode: 0o600 });

      await chmod(file, 0o644);
      expectFailure(await serve(), 1, `can be read by others. Run: chmod 600 ${file}`);
      await chmod(file, 0o600);
      await put(Buffer.alloc(32).toString('base64'));
      expectFailure(await serve(), 1, 'is not the one this database’s keys'.replace('’', "'"), 'as it was when');
      await put('damaged');
      expectFailure(await serve(), 1, 'is damaged', 'from a backup');
      await rm(file);
      expectFailure(await serve(), 1, 'The encryption key is missing', 'from a backup');

      await put(key);
      const running = await startIdentityProcess({ backend });
      await running.stop();
    },
  );

  it.runIf(!embedded)('of the environment is refused when it was changed or left away', async () => {
    const changed = {
      ...backend.env,
      PORT: String(await freePort()),
      ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    };
    expectFailure(await run(['serve'], changed), 1, 'is not the one', 'Set ENCRYPTION_KEY');
    const folder = await mkdtemp(join(tmpdir(), 'teamday-data-'));
    const { ENCRYPTION_KEY: _away, ...rest } = { ...changed, DATA_DIR: folder };
    expectFailure(await run(['serve'], rest), 1, 'The encryption key is missing');
    await rm(folder, { recursive: true });
  });
});

describe('migrate', () => {
  it('may be run again', async () => {
    const said = { code: 0, stdout: 'The database schema is up to date.\n', stderr: '' };
    expect(await teamday(['migrate'])).toEqual(said);
  });

  it.runIf(!embedded)('may be run by several at once on an empty database', async () => {
    const empty = await createBackend();
    try {
      const outcomes = await Promise.all([1, 2, 3].map(() => run(['migrate'], empty.env)));
      for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 0, stderr: '' });
      const database = await openDatabase({ databaseUrl: empty.env['DATABASE_URL'], dataDir: '' });
      const { rows } = await database.query<{ name: string }>('SELECT name FROM schema_migrations');
      await database.close();
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    } finally {
      await empty.dispose();
    }
  });
});

describe('the first start in production', () => {
  it('prints a set-up link, which makes the first admin; until then each start prints another', async () => {
    const running = await startIdentityProcess({ env: { NODE_ENV: 'production' } });
    try {
      const links = () => [...running.output.matchAll(/http:\/\/\S+\/set-up\?token=([A-Za-z0-9_-]{43})/g)];
      expect(links()).toHaveLength(1);
      expect(running.output).not.toContain('Password:');
      expect(running.output).toContain('within an hour');
      await running.kill();
      await running.restart();
      expect(links()).toHaveLength(2);

      const admin = {
        organization: 'Acme',
        name: 'Ada',
        email: 'ada@acme.example',
        password: 'correct horse 2 battery',
      };
      const visitor = new Visitor(running.url);
      const page = await visitor.get(`/set-up?token=${links()[0]?.[1]}`);
      expect((await visitor.submit('/set-up', page, admin)).status).toBe(303);
      expect((await visitor.signIn(admin)).status).toBe(303);

      await running.kill();
      await running.restart();
      expect(links()).toHaveLength(2);
    } finally {
      await running.stop();
    }
  });
});
