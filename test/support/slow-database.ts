// A database that is far away: between what a request reads and what it writes, all the others get their turn.
import { setTimeout } from 'node:timers/promises';
import type { Database, Queryable } from '../../src/database/database.ts';

/** Waits a random time, 15 ms on average, before and after each statement and each commit. */
function slowDatabase(database: Database): Database {
  return {
    ...slow(database),
    transaction: (work) => slowly(() => database.transaction((transaction) => work(slow(transaction)))),
    migrate: () => database.migrate(),
    close: () => database.close(),
  };
}

/** A database that is near while a test makes what it needs, and far away for as long as the work given to farAway(). */
export function createDistance() {
  let far = 0;
  return {
    wrapDatabase: (database: Database): Database => {
      const slowed = slowDatabase(database);
      const current = () => (far > 0 ? slowed : database);
      return {
        query: (...statement) => current().query(...statement),
        transaction: (work) => current().transaction(work),
        migrate: () => database.migrate(),
        close: () => database.close(),
      };
    },
    farAway: async <T>(work: () => Promise<T>): Promise<T> => {
      far += 1;
      try {
        return await work();
      } finally {
        far -= 1;
      }
    },
  };
}

function slow(on: Queryable): Queryable {
  return { query: (text, parameters) => slowly(() => on.query(text, parameters)) };
}

async function slowly<T>(work: () => Promise<T>): Promise<T> {
  await distance();
  try {
    return await work();
  } finally {
    await distance();
  }
}

function distance(): Promise<void> {
  return setTimeout(Math.random() * 30);
}
