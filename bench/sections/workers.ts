import { availableParallelism } from 'node:os';
import { requestText } from '../support/http.ts';
import { CONNECTIONS, constantLoad, introspectionLoad, subjectOf } from '../support/introspections.ts';
import type { Load } from '../support/load.ts';
import { measure, multiple, quantile, type Scale, type Subject } from '../support/measure.ts';
import { type Peer, startPeer } from '../support/peers.ts';
import { costsOf, costTable } from '../support/report.ts';
import { withServers } from '../support/running.ts';
import { type BenchServer, startBenchServer } from '../support/server.ts';

const INTROSPECTIONS = 12_000;
const PAGES = 3_000;
const TWICE = `${2 * CONNECTIONS} connections`;

/** What a second process brings on this machine: of little work that goes on to Postgres, and of much that doesn't. */
export async function workers(scale: Scale): Promise<string> {
  return await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    const bareTwo = await keep(startPeer('bare', '2'));
    const one = await keep(startBenchServer('teamday_bench_one'));
    const two = await keep(startBenchServer('teamday_bench_two', { WORKERS: '2' }));
    const load = async (server: BenchServer) => introspectionLoad(server, await server.issue('personal', 100));
    const [toOne, toTwo] = [await load(one), await load(two)];
    const constant = (name: string, server: Peer, connections = CONNECTIONS) =>
      subjectOf(`bare node:http${name}`, server, constantLoad(server), connections, INTROSPECTIONS);
    const page = (name: string, server: BenchServer) =>
      subjectOf(`sign-in page, ${name}`, server, pageLoad(server), CONNECTIONS, PAGES);
    const [likeOne, likeTwo, likeTwice] = [
      constant('', bare),
      constant(', two processes', bareTwo),
      constant(`, two processes, ${TWICE}`, bareTwo, 2 * CONNECTIONS),
    ];
    const introspections = [
      subjectOf('introspection, one process', one, toOne, CONNECTIONS, INTROSPECTIONS),
      subjectOf('introspection, WORKERS=2', two, toTwo, CONNECTIONS, INTROSPECTIONS),
    ] as const;
    const twice = subjectOf(`introspection, WORKERS=2, ${TWICE}`, two, toTwo, 2 * CONNECTIONS, INTROSPECTIONS);
    const pages = [page('one process', one), page('WORKERS=2', two)] as const;
    const subjects = [likeOne, likeTwo, likeTwice, ...introspections, twice, ...pages];
    const costs = await measure(subjects, scale);
    const gain = ([first, second]: readonly [Subject, Subject]) => {
      const seconds = costsOf(costs, second).elapsed;
      const gains = costsOf(costs, first).elapsed.map((elapsed, round) => elapsed / (seconds[round] ?? Number.NaN));
      return quantile(gains, 0.5).toFixed(2);
    };
    const times = (subject: Subject, floor: Subject) =>
      multiple(costsOf(costs, subject), costsOf(costs, floor)).median.toFixed(2);
    return `## Two processes

WORKERS=2 answers ${gain(pages)} × as many sign-in pages a second as one process, and ${gain(introspections)} × as many introspections, as many as go. The load
generator and Postgres work on the same ${availableParallelism()} processors and leave the second process what they don't take. All of them taking turns
costs a bare server in two processes ${times(likeTwo, likeOne)} × as much as in one. In multiples of that one, round by round, an introspection costs the
server ${times(introspections[1], likeTwo)} × with ${CONNECTIONS} connections and ${times(twice, likeTwice)} × with ${TWICE}, which are about ${CONNECTIONS} for each process. The table has
multiples of the one process.

${costTable(subjects, costs)}`;
  });
}

/** A page that asks the database nothing. */
function pageLoad({ url }: BenchServer): Load {
  const path = `${url}/sign-in`;
  return { url: path, requests: [requestText(path, {})], answers: '</html>' };
}
