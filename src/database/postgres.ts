// The Database port on a Postgres server, by pg. Only this file and prepared-query.ts import pg.
import type { Socket } from 'node:net';
import pg from 'pg';
import { SECOND } from '../clock.ts';
import { type Database, DatabaseUnavailable, RolledBack } from './database.ts';
import { translate } from './driver-errors.ts';
import { watchForHung } from './hung-connections.ts';
import { migrateWith } from './migrate.ts';
import { PreparedQuery, type PreparedResult, runPrepared } from './prepared-query.ts';

/** Covers waiting for a connection that is free, too. */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Covers waiting in a commit, for the head of an audit chain, which the other one doesn't. */
const LOCK_TIMEOUT_MS = 5_000;
/** An instance that is stopped in the middle of a transaction gives up its locks, and the others go on. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;

/** Connections of one instance at most, for single statements and for transactions. */
const MAX_STATEMENTS = 3;
const MAX_TRANSACTIONS = 8;

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * @param url postgres://user:password@host:port/database
 * @param onIdleError told when a pooled connection breaks while nobody uses it
 */
export function openPostgres(url: string, onIdleError: (error: Error) => void): Database {
  const hung = watchForHung(STATEMENT_TIMEOUT_MS + SECOND, breakConnection);
  const pool = (max: number) =>
    new pg.Pool({
      connectionString: url,
      max,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'teamday-identity',
      onConnect: refuseStandby as (client: pg.ClientBase) => void, // awaited, whatever its type says
    })
      .on('error', onIdleError)
      .on('acquire', (client) => hung.asked(client))
      .on('release', (_, client) => hung.rests(client))
      .on('remove', (client) => hung.rests(client));
  // Apart, so that introspection never waits for those who wait for each other's locks.
  const [statements, transactions] = [pool(MAX_STATEMENTS), pool(MAX_TRANSACTIONS)];

  return {
    query: (text, parameters) => run(statements, text, parameters),

    async transaction(work) {
      const client = await transactions.connect().catch((error: unknown) => {
        throw translate(error);
      });
      let broken = false;
      const onError = (error: Error) => {
        broken = true;
        onIdleError(error);
      };
      client.on('error', onError); // the pool listens to idle connections only: unheard, a lost one ends the process
      try {
        const query = <Row extends object>(text: string, parameters?: readonly unknown[]) => {
          hung.asked(client);
          return run<Row>(client, text, parameters);
        };
        await query('BEGIN');
        const result = await work({ query });
        if ((await query('COMMIT')).command !== 'COMMIT') throw new RolledBack('a statement had been refused');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    },

    async migrate() {
      // A connection of its own, without the statement time-out: others wait here for the one that works.
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
      try {
        await client.connect();
        await migrateWith(client);
      } catch (error) {
        throw translate(error);
      } finally {
        await client.end().catch(() => {});
      }
    },

    async close() {
      hung.stop();
      await Promise.all([statements.end(), transactions.end()]);
    },
  };
}

/**
 * A standby is behind: it would still say active of what was revoked on the primary.
 * @throws DatabaseUnavailable
 */
async function refuseStandby(client: pg.ClientBase): Promise<void> {
  // The first that is asked of a connection: nothing else watches over it yet.
  const question = { text: 'SELECT pg_is_in_recovery() AS standby', query_timeout: CONNECT_TIMEOUT_MS };
  const { rows } = await client.query<{ standby: boolean }>(question);
  if (rows[0]?.standby !== false) throw new DatabaseUnavailable('DATABASE_URL leads to a standby, not to the primary');
}

/** What waits for it fails: the driver knows no other way to stop waiting. */
function breakConnection(client: pg.PoolClient): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } };
  connection.stream.destroy(new Error('the database did not answer in time'));
}

/** Text -> name. There are as many texts as places that send one. */
const names = new Map<string, string>();

/** Every statement with parameters is prepared, once a connection: planning it would cost Postgres more than running it. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}

async function run<Row extends object>(
  on: pg.Pool | pg.PoolClient,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<PreparedResult<Row>> {
  try {
    if (parameters.length > 0) return await runPrepared(on, new PreparedQuery(nameOf(text), text, parameters));
    const { rows, rowCount, command } = await on.query<Row>(text);
    return { rows, count: rowCount ?? 0, command };
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace(error); // its own leads to the socket, not to who asked
    throw translate(error);
  }
}
