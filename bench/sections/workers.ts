import { availableParallelism } from 'node:os';
import { requestText } from '../support/http.ts';
import { CONNECTIONS, constantLoad, introspectionLoad, subjectOf } from '../support/introspections.ts';
import type { Load } from '../support/load.ts';
import { measure, quantile, type Scale } from '../support/measure.ts';
import { startPeer } from '../support/peers.ts';
import { costsOf, costTable } from '../support/report.ts';
import { withServers } from '../support/running.ts';
import { type BenchServer, startBenchServer } from '../support/server.ts';

const INTROSPECTIONS = 12_000;
const PAGES = 3_000;

/** What a second process brings on this machine: of little work that goes on to Postgres, and of much that doesn't. */
export async function workers(scale: Scale): Promise<string> {
  return await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    const one = await keep(startBenchServer('teamday_bench_one'));
    const two = await keep(startBenchServer('teamday_bench_two', { WORKERS: '2' }));
    const introspections = async (name: string, server: BenchServer) =>
      subjectOf(
        `introspection, ${name}`,
        server,
        introspectionLoad(server, await server.issue('personal', 100)),
        CONNECTIONS,
        INTROSPECTIONS,
      );
    const pages = (name: string, server: BenchServer) =>
      subjectOf(`sign-in page, ${name}`, server, pageLoad(server), CONNECTIONS, PAGES);
    const pairs = [
      [await introspections('one process', one), await introspections('WORKERS=2', two)],
      [pages('one process', one), pages('WORKERS=2', two)],
    ] as const;
    const subjects = [subjectOf('bare node:http', bare, constantLoad(bare)), ...pairs.flat()];
    const costs = await measure(subjects, scale);
    const [ofIntrospections, ofPages] = pairs.map(([first, second]) => {
      const seconds = costsOf(costs, second).elapsed;
      const gains = costsOf(costs, first).elapsed.map((elapsed, round) => elapsed / (seconds[round] ?? Number.NaN));
      return quantile(gains, 0.5).toFixed(2);
    });
    return `## Two processes

WORKERS=2 answers ${ofPages} × as many sign-in pages a second as one process, and ${ofIntrospections} × as many introspections, as many as go. The load
generator and Postgres work on the same ${availableParallelism()} processors and leave the second process what they don't take.

${costTable(subjects, costs)}`;
  });
}

/** A page that asks the database nothing. */
function pageLoad({ url }: BenchServer): Load {
  const path = `${url}/sign-in`;
  return { url: path, requests: [requestText(path, {})], answers: '</html>' };
}
