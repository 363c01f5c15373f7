// A database that is far away: between what a request reads and what it writes, all the others get their turn.
import { setTimeout } from 'node:timers/promises';
import type { Database, Queryable } from '../../src/database/database.ts';

/** Waits a random time, 15 ms on average, before and after each statement and each commit. */
export function slowDatabase(database: Database): Database {
  return {
    ...slow(database),
    transaction: (work) => slowly(() => database.transaction((transaction) => work(slow(transaction)))),
    migrate: () => database.migrate(),
    close: () => database.close(),
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
