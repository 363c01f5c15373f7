// The built server as a process of its own, on a Postgres database made for this run, with limits out of the way.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';

const root = resolve(import.meta.dirname, '../..');
const POSTGRES = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export function databaseUrlOf(database: string): string {
  return Object.assign(new URL(POSTGRES), { pathname: database }).href;
}

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly database: string;
  readonly sql: pg.Client;
  stop(): Promise<void>;
}

export async function startBenchServer(database: string): Promise<BenchServer> {
  const admin = new pg.Client(POSTGRES);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${database}`);
  const databaseUrl = databaseUrlOf(database);

  const configDir = await mkdtemp(join(tmpdir(), 'teamday-bench-'));
  for (const file of ['services.json', 'clients.json', 'demo.json', 'settings.json']) {
    const text = await readFile(join(root, 'config', file), 'utf8');
    await writeFile(join(configDir, file), file === 'settings.json' ? withoutLimits(text) : text);
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(root, 'bin/teamday-identity.js'), 'serve'], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      CONFIG_DIR: configDir,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await ready(url);
  const sql = new pg.Client(databaseUrl);
  await sql.connect();

  return {
    url,
    pid: child.pid ?? 0,
    database,
    sql,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((done) => child.once('exit', done));
      await sql.end();
      await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await admin.end();
      await rm(configDir, { recursive: true });
    },
  };
}

function withoutLimits(text: string): string {
  const settings = JSON.parse(text) as { limits: Record<string, object> };
  for (const name of Object.keys(settings.limits)) settings.limits[name] = { points: 10_000_000, seconds: 3_600 };
  return JSON.stringify(settings);
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`${url} did not get ready within 30 s`);
}
