// What may happen to three instances, their Postgres and their Redis while they serve: one after the other, in an order
// and for times that a seed decides.
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { SeededRandom } from './strictness-random.ts';
import type { Instance, World } from './strictness-world.ts';

export interface Fault {
  readonly name: string;
  readonly hits: 'one' | 'all';
  /** Begins it at these instances; gives what ends it, if it doesn't by itself. */
  readonly begin: (hit: readonly Instance[]) => Promise<(() => unknown) | undefined>;
  /** Lasts as long as this tells, instead of as others do. */
  readonly lasts?: (times: FaultTimes) => number;
}

/** Milliseconds. */
export interface FaultTimes {
  /** Shortest and longest of most faults. */
  readonly from: number;
  readonly to: number;
  /** Of an instance that is stopped. */
  readonly stopped: number;
  readonly calm: number;
}

export interface Faults {
  start(): void;
  /** What an introspection that is sent to this instance now has to live with. */
  at(instance: Instance): { readonly fault: string; readonly hit: boolean };
  /** Ends what is under way, and begins nothing more. */
  stop(): Promise<void>;
  /** How often each was begun. */
  readonly begun: ReadonlyMap<string, number>;
}

const onCables = (which: 'postgres' | 'redis', act: 'cut' | 'stall' | 'mute') => async (hit: readonly Instance[]) => {
  for (const instance of hit) await instance[which][act]();
  return () => Promise.all(hit.map((instance) => instance[which].heal()));
};

async function slow(hit: readonly Instance[]): Promise<() => void> {
  for (const { postgres, redis } of hit) for (const cable of [postgres, redis]) cable.slow(40);
  return () => {
    for (const { postgres, redis } of hit) for (const cable of [postgres, redis]) cable.slow(0);
  };
}

async function hold(hit: readonly Instance[]): Promise<() => void> {
  for (const { postgres } of hit) postgres.hold();
  return () => {
    for (const { postgres } of hit) postgres.release();
  };
}

async function stop(hit: readonly Instance[]): Promise<() => void> {
  for (const { process: server } of hit) process.kill(server.pid, 'SIGSTOP');
  return () => {
    for (const { process: server } of hit) process.kill(server.pid, 'SIGCONT');
  };
}

const A_SECOND = () => 1_000;

/** What pulling cables and stopping processes can do. */
export function everyFault({ backend }: World): readonly Fault[] {
  return [
    { name: 'Redis flushed', hits: 'all', begin: () => flush(backend.env['REDIS_URL'] ?? ''), lasts: () => 100 },
    { name: 'Redis cut off', hits: 'one', begin: onCables('redis', 'cut') },
    { name: 'Redis gone', hits: 'all', begin: onCables('redis', 'cut') },
    { name: 'Redis silent', hits: 'all', begin: onCables('redis', 'stall') },
    { name: 'Postgres cut off', hits: 'one', begin: onCables('postgres', 'cut') },
    { name: 'Postgres silent', hits: 'one', begin: onCables('postgres', 'stall') },
    { name: "Postgres' answers lost", hits: 'one', begin: onCables('postgres', 'mute') },
    { name: 'Postgres held up', hits: 'one', begin: hold },
    { name: 'cables slow by 40 ms', hits: 'one', begin: slow },
    { name: 'all cables slow by 40 ms', hits: 'all', begin: slow },
    { name: 'stopped', hits: 'one', begin: stop, lasts: ({ stopped }) => stopped },
    { name: 'Postgres away as in a restart', hits: 'all', begin: onCables('postgres', 'cut'), lasts: A_SECOND },
    {
      name: 'stopped, its connections lost meanwhile',
      hits: 'one',
      async begin(hit) {
        const resume = await stop(hit);
        await Promise.all(hit.map(({ postgres }) => postgres.cut()));
        await Promise.all(hit.map(({ postgres }) => postgres.heal()));
        return resume;
      },
    },
  ];
}

async function flush(redisUrl: string): Promise<undefined> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}

export function createFaults(world: World, all: readonly Fault[], random: SeededRandom, times: FaultTimes): Faults {
  const begun = new Map<string, number>();
  const over = new AbortController();
  let now: { readonly name: string; readonly hit: readonly Instance[] } | undefined;
  const rest = (milliseconds: number) => pause(milliseconds, undefined, { signal: over.signal }).catch(() => {});

  async function go(): Promise<void> {
    await rest(times.calm);
    while (!over.signal.aborted) {
      for (const { name, hits, begin, lasts } of random.shuffled(all)) {
        const hit = hits === 'one' ? [random.pick(world.instances)] : world.instances;
        const lastsMs = lasts?.(times) ?? random.between(times.from, times.to);
        const calmMs = times.calm * random.between(0.5, 1.5);
        if (over.signal.aborted) return;
        now = { name, hit };
        const end = await begin(hit);
        begun.set(name, (begun.get(name) ?? 0) + 1);
        await rest(lastsMs);
        await end?.();
        now = undefined;
        await rest(calmMs);
      }
    }
  }
  let going = Promise.resolve();

  return {
    begun,
    start() {
      going = go();
    },
    at: (instance) => ({ fault: now?.name ?? 'no fault', hit: now === undefined || now.hit.includes(instance) }),
    async stop() {
      over.abort();
      await going;
    },
  };
}
