// How clients, tokens and sessions stand right now, read in one statement for all questions of the moment. Nothing about
// validity is remembered: every answer comes from rows that were read after the question. Only the reading is: a row that
// comes back letter for letter as it was before is the same object again, and not parsed once more.
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/database.ts';
import { type LookUp, mergeLookups } from '../database/merged-lookup.ts';
import type { Key, Question, Standing } from './standing.ts';
import { type Row, readRow, statementFor } from './standing-store.ts';

/** Bounds memory: about 1 kB each. */
const REMEMBERED_ROWS = 20_000;

export function createStandings(database: Database): LookUp<Question, Standing> {
  const remembered = new LRUCache<string, { readonly row: string; readonly value: ReturnType<typeof readRow> }>({
    max: REMEMBERED_ROWS,
  });

  function read({ key, row }: Row): ReturnType<typeof readRow> {
    const known = remembered.get(key);
    if (known?.row === row) return known.value;
    const value = readRow(key, row);
    remembered.set(key, { row, value });
    return value;
  }

  return mergeLookups(async (questions: readonly Question[]) => {
    const { text, parameters } = statementFor(questions);
    const found = new Map<Key, ReturnType<typeof readRow>>();
    for (const row of (await database.query<Row>(text, parameters)).rows) found.set(row.key, read(row));
    return questions.map(
      ({ client, credential }) =>
        ({
          client: client && found.get(client),
          credential: credential && found.get(credential),
        }) as Standing,
    );
  });
}
