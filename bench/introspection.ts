// What an introspection costs, by itself, for whoever works on it: node bench/introspection.ts, after tsc -b.
// ROUNDS=5, WARM_UP=20; ONLY=koa,provider,personal,organization,access,rubbish,unknown,embedded. Prints; the figures
// of bench/results.md come from npm run bench.
import { allIntrospections } from './support/introspections.ts';
import { measure } from './support/measure.ts';
import { costTable } from './support/report.ts';
import { withServers } from './support/running.ts';

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
await withServers(async (keep) => {
  const subjects = await allIntrospections(keep, process.env['ONLY']?.split(','));
  const scale = { rounds: number('ROUNDS', 5), warmUp: number('WARM_UP', 20), share: 1 };
  process.stdout.write(costTable(subjects, await measure(subjects, scale)));
});
