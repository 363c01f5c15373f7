// Several worker processes behind one port (node:cluster): starts them, replaces one that dies, ends them together. The
// primary serves nothing itself, and each worker is a whole server (serve.ts).
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { monotonicMs, SECOND } from '../clock.ts';
import { CommandProblem } from './report-failure.ts';

/** A worker that ends sooner than this after its start counts as one that can't live. */
const SHORT_LIFE_MS = 10 * SECOND;
const LONGEST_DELAY_MS = 5 * SECOND;
/** After so many short lives in a row, with nobody left who serves, whatever supervises the primary is told. */
const MAX_SHORT_LIVES = 5;

export interface Workers {
  /** Lets requests under way finish; resolves when all have ended. */
  stop(): Promise<void>;
}

/**
 * Resolves when all of them listen.
 * @param onGivingUp told when no worker lives and new ones die at once
 * @throws CommandProblem when one ends before that; it has said why
 */
export async function startWorkers(count: number, log: Logger, onGivingUp: () => void): Promise<Workers> {
  const listening = new Set<Worker>();
  const delays = new Set<NodeJS.Timeout>();
  let state: 'starting' | 'running' | 'stopping' = 'starting';
  let shortLives = 0;

  /** Whether it came to listen. */
  function start(): Promise<boolean> {
    const worker = cluster.fork();
    const about = { worker: worker.id, pid: worker.process.pid };
    const startedAt = monotonicMs();
    worker.on('error', (err) => log.warn({ ...about, err }, 'a worker could not be told something'));
    return new Promise((resolve) => {
      worker.once('listening', () => {
        listening.add(worker);
        log.info(about, 'a worker listens');
        resolve(true);
      });
      worker.once('exit', (code: number | null, signal: NodeJS.Signals | null) => {
        listening.delete(worker);
        resolve(false);
        if (state !== 'running') return;
        log.error({ ...about, code, signal }, 'a worker ended: another takes its place');
        shortLives = monotonicMs() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0;
        replaceLater();
      });
    });
  }

  function replaceLater(): void {
    if (shortLives >= MAX_SHORT_LIVES && listening.size === 0) {
      log.fatal({ shortLives }, 'workers end as soon as they start: giving up');
      onGivingUp();
      return;
    }
    const delay = setTimeout(
      () => {
        delays.delete(delay);
        void start();
      },
      shortLives === 0 ? 0 : Math.min(50 * 2 ** shortLives, LONGEST_DELAY_MS),
    );
    delays.add(delay);
  }

  async function stop(): Promise<void> {
    state = 'stopping';
    for (const delay of delays) clearTimeout(delay);
    await Promise.all(
      Object.values(cluster.workers ?? {}).map(async (worker) => {
        if (worker === undefined || worker.isDead()) return;
        const ended = once(worker, 'exit');
        worker.process.kill('SIGTERM');
        await ended;
      }),
    );
  }

  // One first: it brings the schema up to date, and what is wrong is said once.
  const others = () => Promise.all(Array.from({ length: count - 1 }, start));
  if (!(await start()) || (await others()).includes(false)) {
    await stop();
    throw new CommandProblem('a worker ended before it was ready, for the reason above');
  }
  state = 'running';
  for (let missing = count - listening.size; missing > 0; missing -= 1) replaceLater(); // they ended meanwhile
  return { stop };
}
