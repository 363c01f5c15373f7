// The Database port on PGlite: real Postgres in WebAssembly, in this process, its files in DATA_DIR.
// Survives a crash of the process; issues no fsync, so a power cut may lose what was acknowledged last.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Mutex, messages, PGlite, parse, protocol } from '@electric-sql/pglite';
import { type Database, type Result, RolledBack } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { translate } from './driver-errors.ts';
import { migrateWith } from './migrate.ts';

const INT8 = 20;
const BYTEA = 17;
const TEXT = 25;

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
  const run = prepareAll(pglite);
  // There is one session for all: a transaction has it to itself.
  const session = new Mutex();

  return {
    query: (text, parameters) => session.runExclusive(() => run(text, parameters)),

    transaction: (work) =>
      session.runExclusive(async () => {
        await run('BEGIN');
        try {
          const result = await work({ query: run });
          if ((await run('COMMIT')).command !== 'COMMIT') throw new RolledBack('a statement had been refused');
          return result;
        } catch (error) {
          await run('ROLLBACK');
          throw error;
        }
      }),

    migrate: () => session.runExclusive(() => migrateWith(pgClient(pglite))),

    async close() {
      await session.runExclusive(async () => {
        if (!pglite.closed) await pglite.close();
      });
      await unlock();
    },
  };
}

interface Prepared {
  readonly name: string;
  /** Type ids of the parameters. */
  readonly parameterTypes: readonly number[];
  /** What its rows are made of; undefined: it yields none. */
  readonly rowDescription: messages.RowDescriptionMessage | undefined;
}

type Run = <Row extends object>(
  text: string,
  parameters?: readonly unknown[],
) => Promise<Result<Row> & { command: string | undefined }>;

const SYNC = protocol.serialize.sync();

/**
 * Every statement is prepared when it first comes: planning it anew each time, as PGlite's own query() does, costs several
 * times what running it does. There are as many as places that send one.
 */
function prepareAll(pglite: PGlite): Run {
  const all = new Map<string, Prepared>();
  let count = 0;

  async function prepare(text: string): Promise<Prepared> {
    count += 1;
    const name = `s${count}`;
    const parts = [protocol.serialize.parse({ name, text }), protocol.serialize.describe({ type: 'S', name }), SYNC];
    const { messages: answer } = await pglite.execProtocol(Buffer.concat(parts));
    const isRows = (one: messages.BackendMessage) => one instanceof messages.RowDescriptionMessage;
    const prepared = {
      name,
      parameterTypes: parse.parseDescribeStatementResults(answer),
      rowDescription: answer.find(isRows) as messages.RowDescriptionMessage | undefined,
    };
    all.set(text, prepared);
    return prepared;
  }

  return async function run<Row extends object>(
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<Result<Row> & { command: string | undefined }> {
    try {
      const { name, parameterTypes, rowDescription } = all.get(text) ?? (await prepare(text));
      const values = parameters.map((parameter, n) => serialize(pglite, parameter, parameterTypes[n]));
      const parts = [protocol.serialize.bind({ statement: name, values }), protocol.serialize.execute({}), SYNC];
      const { messages: answer } = await pglite.execProtocol(Buffer.concat(parts));
      const described = rowDescription === undefined ? answer : [rowDescription, ...answer];
      const [result] = parse.parseResults(described, pglite.parsers);
      const rows = (result?.rows ?? []) as Row[];
      const count = rows.length > 0 ? rows.length : (result?.affectedRows ?? 0);
      return { rows, count, command: result?.command };
    } catch (error) {
      throw translate(error);
    }
  };
}

function serialize(pglite: PGlite, parameter: unknown, type = 0): string | Uint8Array | null {
  if (parameter === null || parameter === undefined) return null;
  if (type === TEXT && typeof parameter === 'string') return Buffer.from(parameter); // PGlite would count its bytes one by one
  return pglite.serializers[type]?.(parameter) ?? String(parameter as string | number | boolean);
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
