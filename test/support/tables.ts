// The tables of a database as it is, so that no test keeps a list of them that somebody forgets to extend.
import type { Queryable } from '../../src/database/database.ts';

export async function tablesOf(database: Queryable): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  return rows.map(({ name }) => name);
}

/** Table -> number of rows. Without what is counted in the background of who asked about a credential, hour by hour. */
export async function rowCounts(database: Queryable): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await tablesOf(database)) {
    if (table === 'credential_usage') continue;
    const { rows } = await database.query<{ count: number }>(`SELECT count(*) AS count FROM "${table}"`);
    counts[table] = rows[0]?.count ?? 0;
  }
  return counts;
}
