import type { Config } from '../config.ts';
import type { Database } from './database.ts';

/**
 * The database that the configuration names. Only its driver is loaded: PGlite brings a whole Postgres.
 * @param onIdleError told when a pooled connection breaks while nobody uses it
 * @throws DirectoryInUse when another process has the embedded one open
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  onIdleError: (error: Error) => void = () => {},
): Promise<Database> {
  if (config.databaseUrl !== undefined) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(config.databaseUrl, onIdleError);
  }
  const { openEmbedded } = await import('./embedded.ts');
  return await openEmbedded(config.dataDir);
}
