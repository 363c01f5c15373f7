import { CONNECTIONS, constantLoad, introspectionLoad, subjectOf } from '../support/introspections.ts';
import { measure, quantile, type Scale } from '../support/measure.ts';
import { startPeer } from '../support/peers.ts';
import { costsOf, costTable } from '../support/report.ts';
import { withServers } from '../support/running.ts';
import { startBenchServer } from '../support/server.ts';

const TIMES = 12_000;

/** What a second process brings on this machine. */
export async function workers(scale: Scale): Promise<string> {
  return await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    const one = await keep(startBenchServer('teamday_bench_one'));
    const two = await keep(startBenchServer('teamday_bench_two', { WORKERS: '2' }));
    const [first, second] = [
      subjectOf('one process', one, introspectionLoad(one, await one.issue('personal', 100)), CONNECTIONS, TIMES),
      subjectOf('WORKERS=2', two, introspectionLoad(two, await two.issue('personal', 100)), CONNECTIONS, TIMES),
    ];
    const subjects = [subjectOf('bare node:http', bare, constantLoad(bare)), first, second];
    const costs = await measure(subjects, scale);
    const seconds = costsOf(costs, second).elapsed;
    const gains = costsOf(costs, first).elapsed.map((elapsed, round) => elapsed / (seconds[round] ?? Number.NaN));
    return `## Two processes

Introspection of personal access tokens, as many as go: WORKERS=2 answers ${quantile(gains, 0.5).toFixed(2)} × as many a second as one process.
The load generator and Postgres work on the same processors, which leaves the second process what they don't take.

${costTable(subjects, costs)}`;
  });
}
