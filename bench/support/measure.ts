// CPU per request of several servers in one run: interleaved rounds, so that whatever slows the machine down meanwhile
// slows all of them, and multiples within a round, of which the median counts.
import { type CpuReading, microsecondsBetween, readPostgres, readServer } from './cpu.ts';

/** A process that is measured, and its database on Postgres, if it has one. */
export interface Measured {
  readonly pid: number;
  readonly database?: string | undefined;
}

export interface Subject {
  readonly name: string;
  readonly server: Measured;
  /** How many requests (or whole flows) a round has. */
  readonly times: number;
  /** What isn't measured: puts back what a round has changed. */
  readonly prepare?: () => Promise<void>;
  readonly run: (times: number) => Promise<void>;
}

/** Per request, a value a round: µs of CPU, and µs that went by. */
export interface Costs {
  readonly server: number[];
  readonly postgres: number[];
  readonly elapsed: number[];
}

/** How long and how often is measured. */
export interface Scale {
  readonly rounds: number;
  /** Rounds that nobody counts: for the compiler, the connection pools, the caches. */
  readonly warmUp: number;
  /** Part of the requests that a round has; 1: all. */
  readonly share: number;
}

/** Part of a round that each begins with and nobody counts: while others were measured, a server rested and lost the caches. */
const RUN_UP = 0.2;

const NOTHING: CpuReading = new Map();

export async function measure(
  subjects: readonly Subject[],
  { rounds, warmUp, share }: Scale,
): Promise<ReadonlyMap<string, Costs>> {
  const costs = new Map(subjects.map(({ name }) => [name, { server: [], postgres: [], elapsed: [] } as Costs]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, server, times, prepare, run } of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const count = Math.ceil(times * share);
      await prepare?.();
      await run(Math.ceil(count * RUN_UP));
      const [before, startedAt] = [read(server), performance.now()];
      await run(count);
      const elapsed = (performance.now() - startedAt) * 1_000;
      const now = read(server);
      if (round < 0) continue;
      const cost = costs.get(name);
      cost?.server.push(microsecondsBetween(before.server, now.server) / count);
      cost?.postgres.push(microsecondsBetween(before.postgres, now.postgres) / count);
      cost?.elapsed.push(elapsed / count);
    }
  }
  return costs;
}

function read({ pid, database }: Measured): { server: CpuReading; postgres: CpuReading } {
  return { server: readServer(pid), postgres: database === undefined ? NOTHING : readPostgres(database) };
}

/** How many times as much as `floor`, round by round; the median and, in a half of the rounds, from and to. */
export function multiple(costs: Costs, floor: Costs): { median: number; from: number; to: number } {
  const multiples = costs.server.map((one, round) => one / (floor.server[round] ?? Number.NaN));
  return { median: quantile(multiples, 0.5), from: quantile(multiples, 0.25), to: quantile(multiples, 0.75) };
}

/** @param share 0.5: the median */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}
