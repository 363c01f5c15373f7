// The tables of a database as it is, so that no test keeps a list of them that somebody forgets to extend.
import type { Queryable } from '../../src/database/database.ts';

export async function tablesOf(database: Queryable): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  return rows.map(({ name }) => name);
}

/** By the hour and by the minute: what credentials were used for, and seals of the audit log. */
const WRITTEN_IN_THE_BACKGROUND = ['credential_usage', 'audit_seals', 'audit_seal_round'];

/** Table -> number of rows, but for those that fill up by themselves. */
export async function rowCounts(database: Queryable): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await tablesOf(database)) {
    if (WRITTEN_IN_THE_BACKGROUND.includes(table)) continue;
    const { rows } = await database.query<{ count: number }>(`SELECT count(*) AS count FROM "${table}"`);
    counts[table] = rows[0]?.count ?? 0;
  }
  return counts;
}
