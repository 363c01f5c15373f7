// How clients, tokens and sessions stand right now, read in one statement for all questions of the moment. Nothing about
// validity is remembered: every answer comes from rows that were read after the question. Only the reading is: a row that
// comes back letter for letter as it was before is the same object again, and not parsed once more.
import { LRUCache } from 'lru-cache';
import { type Database, first } from '../database/database.ts';
import { type LookUp, mergeLookups } from '../database/merged-lookup.ts';
import type { Key, Question, Standing } from './standing.ts';
import { type Found, readRow, statementFor } from './standing-store.ts';

/** Bounds memory: about 1 kB each. */
const REMEMBERED_ROWS = 20_000;

export function createStandings(database: Database): LookUp<Question, Standing> {
  const remembered = new LRUCache<string, { readonly row: string; readonly value: ReturnType<typeof readRow> }>({
    max: REMEMBERED_ROWS,
  });

  function read(key: Key, row: string): ReturnType<typeof readRow> {
    const known = remembered.get(key);
    if (known?.row === row) return known.value;
    const value = readRow(key, row);
    remembered.set(apart(key), { row: apart(row), value });
    return value;
  }

  return mergeLookups(async (questions: readonly Question[]) => {
    const { text, parameters } = statementFor(questions);
    const lines = first(await database.query<Found>(text, parameters))?.lines;
    const found = new Map<Key, ReturnType<typeof readRow>>();
    for (const line of lines?.split('\n') ?? []) {
      const space = line.indexOf(' ');
      const key = line.slice(0, space) as Key;
      found.set(key, read(key, line.slice(space + 1)));
    }
    return questions.map(
      ({ client, credential }) =>
        ({
          client: client && found.get(client),
          credential: credential && found.get(credential),
        }) as Standing,
    );
  });
}

/** A text of its own: a part of one would keep the whole in memory. */
function apart(text: string): string {
  return Buffer.from(text).toString();
}
