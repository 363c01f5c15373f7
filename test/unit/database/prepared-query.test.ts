import { expect, it } from 'vitest';
import { PreparedQuery } from '../../../src/database/prepared-query.ts';

const INT4 = 23;
const JSONB = 3802;

/** What came of one row of such columns. */
function outcome(columns: readonly [name: string, type: number][], row: readonly (string | null)[]): unknown {
  const query = new PreparedQuery('s1', 'SELECT …', [1]);
  let answered: unknown;
  query.callback = (error, result) => {
    answered = error ?? result;
  };
  query.handleRowDescription({ fields: columns.map(([name, dataTypeID]) => ({ name, dataTypeID })) } as never);
  query.handleDataRow({ fields: row });
  query.handleCommandComplete({ text: 'SELECT 1' });
  query.handleReadyForQuery();
  return answered;
}

it('gives the rows in the types of their columns', () => {
  const columns: [string, number][] = [
    ['n', INT4],
    ['data', JSONB],
  ];
  expect(outcome(columns, ['7', '{"a":1}'])).toEqual({ rows: [{ n: 7, data: { a: 1 } }], count: 1, command: 'SELECT' });
});

it('fails, and not the process, for what can’t be read', () => {
  expect(outcome([['data', JSONB]], ['{'])).toBeInstanceOf(SyntaxError);
});

it('fails for a row of other columns than were described', () => {
  expect(outcome([['n', INT4]], ['7', '8'])).toMatchObject({ message: 'a row has 2 columns instead of 1' });
});
