// CPU time that processes have used, from /proc: what a figure "per request" is made of.
import { globSync, readFileSync } from 'node:fs';

const TICK_US = 10_000; // Linux's USER_HZ is 100

/** Microseconds of CPU, user and system, of one process with all its threads; 0 when it is gone. */
export function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return 0;
  }
}

/** Microseconds of CPU of all of Postgres's processes that serve `database`. They have to stay connected meanwhile. */
export function cpuOfPostgres(database: string): number {
  let sum = 0;
  for (const file of globSync('/proc/[0-9]*/cmdline')) {
    const pid = Number(file.split('/')[2]);
    try {
      if (readFileSync(file, 'utf8').includes(` ${database} `)) sum += cpuOf(pid);
    } catch {
      // it ended while we looked
    }
  }
  return sum;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
