import { freePort } from '../../test/support/free-port.ts';
import { residentBytes } from '../support/cpu.ts';
import { growUp, learnTokens } from '../support/grown.ts';
import { CONNECTIONS, introspectionLoad } from '../support/introspections.ts';
import { run } from '../support/load.ts';
import type { Scale } from '../support/measure.ts';
import { table } from '../support/report.ts';
import { withServers } from '../support/running.ts';
import { startBenchServer } from '../support/server.ts';
import { mistyped, newToken } from '../support/tokens.ts';

const STEPS = 6;
const STEP = 60_000;
const BATCH = 10_000;
/** More than what the server remembers of tokens and of how they are used. */
const ACTIVE = 100_000;
/** Without a limit the runtime lets garbage lie for as long as the machine has room. */
const HEAP_MB = 192;

/** Whether memory stays where it is, however many tokens are asked about: half of them were never seen before. */
export async function memory({ share }: Scale): Promise<string> {
  return await withServers(async (keep) => {
    const metricsPort = String(await freePort());
    const env = { METRICS_PORT: metricsPort, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
    const server = await keep(startBenchServer('teamday_bench_memory', env));
    await growUp(server);
    const active = introspectionLoad(server, await learnTokens(server, ACTIVE));
    const row = async (asked: number) => {
      const megabytes = [residentBytes(server.pid), await heapBytes(metricsPort)].map((bytes) => bytes / 2 ** 20);
      return [asked.toFixed(0), ...megabytes.map((size) => size.toFixed(0))];
    };
    const step = Math.ceil(STEP * share);
    const rows = [await row(0)];
    for (let steps = 1; steps <= STEPS; steps += 1) {
      for (let asked = 0; asked < step; asked += BATCH) {
        const strangers = Array.from({ length: BATCH / 4 }, newToken);
        const unknown = introspectionLoad(server, [...strangers, ...strangers.map(mistyped)], false);
        await run(active, BATCH / 2, CONNECTIONS);
        await run(unknown, BATCH / 2, CONNECTIONS);
      }
      rows.push(await row(steps * Math.ceil(step / BATCH) * BATCH));
    }
    return `## Memory

Of a server whose old objects may take ${HEAP_MB} MB, while it is asked about tokens: half of the requests are about any of ${ACTIVE.toLocaleString('en')}
active ones, a quarter about unknown and a quarter about mistyped ones, each of which it never saw before. It remembers a part of the active
ones, and how they are used until that is written. What it kept without a bound would show.

${table(['requests so far', 'resident, MB', 'heap in use, MB'], rows)}`;
  });
}

async function heapBytes(metricsPort: string): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(metrics)?.[1]);
}
