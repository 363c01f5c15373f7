// The Database port on PGlite: real Postgres in WebAssembly, in this process, its files in DATA_DIR.
// Survives a crash of the process; issues no fsync, so a power cut may lose what was acknowledged last.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type PGliteInterface, type Transaction } from '@electric-sql/pglite';
import type { Database, Result } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { translate } from './driver-errors.ts';
import { migrateWith } from './migrate.ts';

const INT8 = 20;
const BYTEA = 17;

/**
 * Opens (at first: creates) the database in `dataDir`/postgres.
 * @throws DirectoryInUse when another process has it open
 */
export async function openEmbedded(dataDir: string): Promise<Database> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = await lockDirectory(dataDir);
  let pglite: PGlite;
  try {
    pglite = await PGlite.create(join(dataDir, 'postgres'), {
      parsers: { [INT8]: Number, [BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex') },
    });
  } catch (error) {
    await unlock();
    throw error;
  }

  return {
    query: (text, parameters) => run(pglite, text, parameters),
    transaction: (work) => pglite.transaction((tx) => work({ query: (text, parameters) => run(tx, text, parameters) })),
    migrate: () => migrateWith(pgClient(pglite)),
    async close() {
      if (!pglite.closed) await pglite.close();
      await unlock();
    },
  };
}

async function run<Row extends object>(
  on: PGliteInterface | Transaction,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Result<Row>> {
  try {
    const { rows, affectedRows } = await on.query<Row>(text, [...parameters]);
    return { rows, count: rows.length > 0 ? rows.length : (affectedRows ?? 0) };
  } catch (error) {
    throw translate(error);
  }
}

/** The little of pg's client that node-pg-migrate uses, on PGlite. */
function pgClient(pglite: PGlite): Parameters<typeof migrateWith>[0] {
  const client = {
    async query(given: string | { text: string; values?: unknown[] }, more?: unknown[]) {
      const { text, values = [] } = typeof given === 'string' ? { text: given, values: more } : given;
      if (values.length > 0) return await pglite.query(text, values);
      const results = await pglite.exec(text); // several statements in one text, as pg's simple protocol allows
      const last = results.at(-1) ?? { rows: [], fields: [] };
      return { ...last, rowCount: last.affectedRows ?? last.rows.length };
    },
    once: () => client,
    on: () => client,
    removeListener: () => client,
    connect: async () => {},
    end: async () => {},
  };
  return client as unknown as Parameters<typeof migrateWith>[0];
}
