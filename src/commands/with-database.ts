import type { Actor } from '../audit/audit-log.ts';
import { type Config, loadConfig } from '../config.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';

/** Who acts when the operator does. */
export const OPERATOR: Actor = { credential: 'command' };

/** Runs a command on the up-to-date database, and closes it. */
export async function withDatabase<T>(work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const database = await openDatabase(config);
  try {
    await database.migrate();
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** One line of result: JSON for scripts, text for people. */
export function print(asJson: boolean | undefined, json: object, text: string): void {
  process.stdout.write(`${asJson === true ? JSON.stringify(json) : text}\n`);
}
