// Many look-ups at once become one statement. Nothing is remembered: an answer always comes from a statement that was
// sent after the question was asked, so that what was revoked before is never seen alive.

import { setTimeout as sleep } from 'node:timers/promises';

/** @returns the row of `key`, or undefined when there is none */
export type Lookup<Key, Row> = (key: Key) => Promise<Row | undefined>;

/** Statements under way at once: few, so that the questions which come meanwhile are many and share the next one. */
const MAX_IN_FLIGHT = 2;
/** A statement that takes this long is hanging: the next ones don't wait for it. */
const HANGS_AFTER_MS = 1_000;

interface Question<Key, Row> {
  readonly key: Key;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param find the rows of all these keys, in one statement; keys without a row are left out
 * @param keyOf what tells keys, and the rows they belong to, apart
 */
export function mergeLookups<Key, Row>(
  find: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: { readonly ofKey: (key: Key) => string; readonly ofRow: (row: Row) => string },
): Lookup<Key, Row> {
  let waiting: Question<Key, Row>[] = [];
  let inFlight = 0;
  let scheduled = false;

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      schedule();
    });

  /** After all that this turn of the event loop brings has been asked. */
  function schedule(): void {
    if (scheduled || inFlight >= MAX_IN_FLIGHT || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const questions = waiting;
      waiting = [];
      inFlight += 1;
      void Promise.race([answer(questions), sleep(HANGS_AFTER_MS, undefined, { ref: false })]).then(() => {
        inFlight -= 1;
        schedule();
      });
    });
  }

  async function answer(questions: readonly Question<Key, Row>[]): Promise<void> {
    const keys = new Map(questions.map(({ key }) => [keyOf.ofKey(key), key]));
    try {
      const rows = new Map((await find([...keys.values()])).map((row) => [keyOf.ofRow(row), row]));
      for (const { key, resolve } of questions) resolve(rows.get(keyOf.ofKey(key)));
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }
}
