// The Database port: what every store is written against. One SQL dialect (Postgres), two drivers:
// postgres.ts (pg) and embedded.ts (PGlite). Owns no SQL but the migrations beside it.

/** Anything SQL can be sent to: the database itself, or one transaction of it. */
export interface Queryable {
  /**
   * Runs one statement.
   * Parameters: string, number, boolean, Date, Buffer, arrays of those, null. Columns come back as: bigint -> number,
   * timestamptz -> Date, bytea -> Buffer, jsonb -> parsed.
   * @throws DatabaseUnavailable when the truth can't be reached; UniqueViolation; UnfitText; else the driver's error
   */
  query<Row extends object = Record<string, never>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<Result<Row>>;
}

export interface Result<Row> {
  readonly rows: readonly Row[];
  /** Rows returned by a SELECT or RETURNING, else rows changed. */
  readonly count: number;
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it throws.
   * When this resolves, the commit is durable as far as the backend goes.
   * @throws RolledBack when `work` overlooked that a statement was refused
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** Brings the schema up to date. Any number of instances may call this at once: one works, the others wait. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** The database can't be reached or gave up on us: nothing is known, so nothing may be answered but 503. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** There was nothing to commit: a statement had been refused, and Postgres had taken back all of the transaction. */
export class RolledBack extends Error {
  override readonly name = 'RolledBack';
}

/** A parameter holds U+0000, which Postgres has no text for. Nothing of ours does: a caller sent it. */
export class UnfitText extends Error {
  override readonly name = 'UnfitText';
}

/** A unique constraint refused a row. `constraint` is its name in the schema. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly constraint: string;

  constructor(constraint: string, options?: ErrorOptions) {
    super(`unique constraint ${constraint}`, options);
    this.constraint = constraint;
  }
}

/** The first row, for statements that yield at most one. */
export function first<Row>(result: Result<Row>): Row | undefined {
  return result.rows[0];
}

/** Bytes as Postgres reads them where they are part of a JSON parameter. */
export function byteaText(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
