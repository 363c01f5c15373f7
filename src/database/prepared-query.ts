// A prepared statement on a connection of pg's, which is given to pg instead of a text and parameters. pg's own Query has
// Postgres describe the rows each time and looks up each column's parser again; this one asks once on each connection.
import pg from 'pg';
import utils from 'pg/lib/utils.js';
import type { Result } from './database.ts';

/** What pg hands to whom it calls back; the row's type is what the caller says it is. */
export interface PreparedResult<Row> extends Result<Row> {
  /** `SELECT`, `INSERT`, … */
  readonly command: string;
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What pg's connection has that its types don't tell. */
type Connection = pg.Connection & {
  /** Name -> text. */
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
};

/** Name of the statement -> what its rows are made of: as long as it is prepared, Postgres lets nobody change that. */
const described = new WeakMap<Connection, Map<string, readonly Column[]>>();

export class PreparedQuery<Row extends object> implements pg.Submittable {
  /** pg notes by these two that the connection has it. */
  readonly name: string;
  readonly text: string;
  /** Set by pg. */
  callback?: (error: Error | null, result?: PreparedResult<Row>) => void;
  readonly #values: (Buffer | string | null)[];
  readonly #rows: Row[] = [];
  #known = new Map<string, readonly Column[]>();
  #columns: readonly Column[] | undefined;
  #complete = '';

  /**
   * @param name of the statement on its connections: the same for the same text
   * @param parameters as the Database port has them
   */
  constructor(name: string, text: string, parameters: readonly unknown[]) {
    this.name = name;
    this.text = text;
    this.#values = parameters.map(utils.prepareValue);
  }

  submit(to: pg.Connection): void {
    const connection = to as Connection;
    const { name, text } = this;
    this.#known = described.get(connection) ?? new Map<string, readonly Column[]>();
    described.set(connection, this.#known);
    this.#columns = this.#known.get(name);
    connection.stream.cork();
    try {
      if (connection.parsedStatements[name] === undefined) connection.parse({ name, text, types: [] }, true);
      connection.bind({ statement: name, values: this.#values }, true);
      if (this.#columns === undefined) connection.describe({ type: 'P', name: '' }, true);
      connection.execute(null, true);
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    this.#columns = fields.map((field) => ({ name: field.name, parse: pg.types.getTypeParser(field.dataTypeID) }));
    this.#known.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {};
    let n = 0;
    for (const { name, parse } of this.#columns ?? []) {
      const text = fields[n] ?? null;
      row[name] = text === null ? null : parse(text);
      n += 1;
    }
    this.#rows.push(row as Row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#complete = text;
    if (this.#columns === undefined) this.#known.set(this.name, []); // it yields no rows
  }

  handleError(error: Error): void {
    this.callback?.(error);
  }

  handleReadyForQuery(): void {
    const [command = '', ...numbers] = this.#complete.split(' '); // INSERT has two, of which the second counts rows
    this.callback?.(null, { rows: this.#rows, count: Number(numbers.at(-1) ?? 0), command });
  }
}

/** Lets pg carry it out, on whichever of its connections is free. */
export function runPrepared<Row extends object>(
  on: pg.Pool | pg.PoolClient,
  query: PreparedQuery<Row>,
): Promise<PreparedResult<Row>> {
  return new Promise((resolve, reject) => {
    const callback: PreparedQuery<Row>['callback'] = (error, result) => {
      if (result === undefined) reject(error ?? new Error('pg gave neither a result nor an error'));
      else resolve(result);
    };
    (on as unknown as Taker<Row>).query(query, undefined, callback);
  });
}

/** pool and client take both, too, whatever their types say. */
interface Taker<Row extends object> {
  query(query: PreparedQuery<Row>, values: undefined, callback: PreparedQuery<Row>['callback']): void;
}
