import { withDatabase } from './with-database.ts';

export async function migrate(): Promise<void> {
  await withDatabase(async () => {});
  process.stdout.write('The database schema is up to date.\n');
}
