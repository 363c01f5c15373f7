// No secret at rest, over the whole test run: what a test's server hands out or is handed is registered here, and when
// the server is done its database, its Redis and all it printed are searched for every one of them.
import { Redis } from 'ioredis';
import { openDatabase } from '../../src/database/open-database.ts';
import { tablesOf } from './tables.ts';

/** Spelling -> what kind of secret it is. Of this test file's process. */
const registered = new Map<string, string>();

/** Shorter ones would be found by chance. Also the length by which `find` looks them up. */
const SHORTEST = 8;

/** From here on `value` must not be found anywhere. Its bytes count too: as hex, which is how a dump shows bytea. */
export function registerSecret(kind: string, value: string): void {
  if (value.length < SHORTEST) return;
  const bytes = Buffer.from(value);
  const spellings = [value, encodeURIComponent(value), encodeURIComponent(value).replaceAll('%20', '+')];
  for (const spelling of spellings) registered.set(spelling, kind);
  for (const encoding of ['hex', 'base64'] as const) registered.set(bytes.toString(encoding), `${kind} in ${encoding}`);
  if (/^[A-Za-z0-9_-]{22,}$/.test(value))
    registered.set(Buffer.from(value, 'base64url').toString('hex'), `${kind}, decoded`);
}

const SECRET_MEMBERS = /^(?:device_code|access_token|refresh_token|client_secret)$/;

/** The secrets in an answer, JSON or page, or in what a command printed. */
export function registerSecretsOf(body: unknown): void {
  if (typeof body === 'string') {
    for (const [token] of body.matchAll(/\b(?:td|otk)_[A-Za-z0-9_-]{43}/g)) registerSecret('token', token);
  } else if (typeof body === 'object' && body !== null) {
    for (const [name, value] of Object.entries(body)) {
      registerSecretsOf(value);
      if (SECRET_MEMBERS.test(name)) registerSecret(name, String(value));
      if (name === 'user_code') for (const code of [value, value.replace('-', '')]) registerSecret(name, code);
    }
  }
}

/**
 * To be called when the server has ended and before its data is removed.
 * @param env how the server was configured: DATA_DIR, or DATABASE_URL and REDIS_URL
 * @param printed place -> all that was logged or printed there
 * @throws naming kind and place of each secret that was found, never the secret
 */
export async function searchForSecrets(
  env: Readonly<Record<string, string>>,
  printed: Readonly<Record<string, string>>,
): Promise<void> {
  const places = { ...printed, ...(await dumpDatabase(env)), ...(await dumpRedis(env['REDIS_URL'])) };
  const found = Object.entries(places).flatMap(([place, text]) => find(text).map((kind) => `${kind} in ${place}`));
  if (found.length > 0) throw new Error(`Secrets at rest: ${found.join('; ')}`);
}

/** The kinds of the registered secrets in `text`, in one pass over it however many are registered. */
function find(text: string): string[] {
  const byStart = new Map<string, string[]>();
  for (const spelling of registered.keys()) {
    const start = spelling.slice(0, SHORTEST);
    const others = byStart.get(start);
    if (others === undefined) byStart.set(start, [spelling]);
    else others.push(spelling);
  }
  const kinds = new Set<string>();
  for (let at = 0; at + SHORTEST <= text.length; at += 1) {
    for (const spelling of byStart.get(text.slice(at, at + SHORTEST)) ?? []) {
      if (text.startsWith(spelling, at)) kinds.add(registered.get(spelling) ?? '');
    }
  }
  return [...kinds];
}

async function dumpDatabase(env: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const database = await openDatabase({ databaseUrl: env['DATABASE_URL'], dataDir: env['DATA_DIR'] ?? '' });
  try {
    const dumps: Record<string, string> = {};
    for (const table of await tablesOf(database)) {
      const { rows } = await database.query<{ row: string }>(`SELECT t::text AS row FROM "${table}" t`);
      dumps[`table ${table}`] = rows.map(({ row }) => row).join('\n');
    }
    return dumps;
  } finally {
    await database.close();
  }
}

async function dumpRedis(url: string | undefined): Promise<Record<string, string>> {
  if (url === undefined) return {};
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    const keys = await redis.keys('*');
    const values = await Promise.all(keys.map((key) => readKey(redis, key)));
    return { 'the keys of Redis': keys.join('\n'), 'the values of Redis': JSON.stringify(values) };
  } finally {
    redis.disconnect();
  }
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'none':
      return null; // expired meanwhile
    case 'string':
      return await redis.get(key);
    case 'hash':
      return await redis.hgetall(key);
    case 'list':
      return await redis.lrange(key, 0, -1);
    case 'set':
      return await redis.smembers(key);
    case 'zset':
      return await redis.zrange(key, '0', '-1');
    default:
      throw new Error(`Teach the search for secrets to read a ${type} of Redis.`);
  }
}
