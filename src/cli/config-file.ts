// ~/.teamday/config.json on disk: directory 0700, file 0600, ours and no symbolic link, replaced in one step.
// What it says is saved-config.ts's matter.
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CliError, EXIT } from './errors.ts';
import type { Io } from './io.ts';
import { withLock } from './lock.ts';
import { parseConfig, type SavedConfig } from './saved-config.ts';

type FileIo = Pick<Io, 'homeDir' | 'uid' | 'pid' | 'hostname' | 'clock' | 'sleep' | 'isAlive'>;

const FILE = 'config.json';
const LEFT_OVER_AFTER = 60_000;

/** The file is there, but can't be understood. It is left as it is until somebody decides. */
export class UnreadableConfig extends CliError {
  override readonly name = 'UnreadableConfig';

  constructor(path: string, reason: string) {
    super(EXIT.failure, `${path} can't be read: ${reason}`, {
      next: ['Correct it, or sign in again; what is there now is then kept beside it:', '  teamday auth login'],
    });
  }
}

export function configPath(io: Pick<Io, 'homeDir'>): string {
  return join(directoryOf(io), FILE);
}

/** The saved content, `{}` when there is none. Throws `UnreadableConfig`, or a CliError when the file isn't safe. */
export function readConfig(io: FileIo): SavedConfig {
  const path = configPath(io);
  const text = explained(path, () => {
    if (!checkDirectory(io)) return undefined;
    return readOwnFile(io, path);
  });
  if (text === undefined) return {};
  try {
    return parseConfig(text);
  } catch (error) {
    throw new UnreadableConfig(path, (error as Error).message);
  }
}

/** Replaces the content in one step; content without any field removes the file. Callers hold the lock. */
export function writeConfig(io: FileIo, config: SavedConfig): void {
  const path = configPath(io);
  explained(path, () => {
    makeDirectory(io);
    removeLeftOvers(io);
    if (Object.keys(config).length === 0) rmSync(path, { force: true });
    else replaceFile(io, path, `${JSON.stringify(config, undefined, 2)}\n`);
  });
}

/** Does the work while no other command changes the file. */
export async function withConfigLock<T>(io: FileIo, work: () => Promise<T>): Promise<T> {
  explained(directoryOf(io), () => makeDirectory(io));
  return await withLock(io, join(directoryOf(io), 'config.lock'), work);
}

/** Reads, changes and writes as one step among commands that run at once. Gives what was there before. */
export async function updateConfig(io: FileIo, change: (config: SavedConfig) => SavedConfig): Promise<SavedConfig> {
  return await withConfigLock(io, async () => {
    const before = readConfig(io);
    writeConfig(io, change(before));
    return before;
  });
}

/** Moves a file that can't be understood out of the way; gives its new name, or undefined when it is fine. */
export async function setUnreadableAside(io: FileIo): Promise<string | undefined> {
  return await withConfigLock(io, async () => {
    try {
      readConfig(io);
      return undefined;
    } catch (error) {
      if (!(error instanceof UnreadableConfig)) throw error;
      const aside = `${configPath(io)}.unreadable-${io.clock.now()}`;
      explained(aside, () => renameSync(configPath(io), aside));
      return aside;
    }
  });
}

function directoryOf(io: Pick<Io, 'homeDir'>): string {
  return join(io.homeDir, '.teamday');
}

function makeDirectory(io: FileIo): void {
  mkdirSync(directoryOf(io), { recursive: true, mode: 0o700 });
  checkDirectory(io);
}

/** Whether it is there. Open to others: closed to them. Somebody else's, or a link to elsewhere: refused. */
function checkDirectory(io: FileIo): boolean {
  const directory = directoryOf(io);
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (!stats.isDirectory()) throw unsafe(directory, 'it is not a plain directory');
  checkOwner(io, directory, stats);
  if (isOpenToOthers(io, stats)) chmodSync(directory, 0o700);
  return true;
}

function readOwnFile(io: FileIo, path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw unsafe(path, 'it is not a plain file');
  // The file may be exchanged after the look above: no link is followed, no pipe waited for, and the look repeated.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw unsafe(path, 'it is not a plain file');
    checkOwner(io, path, stats);
    if (isOpenToOthers(io, stats)) fchmodSync(file, 0o600);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function checkOwner(io: FileIo, path: string, stats: Stats): void {
  if (io.uid !== undefined && stats.uid !== io.uid) throw unsafe(path, 'it belongs to another user');
}

function isOpenToOthers(io: FileIo, stats: Stats): boolean {
  return io.uid !== undefined && (stats.mode & 0o077) !== 0;
}

/** Whole or not at all, also when the process or the machine stops half-way: write beside it, sync, rename. */
function replaceFile(io: FileIo, path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(io);
}

/** The new name must survive a power cut as well. Windows can't open directories, and needn't. */
function syncDirectory(io: FileIo): void {
  if (io.uid === undefined) return;
  const handle = openSync(directoryOf(io), constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A killed command may have left a copy with tokens behind. */
function removeLeftOvers(io: FileIo): void {
  for (const name of readdirSync(directoryOf(io))) {
    if (!name.endsWith('.tmp')) continue;
    const path = join(directoryOf(io), name);
    const writtenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (io.clock.now() - writtenAt > LEFT_OVER_AFTER) rmSync(path, { force: true });
  }
}

function unsafe(path: string, reason: string): CliError {
  return new CliError(EXIT.failure, `${path} is not safe to use: ${reason}`, {
    next: [
      'It holds your tokens, so it must be yours alone. Look at it, and move it away:',
      `  mv ${path} ${path}.old`,
    ],
  });
}

/** Turns what the file system refuses into a sentence that names the place. */
function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.failure, `Can't use ${path}: ${(error as Error).message}`, {
      next: ['Check the permissions and the free space there, or set HOME to a directory of your own.'],
    });
  }
}
