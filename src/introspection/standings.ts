// How clients, tokens and sessions stand right now, read in one statement for all questions of the moment. Nothing about
// validity is remembered: every answer comes from rows that were read after the question. Only the reading is: a row that
// comes back letter for letter as it was before is the same object again, and not parsed once more.
import { LRUCache } from 'lru-cache';
import { type Database, first } from '../database/database.ts';
import { type Ask, mergeStatements } from '../database/merged-statements.ts';
import type { Kind, Question, Standing } from './standing.ts';
import { type Found, readRow, statementFor } from './standing-store.ts';

/** Bounds memory: about 1 kB each. */
const REMEMBERED_ROWS: Readonly<Record<Kind, number>> = { c: 1_000, t: 20_000, s: 20_000, r: 1_000 };

type Row = ReturnType<typeof readRow>;

/** What questions of a moment ask about, and what is found of it. */
interface Asked {
  readonly kind: Kind;
  readonly id: string;
  found: Row | undefined;
}

export function createStandings(database: Database): Ask<Question, Standing> {
  const remember = (kind: Kind) =>
    new LRUCache<string, { readonly row: string; readonly value: Row }>({ max: REMEMBERED_ROWS[kind] });
  const remembered = { c: remember('c'), t: remember('t'), s: remember('s'), r: remember('r') };

  function read({ kind, id }: Asked, row: string): Row {
    const known = remembered[kind].get(id);
    if (known?.row === row) return known.value;
    const value = readRow(kind, id, row);
    remembered[kind].set(apart(id), { row: apart(row), value });
    return value;
  }

  return mergeStatements(async (questions: readonly Question[]) => {
    const { asked, ofQuestions } = gather(questions);
    const { text, parameters } = statementFor(asked);
    const lines = first(await database.query<Found>(text, parameters))?.lines ?? '';
    for (let start = 0; start < lines.length; ) {
      const space = lines.indexOf(' ', start);
      const end = lines.indexOf('\n', space);
      const one = asked[lines[start] as Kind][Number(lines.slice(start + 1, space)) - 1];
      if (one !== undefined) one.found = read(one, lines.slice(space + 1, end === -1 ? undefined : end));
      start = end === -1 ? lines.length : end + 1;
    }
    return ofQuestions.map(
      ({ client, credential }) => ({ client: client?.found, credential: credential?.found }) as Standing,
    );
  });
}

/** Each that is asked about once. */
function gather(questions: readonly Question[]) {
  const asked: Record<Kind, Asked[]> = { c: [], t: [], s: [], r: [] };
  const known: Record<Kind, Map<string, Asked>> = { c: new Map(), t: new Map(), s: new Map(), r: new Map() };
  const about = (kind: Kind, id: string): Asked => {
    const before = known[kind].get(id);
    if (before !== undefined) return before;
    const one: Asked = { kind, id, found: undefined };
    known[kind].set(id, one);
    asked[kind].push(one);
    return one;
  };
  const ofQuestions = questions.map(({ client, credential }) => ({
    client: client === undefined ? undefined : about('c', client),
    credential: credential && about(credential.kind, credential.id),
  }));
  return { asked, ofQuestions };
}

/** A text of its own: a part of one would keep the whole in memory. */
function apart(text: string): string {
  return Buffer.from(text).toString();
}
