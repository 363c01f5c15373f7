import { join } from 'node:path';
import { type RunnerOption, runner } from 'node-pg-migrate';
import { projectRoot } from '../project-root.ts';

type MigrationClient = Extract<RunnerOption, { dbClient: unknown }>['dbClient'];

const ADVISORY_LOCK = 7_316_528_406_113;

/** Applies the migrations that are missing, in order, each in a transaction; instances that come at once wait in line. */
export async function migrateWith(client: MigrationClient): Promise<void> {
  await client.query(`SELECT pg_advisory_lock(${ADVISORY_LOCK})`);
  try {
    await runner({
      dbClient: client,
      dir: join(projectRoot, 'src/database/migrations'),
      direction: 'up',
      migrationsTable: 'schema_migrations',
      noLock: true, // ours waits, node-pg-migrate's own gives up
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    });
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${ADVISORY_LOCK})`);
  }
}
