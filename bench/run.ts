// npm run bench: all figures of bench/results.md, which it writes. QUICK=1 takes about a minute and writes nothing;
// ONLY=latency,flows measures some of the parts, and writes nothing either.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { flatness } from './sections/flatness.ts';
import { flows } from './sections/flows.ts';
import { introspections } from './sections/introspections.ts';
import { latency } from './sections/latency.ts';
import { memory } from './sections/memory.ts';
import { workers } from './sections/workers.ts';
import type { Scale } from './support/measure.ts';
import { machine } from './support/report.ts';
import { describePostgres } from './support/server.ts';

const FULL: Scale = { rounds: 9, warmUp: 20, share: 1 };
const QUICK: Scale = { rounds: 3, warmUp: 1, share: 0.2 };

const isQuick = process.env['QUICK'] === '1';
const only = process.env['ONLY']?.split(',');
const scale = isQuick ? QUICK : FULL;
const parts: string[] = [
  `# What it costs

CPU time of the server's processes per request (or whole flow), in µs and as a multiple of one request to a bare node:http server in the
same round, which reads a form and answers a constant of an introspection's size; Postgres's CPU beside it, of the processes that serve the
database; how many are answered in a second. Medians of ${scale.rounds} interleaved rounds${isQuick ? ', of a quick run' : ''}, after ${scale.warmUp} that nobody counts: V8 takes that
long to compile. Nor does the beginning of a round count: a server that rested while others were measured has lost the caches. The load
generator runs on the same machine. Requests are logged as by default, to nowhere. Ours is below 1 × where it does less than node:http,
which it does not use for plain requests. Written by \`npm run bench\`.

${machine()}. On the same machine Postgres
${await describePostgres()}.
`,
];
process.stdout.write(`${parts[0]}\n`);
for (const section of [introspections, latency, flatness, memory, flows, workers]) {
  if (only?.includes(section.name) === false) continue;
  const part = await section(scale);
  process.stdout.write(`${part}\n`);
  parts.push(part);
}
if (!isQuick && only === undefined) writeFileSync(resolve(import.meta.dirname, 'results.md'), parts.join('\n'));
