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
type Described = Map<string, readonly Column[]>;

const ofConnections = new WeakMap<Connection, Described>();

function describedOn(connection: Connection): Described {
  const known = ofConnections.get(connection);
  if (known !== undefined) return known;
  const described: Described = new Map();
  ofConnections.set(connection, described);
  return described;
}

export class PreparedQuery<Row extends object> implements pg.Submittable {
  /** pg notes by these two that the connection has it. */
  readonly name: string;
  readonly text: string;
  /** Set by pg. */
  callback?: (error: Error | null, result?: PreparedResult<Row>) => void;
  readonly #values: (Buffer | string | null)[];
  readonly #rows: Row[] = [];
  #described: Described | undefined;
  #columns: readonly Column[] | undefined;
  #failure: Error | undefined;
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
    this.#described = describedOn(connection);
    this.#columns = this.#described.get(name);
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
    this.#describe(fields.map(({ name, dataTypeID }) => ({ name, parse: pg.types.getTypeParser(dataTypeID) })));
  }

  /** What is thrown here would end the process: pg calls it while it reads from the socket. */
  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(this.#rowOf(fields));
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#complete = text;
    if (this.#columns === undefined) this.#describe([]); // it yields no rows
  }

  handleError(error: Error): void {
    this.callback?.(error);
  }

  handleReadyForQuery(): void {
    if (this.#failure !== undefined) {
      this.callback?.(this.#failure);
      return;
    }
    const [command = '', ...numbers] = this.#complete.split(' '); // INSERT has two, of which the second counts rows
    this.callback?.(null, { rows: this.#rows, count: Number(numbers.at(-1)) || 0, command });
  }

  #describe(columns: readonly Column[]): void {
    this.#columns = columns;
    this.#described?.set(this.name, columns);
  }

  /** @throws for a row of other columns: whoever prepared it anew on another connection (a pooler) should have told us */
  #rowOf(fields: readonly (string | null)[]): Row {
    const columns = this.#columns ?? [];
    if (columns.length !== fields.length) {
      this.#described?.delete(this.name);
      throw new Error(`a row has ${fields.length} columns instead of ${columns.length}`);
    }
    const row: Record<string, unknown> = {};
    let n = 0;
    for (const { name, parse } of columns) {
      const text = fields[n] ?? null;
      row[name] = text === null ? null : parse(text);
      n += 1;
    }
    return row as Row;
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
