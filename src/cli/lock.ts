// A lock between processes: a file that only one of them can create. It saves work (twenty commands, one refresh)
// and keeps writers in turn; nothing breaks without it, so nobody waits for long and the dead are not waited for.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Io } from './io.ts';

type LockIo = Pick<Io, 'pid' | 'hostname' | 'clock' | 'sleep' | 'isAlive'>;

/** Shorter than the server's 10 s in which a refresh token may be presented again: going on anyway is then safe. */
const LONGEST_WAIT = 5_000;
/** Longer than any work done under the lock: whoever holds it for longer hangs, or its process number was reused. */
const LONGEST_HOLD = 30_000;
/** Between the file and its content lie microseconds: who has left it empty for so long was killed in between. */
const LONGEST_EMPTY = 1_000;
const PAUSE = 25;

/** Does the work while holding the lock at `path`, or without it when it can't be had within five seconds. */
export async function withLock<T>(io: LockIo, path: string, work: () => Promise<T>): Promise<T> {
  const holder = `${io.pid} ${io.hostname} ${randomUUID()}`;
  await acquire(io, path, holder);
  try {
    return await work();
  } finally {
    if (contentOf(path) === holder) rmSync(path, { force: true });
  }
}

async function acquire(io: LockIo, path: string, holder: string): Promise<void> {
  const giveUpAt = io.clock.now() + LONGEST_WAIT;
  while (!create(path, holder) && io.clock.now() < giveUpAt) {
    const other = contentOf(path);
    if (other !== undefined && isAbandoned(io, path, other)) takeAway(path, other);
    else await io.sleep(PAUSE);
  }
}

function create(path: string, holder: string): boolean {
  try {
    writeFileSync(path, holder, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(io: LockIo, path: string, holder: string): boolean {
  const [pid, hostname] = holder.split(' ');
  if (hostname === io.hostname && !io.isAlive(Number(pid))) return true;
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  const longest = holder === '' ? LONGEST_EMPTY : LONGEST_HOLD;
  return since !== undefined && Math.abs(io.clock.now() - since) > longest;
}

/** Between looking and moving, another may have taken the dead one's place: then its lock is put back. */
function takeAway(path: string, abandoned: string): void {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    renameSync(path, aside);
    if (contentOf(aside) !== abandoned) linkSync(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
