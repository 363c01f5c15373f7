// Where the tests find Postgres and Redis, and which of the two doesn't answer. Starts and stops neither.
import { Redis } from 'ioredis';
import pg from 'pg';

const PATIENCE = 3_000;

/** Servers on which the tests may create and drop databases; the defaults are those of a fresh installation. */
export const services = {
  databaseUrl: process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  redisUrl: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
};

/** A line for each service that doesn't answer, with its address (never its password) and the reason. */
export async function missingServices(): Promise<string[]> {
  const reasons = await Promise.all([
    reasonAgainst('Postgres', 'DATABASE_URL', services.databaseUrl, askPostgres),
    reasonAgainst('Redis', 'REDIS_URL', services.redisUrl, askRedis),
  ]);
  return reasons.filter((reason) => reason !== undefined);
}

async function reasonAgainst(
  name: string,
  variable: string,
  url: string,
  ask: (url: string) => Promise<unknown>,
): Promise<string | undefined> {
  try {
    await ask(url);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    return `${name} doesn't answer at ${URL.canParse(url) ? new URL(url).host : 'its address'} (${variable}): ${reason}`;
  }
}

async function askPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: PATIENCE });
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

async function askRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: PATIENCE, retryStrategy: () => null });
  let cause: Error | undefined;
  client.on('error', (error) => {
    cause = error; // connect() itself only says that the connection is closed
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw cause ?? error;
  } finally {
    client.disconnect();
  }
}
