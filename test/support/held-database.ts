// A database that stops at one statement until it is told to go on: between what one request reads and what it writes,
// another can be carried out from end to end.
import type { Database, Queryable } from '../../src/database/database.ts';

interface Hold {
  /** Known once it is reached: until it is let go on, no other transaction gets at the rows it has locked. */
  readonly inTransaction: boolean;
  /** Resolves when the statement has been carried out, and whoever sent it waits for its answer. */
  readonly reached: Promise<void>;
  release(): void;
}

export interface Holds {
  readonly wrapDatabase: (database: Database) => Database;
  /** The next statement that matches. */
  hold(statement: RegExp): Hold;
}

export function createHolds(): Holds {
  const armed: { statement: RegExp; arrive: (inTransaction: boolean) => void; released: Promise<void> }[] = [];

  async function pass(text: string, inTransaction: boolean): Promise<void> {
    const index = armed.findIndex(({ statement }) => statement.test(text));
    const [held] = index === -1 ? [] : armed.splice(index, 1);
    held?.arrive(inTransaction);
    await held?.released;
  }

  const holding = (on: Queryable, inTransaction: boolean): Queryable => ({
    async query(text, ...more) {
      const result = await on.query(text, ...more);
      await pass(text, inTransaction);
      return result as never;
    },
  });

  return {
    wrapDatabase: (database) => ({
      ...holding(database, false),
      transaction: (work) => database.transaction((transaction) => work(holding(transaction, true))),
      migrate: () => database.migrate(),
      close: () => database.close(),
    }),

    hold(statement) {
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let reach = () => {};
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const held = { inTransaction: false, reached, release };
      const arrive = (inTransaction: boolean) => {
        held.inTransaction = inTransaction;
        reach();
      };
      armed.push({ statement, arrive, released });
      return held;
    },
  };
}
