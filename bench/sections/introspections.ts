import { growUp, learnTokens } from '../support/grown.ts';
import {
  allIntrospections,
  CONNECTIONS,
  constantLoad,
  introspectionLoad,
  subjectOf,
} from '../support/introspections.ts';
import { measure, type Scale, type Subject } from '../support/measure.ts';
import { startPeer } from '../support/peers.ts';
import { costTable } from '../support/report.ts';
import { withServers } from '../support/running.ts';
import { startBenchServer } from '../support/server.ts';

/** What an introspection costs, of every kind and next to others. */
export async function introspections(scale: Scale): Promise<string> {
  const figures = await withServers(async (keep) => {
    const subjects = await allIntrospections(keep, undefined);
    return costTable(subjects, await measure(subjects, scale));
  });
  return `## An introspection

${CONNECTIONS} connections, each with one request under way. Of each kind there are a hundred credentials, asked about again and again.

${figures}
Of ${MANY_TOKENS.toLocaleString('en')} tokens, most of which nobody has asked about for a while, and whose uses are to be written one by one:

${await ofMany(scale)}
${await byConnections(scale)}`;
}

/** More than the server remembers the rows of. */
const MANY_TOKENS = 50_000;

async function ofMany(scale: Scale): Promise<string> {
  return await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    const server = await keep(startBenchServer('teamday_bench_many'));
    await growUp(server);
    const load = introspectionLoad(server, await learnTokens(server, MANY_TOKENS));
    const subjects = [
      subjectOf('bare node:http', bare, constantLoad(bare)),
      subjectOf('personal access token', server, load),
    ];
    return costTable(subjects, await measure(subjects, scale));
  });
}

const OTHER_CONNECTIONS = [1, 8, 128] as const;

/** Look-ups of one moment share a statement: so the fewer there are at once, the more each costs. */
async function byConnections(scale: Scale): Promise<string> {
  const tables = await withServers(async (keep) => {
    const bare = await keep(startPeer('bare'));
    const server = await keep(startBenchServer('teamday_bench_connections'));
    const load = introspectionLoad(server, await server.issue('personal', 100));
    const parts: string[] = [];
    for (const connections of OTHER_CONNECTIONS) {
      const times = connections === 1 ? 1_000 : undefined;
      const subjects: readonly Subject[] = [
        subjectOf('bare node:http', bare, constantLoad(bare), connections, times),
        subjectOf('personal access token', server, load, connections, times),
      ];
      parts.push(`${connections}:\n\n${costTable(subjects, await measure(subjects, scale))}`);
    }
    return parts;
  });
  return `With other numbers of connections:\n\n${tables.join('\n')}`;
}
