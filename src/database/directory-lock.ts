// One process at a time in one DATA_DIR: PGlite takes no lock of its own, and two on one directory corrupt it silently.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';

  constructor(directory: string, pid: string) {
    super(
      `${directory} is in use by another process (pid ${pid}). The embedded database serves one process at a time: ` +
        'stop that one first, or set DATA_DIR to another directory, or DATABASE_URL to a Postgres server.',
    );
  }
}

/**
 * Takes the directory's lock and returns how to give it back.
 * The lock is a transaction on a small SQLite file, because that is the one lock Node offers which the kernel itself
 * releases when its holder dies: a pid file would outlive `kill -9`.
 * @throws DirectoryInUse
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const pidFile = join(directory, 'process.pid');
  const lock = new DatabaseSync(join(directory, 'process.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) throw new DirectoryInUse(directory, readPid(pidFile));
    throw error;
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return async () => {
    if (lock.isOpen) lock.close();
  };
}

const SQLITE_BUSY = 5;

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
