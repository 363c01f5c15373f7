// npm run bench:start: how long it takes from `npm start` to a server that says it is ready, on an empty data directory
// and on one that was used before. Prints a table in Markdown and the medians.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const RUNS = 5;
const PORT = '23117';
const READY = `http://127.0.0.1:${PORT}/health/ready`;
const root = resolve(import.meta.dirname, '..');

/** Seconds until ready, of one start on `dataDir`, which is then stopped as an operator stops it. */
async function start(dataDir: string): Promise<number> {
  const { PATH = '', HOME = '' } = process.env;
  const startedAt = performance.now();
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { PATH, HOME, PORT, DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true, // a group of its own: npm may put a shell between itself and the server
  });
  const ended = once(npm, 'exit');
  const gone = ended.then(() => true);
  while (!(await isReady())) {
    if (await Promise.race([gone, setTimeout(5, false)])) throw new Error('npm start ended before it was ready');
  }
  const seconds = (performance.now() - startedAt) / 1000;
  process.kill(-(npm.pid ?? Number.NaN), 'SIGTERM');
  await ended;
  while (await isReady()) await setTimeout(5);
  return seconds;
}

async function isReady(): Promise<boolean> {
  return await fetch(READY, { headers: { connection: 'close' } }).then(
    async (answer) => {
      await answer.text();
      return answer.ok;
    },
    () => false,
  );
}

if (await isReady()) throw new Error(`Port ${PORT} is taken: stop what runs there first.`);
console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}\n`);
console.log('| run | first start, s | warm start, s |\n| --- | --- | --- |');
const runs: { first: number; warm: number }[] = [];
for (let run = 1; run <= RUNS; run += 1) {
  const folder = await mkdtemp(join(tmpdir(), 'teamday-start-'));
  const dataDir = join(folder, 'data');
  const first = await start(dataDir);
  const warm = await start(dataDir);
  runs.push({ first, warm });
  console.log(`| ${run} | ${first.toFixed(2)} | ${warm.toFixed(2)} |`);
  await rm(folder, { recursive: true, force: true });
}
console.log(`| **median** | **${median('first')}** | **${median('warm')}** |`);

function median(of: 'first' | 'warm'): string {
  const sorted = runs.map((run) => run[of]).sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(2);
}
