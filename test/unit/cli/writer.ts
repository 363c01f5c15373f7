// A process of its own for the tests of config-file and lock: `node writer.ts HOME config` rewrites the file until it
// is killed; `node writer.ts HOME count N` adds one to a number N times, holding the lock from reading to writing.
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../../src/cli/clock.ts';
import { updateConfig } from '../../../src/cli/config-file.ts';
import { withLock } from '../../../src/cli/lock.ts';

const [homeDir = '', mode, times] = process.argv.slice(2);
const io = {
  homeDir,
  uid: process.getuid?.(),
  pid: process.pid,
  hostname: hostname(),
  clock: systemClock,
  sleep: (milliseconds: number) => setTimeout(milliseconds),
  isAlive: (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  },
};

if (mode === 'config') {
  for (let round = 0; ; round += 1) {
    await updateConfig(io, (config) => ({ ...config, round, filler: 'x'.repeat(100_000) }));
    if (round === 0) process.stdout.write('writing\n');
  }
}

const counter = join(homeDir, 'counter');
for (let round = 0; round < Number(times); round += 1) {
  await withLock(io, join(homeDir, 'lock'), async () => {
    const before = Number(readFileSync(counter, 'utf8'));
    await setTimeout(1);
    writeFileSync(counter, String(before + 1));
  });
}
