// A database (and Redis, where the project has one) that belongs to one test file alone: made, handed out as the
// environment that a server of it is started with, and removed. Starts no server.
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { inject } from 'vitest';
import { services } from './services.ts';

export type BackendKind = 'embedded' | 'services';

export interface Backend {
  kind: BackendKind;
  /** DATA_DIR, or DATABASE_URL, REDIS_URL and ENCRYPTION_KEY. To be given without those that the tests run under. */
  env: Record<string, string>;
  /** Removes what was made. To be called once, after whatever used it has ended. */
  dispose(): Promise<void>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** On what this project's tests run. */
    backend: BackendKind;
  }
}

/** The project's own kind of backend, empty of people. Embedded it is migrated already, as a server's start does it. */
export function createBackend(): Promise<Backend> {
  return inject('backend') === 'embedded' ? createEmbedded() : createServices();
}

async function createEmbedded(): Promise<Backend> {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamday-data-'));
  await cp(inject('embeddedTemplate'), dataDir, { recursive: true });
  return {
    kind: 'embedded',
    env: { DATA_DIR: dataDir },
    dispose: () => rm(dataDir, { recursive: true, force: true }),
  };
}

async function createServices(): Promise<Backend> {
  const server = new pg.Client(services.databaseUrl);
  await server.connect();
  try {
    const slot = await takeSlot(server);
    const database = `teamday_test_${slot}`;
    const redisUrl = withPath(services.redisUrl, slot);
    const clear = async () => {
      await server.query(`drop database if exists ${database} with (force)`);
      await flush(redisUrl);
    };
    await clear(); // a run that was killed left its own
    await server.query(`create database ${database}`);
    return {
      kind: 'services',
      env: {
        DATABASE_URL: withPath(services.databaseUrl, database),
        REDIS_URL: redisUrl,
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      },
      async dispose() {
        try {
          await clear();
        } finally {
          await server.end();
        }
      },
    };
  } catch (error) {
    await server.end();
    throw error;
  }
}

/** Redis has 16 databases, and 0 is somebody's. */
const SLOTS = Array.from({ length: 15 }, (_, index) => index + 1);
/** Any number that nobody else locks. */
const LOCK = 0x7eada;

/** A number that no other test file has, of this run or of another: locked for as long as the connection lives. */
async function takeSlot(server: pg.Client): Promise<number> {
  for (const slot of SLOTS) {
    const { rows } = await server.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      LOCK,
      slot,
    ]);
    if (rows[0]?.taken) return slot;
  }
  throw new Error(`All ${SLOTS.length} test databases are in use: wait for the other test runs to end.`);
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}

function withPath(url: string, path: string | number): string {
  return Object.assign(new URL(url), { pathname: `/${path}` }).href;
}
