// CPU time that processes have used, from /proc, to the nanosecond: what a figure "per request" is made of.
import { globSync, readFileSync } from 'node:fs';

/** Process id -> nanoseconds on a CPU so far, all threads together. */
export type CpuReading = ReadonlyMap<number, number>;

/** A process with its children: a primary and its workers. */
export function readServer(pid: number): CpuReading {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return new Map([pid, ...children].map((one) => [one, nanoseconds(one)]));
}

/** All of Postgres's processes that serve `database`. */
export function readPostgres(database: string): CpuReading {
  const pids = globSync('/proc/[0-9]*/cmdline')
    .filter((file) => read(file).includes(` ${database} `))
    .map((file) => Number(file.split('/')[2]));
  return new Map(pids.map((pid) => [pid, nanoseconds(pid)]));
}

/** Microseconds between two readings. A process that began meanwhile counts from its start, one that ended not at all. */
export function microsecondsBetween(before: CpuReading, now: CpuReading): number {
  let sum = 0;
  for (const [pid, spent] of now) sum += spent - (before.get(pid) ?? 0);
  return sum / 1_000;
}

/** schedstat's first field is exact; the ticks of /proc/PID/stat are 10 ms. */
function nanoseconds(pid: number): number {
  let sum = 0;
  for (const file of globSync(`/proc/${pid}/task/*/schedstat`)) sum += Number(read(file).split(' ')[0]);
  return sum;
}

/** Bytes that a process holds in memory. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]) * 1_024;
}

/** Nothing, where the process has ended while we looked. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
