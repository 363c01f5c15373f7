import { constantLoad, introspectionLoad, subjectOf } from '../support/introspections.ts';
import { pace } from '../support/load.ts';
import { measure, quantile, type Scale } from '../support/measure.ts';
import { startPeer } from '../support/peers.ts';
import { costsOf, table } from '../support/report.ts';
import { withServers } from '../support/running.ts';
import { startBenchServer } from '../support/server.ts';

const SECONDS = 2;
/** As many as may be under way: enough that a slow moment makes requests wait for the server, not for a connection. */
const CONNECTIONS = 64;
/** Connections at which most is answered: the more there are, the less each costs. */
const MOST = 128;

/** How long an answer takes at half of what the server can do, and the bare server's at the same rate. */
export async function latency(scale: Scale): Promise<string> {
  return await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    const server = await keep(startBenchServer('teamday_bench_latency'));
    const loads = [
      ['bare node:http', constantLoad(bare)],
      ['personal access token', introspectionLoad(server, await server.issue('personal', 100))],
    ] as const;
    const subjects = [
      subjectOf('bare', bare, loads[0][1], MOST),
      subjectOf('ours', server, loads[1][1], MOST),
    ] as const;
    const most = 1e6 / quantile(costsOf(await measure(subjects, scale), subjects[1]).elapsed, 0.5);
    const rate = Math.round(most / 2);

    const found = loads.map(() => ({ p50: [] as number[], p99: [] as number[] }));
    for (let round = -1; round < scale.rounds; round += 1) {
      const order = [...loads.entries()];
      for (const [n, [, load]] of round % 2 === 0 ? order : order.toReversed()) {
        const latencies = await pace(load, rate, SECONDS * scale.share, CONNECTIONS);
        if (round < 0) continue;
        found[n]?.p50.push(quantile(latencies, 0.5));
        found[n]?.p99.push(quantile(latencies, 0.99));
      }
    }
    const [floor] = found;
    const rows = loads.map(([name], n) => {
      const [p50, p99] = [found[n]?.p50 ?? [], found[n]?.p99 ?? []];
      const times = p99.map((one, round) => one / (floor?.p99[round] ?? Number.NaN));
      return [
        name,
        quantile(p50, 0.5).toFixed(2),
        quantile(p99, 0.5).toFixed(2),
        `${quantile(times, 0.5).toFixed(2)} ×`,
      ];
    });
    return `## Latency at half load

${rate} requests a second for both, which is half of what ours answers at most on this machine (${most.toFixed(0)}), sent when they
are due, to the millisecond, whether or not those before them were answered (but no more than ${CONNECTIONS} at a time); milliseconds from when
each was due, so that whatever waits is counted, in the load generator, too.

${table(['', 'median, ms', '99th percentile, ms', '× bare'], rows)}`;
  });
}
