// The built server as a process of its own, on a database made for this run and with limits out of the way: one
// organization, one person who signed in, one service that introspects. All by the doors that everybody uses.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';
import { logIn } from '../../test/support/oauth.ts';
import { Visitor } from '../../test/support/visitor.ts';
import { connect, expectStatus } from './http.ts';
import type { Measured } from './measure.ts';
import { basic, bearer, jsonRequest } from './requests.ts';

const root = resolve(import.meta.dirname, '../..');
const command = join(root, 'bin/teamday-identity.js');
const POSTGRES = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export const ADA = { email: 'ada@acme.example', password: 'correct horse battery', organizationId: 'org_bench' };

export interface BenchServer extends Measured {
  readonly url: string;
  /** Authorization of the service that introspects. */
  readonly service: string;
  /** Access token of the person who signed in. */
  readonly accessToken: string;
  /** New tokens of that person, or of their organization. */
  issue(kind: 'personal' | 'organization', count: number): Promise<readonly string[]>;
  /** Access tokens of as many sign-ins of that person. */
  signIn(count: number): Promise<readonly string[]>;
  /** On its database, where that is on Postgres. */
  sql(statement: string, parameters?: readonly unknown[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param name of the database on Postgres; undefined: the embedded one
 * @param env what else it is configured by
 */
export async function startBenchServer(
  name: string | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'teamday-bench-'));
  await writeConfiguration(folder);
  const storage = name === undefined ? undefined : await createDatabase(name);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const all = {
    PATH: process.env['PATH'],
    PORT: String(port),
    ...(storage === undefined ? { DATA_DIR: join(folder, 'data') } : { DATABASE_URL: storage.url }),
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    CONFIG_DIR: folder,
    LOG_LEVEL: 'error',
    ...env,
  };
  const operate = (args: string, stdin = '') => runCommand(args.split(' '), stdin, all);
  await operate('organizations create --id org_bench --name Bench');
  const person = `--email ${ADA.email} --name Ada --organization ${ADA.organizationId} --role admin`;
  await operate(`users create ${person} --password-stdin`, ADA.password);
  const made = JSON.parse(await operate('resource-servers create --id bench --json')) as { client_secret: string };

  const child = spawn(process.execPath, [command, 'serve'], {
    env: { ...all, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await ready(url, child);
  const browser = new Visitor(url);
  await browser.signIn(ADA);
  const signIn = async () => (await logIn(url, ADA, browser)).access_token;
  const accessToken = await signIn();
  return {
    url,
    pid: child.pid ?? 0,
    database: name,
    service: basic('bench', made.client_secret),
    accessToken,
    async issue(kind, count) {
      const path = kind === 'personal' ? 'users/me' : `organizations/${ADA.organizationId}`;
      const request = jsonRequest(`${url}/api/${path}/tokens`, bearer(accessToken), { name: 'Bench' });
      const connection = await connect(url);
      const tokens: string[] = [];
      while (tokens.length < count) {
        const { body } = await expectStatus(201, connection.exchange(request));
        tokens.push((JSON.parse(body) as { token: string }).token);
      }
      connection.close();
      return tokens;
    },
    async signIn(count) {
      const tokens: string[] = [];
      while (tokens.length < count) tokens.push(await signIn());
      return tokens;
    },
    async sql(statement, parameters = []) {
      await storage?.client.query(statement, [...parameters]);
    },
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await storage?.remove();
      await rm(folder, { recursive: true });
    },
  };
}

/** Sign-ins live as long as the run, and nothing is limited. */
async function writeConfiguration(folder: string): Promise<void> {
  await cp(join(root, 'config'), folder, { recursive: true });
  const file = join(folder, 'settings.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as {
    accessToken: object;
    limits: Record<string, { points: number }>;
  };
  settings.accessToken = { ...settings.accessToken, lifetimeSeconds: 3_600 };
  for (const limit of Object.values(settings.limits)) limit.points = 100_000_000;
  await writeFile(file, JSON.stringify(settings));
}

/** Version and what of its configuration matters here. */
export async function describePostgres(): Promise<string> {
  const client = new pg.Client(POSTGRES);
  await client.connect();
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, current_setting(name) AS setting FROM pg_settings
     WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'shared_buffers', 'autovacuum')`,
  );
  await client.end();
  const { server_version: version, ...settings } = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  return `${version}, ${Object.entries(settings)
    .map((pair) => pair.join(' '))
    .join(', ')}`;
}

async function createDatabase(name: string) {
  const admin = new pg.Client(POSTGRES);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(POSTGRES), { pathname: name }).href;
  const client = new pg.Client(url);
  await client.connect();
  return {
    url,
    client,
    async remove() {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

async function runCommand(args: readonly string[], stdin: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(stdin);
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(`teamday-identity ${args.join(' ')} ended with ${child.exitCode}`);
  return out;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`${url} did not get ready within 30 s`);
}
