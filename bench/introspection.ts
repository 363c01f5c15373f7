// What an introspection costs: npm run bench:introspection. CPU time of the server process per request as a multiple of a
// bare node:http server that reads the same form and answers a constant of the same size, in interleaved rounds of one
// run; Postgres's CPU beside it. Writes bench/introspection.md.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccounts } from '../src/accounts/accounts.ts';
import { createResourceServers } from '../src/clients/resource-server.ts';
import { systemClock } from '../src/clock.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { createTokens } from '../src/tokens/tokens.ts';
import { freePort } from '../test/support/free-port.ts';
import { logIn } from '../test/support/oauth.ts';
import { cpuOf, cpuOfPostgres, median } from './support/cpu.ts';
import { run } from './support/load.ts';
import { databaseUrlOf, startBenchServer } from './support/server.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const TIMES = 6_000;
const CONNECTIONS = 32;
const ACTOR = { credential: 'bench' };

/** One row of the table: where it is sent, and what. */
interface Subject {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly authorization: string;
  readonly tokens: readonly string[];
  /** Whose CPU Postgres spends. */
  readonly database?: string;
}

async function startNode(file: string, port: number): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, file), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = file.includes('provider') ? String((await once(child.stdout ?? child, 'data'))[0]).trim() : '';
  for (let tries = 0; tries < 100; tries += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'x' }),
    }).catch(() => undefined);
    if (up !== undefined) return { child, said };
    await sleep(50);
  }
  throw new Error(`${file} did not start`);
}

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

const [barePort, providerPort] = [await freePort(), await freePort()];
const bare = await startNode('support/bare.ts', barePort);
const provider = await startNode('support/provider.ts', providerPort);
const server = await startBenchServer('teamday_bench_introspection');

const database = await openDatabase({ databaseUrl: databaseUrlOf(server.database), dataDir: '' });
const accounts = createAccounts(database, systemClock);
await accounts.createOrganization({ id: 'org_bench', name: 'Bench' }, ACTOR);
const ada = { email: 'ada@acme.example', name: 'Ada', password: 'correct horse battery', organizationId: 'org_bench' };
const person = await accounts.createPerson({ ...ada, role: 'admin' }, ACTOR);
const service = await createResourceServers(database, systemClock).create('bench', [], undefined, ACTOR);
if (person.outcome !== 'created' || service === false) throw new Error('not prepared');
const tokens = createTokens(database, systemClock, { points: 10_000, seconds: 1 }, null);
const issue = async (kind: 'personal' | 'organization') => {
  const common = {
    name: 'Bench',
    expiresInDays: 90,
    organizationId: 'org_bench',
    by: { personId: person.id, sessionId: undefined },
  };
  const made = await tokens.create(
    kind === 'personal' ? { ...common, kind } : { ...common, kind, scopes: ['all'] },
    ACTOR,
  );
  if (made.outcome !== 'issued') throw new Error(made.outcome);
  return made.token.secret.reveal();
};
const hundred = async (make: () => Promise<string>) => {
  const made: string[] = [];
  for (let i = 0; i < 100; i += 1) made.push(await make());
  return made;
};
const personal = await hundred(() => issue('personal'));
const organization = await hundred(() => issue('organization'));
const { access_token: access } = await logIn(server.url, ada);
await database.close();

const ours = {
  url: `${server.url}/oauth/introspect`,
  pid: server.pid,
  authorization: basic('bench', service.secret?.reveal() ?? ''),
  database: server.database,
};
const subjects: readonly Subject[] = [
  {
    name: 'bare node:http',
    url: `http://127.0.0.1:${barePort}/`,
    pid: bare.child.pid ?? 0,
    authorization: ours.authorization,
    tokens: personal,
  },
  { name: 'personal access token', ...ours, tokens: personal },
  { name: 'organization token', ...ours, tokens: organization },
  { name: 'access token', ...ours, tokens: [access] },
  {
    name: 'rubbish (bad checksum)',
    ...ours,
    tokens: personal.map((token) => `${token.slice(0, 20)}${token[20] === 'x' ? 'y' : 'x'}${token.slice(21)}`),
  },
  {
    name: "oidc-provider's own (memory)",
    url: `http://127.0.0.1:${providerPort}/token/introspection`,
    pid: provider.child.pid ?? 0,
    authorization: basic('bench', 'bench'),
    tokens: [provider.said],
  },
];

const costs = subjects.map(() => ({ server: [] as number[], postgres: [] as number[] }));
try {
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [n, subject] of subjects.entries()) {
      const before = [cpuOf(subject.pid), subject.database === undefined ? 0 : cpuOfPostgres(subject.database)];
      await run({
        url: subject.url,
        headers: { authorization: subject.authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body: (i) => `token=${subject.tokens[i % subject.tokens.length]}`,
        times: TIMES,
        connections: CONNECTIONS,
      });
      if (round < 0) continue; // warms up
      costs[n]?.server.push((cpuOf(subject.pid) - (before[0] ?? 0)) / TIMES);
      costs[n]?.postgres.push(
        subject.database === undefined ? 0 : (cpuOfPostgres(subject.database) - (before[1] ?? 0)) / TIMES,
      );
    }
  }
} finally {
  bare.child.kill();
  provider.child.kill();
  await server.stop();
}

const floor = median(costs[0]?.server ?? []);
const rows = subjects.map(({ name, database: on }, n) => {
  const cost = median(costs[n]?.server ?? []);
  const multiples = (costs[n]?.server ?? []).map((one, round) => one / (costs[0]?.server[round] ?? Number.NaN));
  return `| ${name} | ${cost.toFixed(0)} | ${median(multiples).toFixed(2)} × | ${on === undefined ? '' : median(costs[n]?.postgres ?? []).toFixed(0)} |`;
});
const report = `# What an introspection costs

CPU time of the server per request in µs, as a multiple of a bare node:http server in the same round, and Postgres's CPU
beside it; ${CONNECTIONS} connections, ${TIMES} requests a round, median of ${ROUNDS} interleaved rounds (the bare server: ${floor.toFixed(0)} µs).
Written by \`npm run bench:introspection\`.

${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Linux ${release()}, Node ${process.version}, Postgres on the same machine.

| | server, µs | × bare | Postgres, µs |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
process.stdout.write(report);
writeFileSync(resolve(import.meta.dirname, 'introspection.md'), report);
