// Where the encryption key comes from: the environment, or a 0600 file in DATA_DIR. Never from the database it protects.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** The keys are missing, changed or readable by others. The message says what to do. */
export class KeyProblem extends Error {
  override readonly name = 'KeyProblem';
}

/**
 * @param given ENCRYPTION_KEY, 32 bytes
 * @param databaseHasKeys whether there is something in the database that only the right key opens
 * @throws KeyProblem
 */
export function loadEncryptionKey(given: Buffer | undefined, dataDir: string, databaseHasKeys: boolean): Buffer {
  if (given !== undefined) return given;
  const path = join(dataDir, 'encryption.key');
  const stored = readKeyFile(path);
  if (stored !== undefined) return stored;
  if (databaseHasKeys) {
    throw new KeyProblem(
      `The encryption key is missing: ${path} does not exist, but this database's keys were encrypted with it. ` +
        'Put the file back from a backup, or set ENCRYPTION_KEY.',
    );
  }
  return createKeyFile(dataDir, path);
}

function readKeyFile(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KeyProblem(`The encryption key ${path} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new KeyProblem(`The encryption key ${path} can be read by others. Run: chmod 600 ${path}`);
  }
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) {
    throw new KeyProblem(
      `The encryption key ${path} is damaged: it must be 32 bytes in base64. Put it back from a backup.`,
    );
  }
  return key;
}

/** Written whole under another name, then linked to its own: nobody ever reads half a key, and the first one stays. */
function createKeyFile(dataDir: string, path: string): Buffer {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    fchmodSync(file, 0o600); // whatever the umask
    writeSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
    linkSync(draft, path);
  } catch (error) {
    const theirs = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKeyFile(path) : undefined;
    if (theirs !== undefined) return theirs; // another instance was first
    throw error;
  } finally {
    closeSync(file);
    unlinkSync(draft);
  }
  return key;
}
