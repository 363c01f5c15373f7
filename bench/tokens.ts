// Whether tokens cost the same with a million of them in the table as with a thousand: npm run bench:tokens.
// CPU time per request of the server and of Postgres, two servers on two databases, in interleaved rounds.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { resolve } from 'node:path';
import { createAccounts } from '../src/accounts/accounts.ts';
import { createResourceServers } from '../src/clients/resource-server.ts';
import { systemClock } from '../src/clock.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { sha256 } from '../src/digest.ts';
import { formatToken } from '../src/oauth/token-format.ts';
import { logIn } from '../test/support/oauth.ts';
import { cpuOf, cpuOfPostgres, median } from './support/cpu.ts';
import { type BenchServer, databaseUrlOf, startBenchServer } from './support/server.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 9);
const SIZES = [1_000, 1_000_000] as const;
const ACTOR = { credential: 'bench' };
const KNOWN = 500;

interface Side {
  readonly server: BenchServer;
  readonly login: string;
  readonly service: string;
  readonly organizationId: string;
  /** Tokens of the table whose values are known, for introspection. */
  readonly known: readonly string[];
  /** Made in this run, to be revoked. */
  readonly created: string[];
}

/** The table, as if it had grown: a hundred tokens to an organization, half of them personal. */
async function prepare(size: number): Promise<Side> {
  const server = await startBenchServer(`teamday_bench_${size}`);
  const database = await openDatabase({ databaseUrl: databaseUrlOf(server.database), dataDir: '' });
  const accounts = createAccounts(database, systemClock);
  await accounts.createOrganization({ id: 'org_bench', name: 'Bench' }, ACTOR);
  const ada = {
    email: 'ada@acme.example',
    name: 'Ada',
    password: 'correct horse battery',
    organizationId: 'org_bench',
  };
  const person = await accounts.createPerson({ ...ada, role: 'admin' }, ACTOR);
  const services = await createResourceServers(database, systemClock).create('bench', [], undefined, ACTOR);
  if (person.outcome !== 'created' || services === false) throw new Error('not prepared');

  const organizations = size / 100;
  await database.query(
    `INSERT INTO organizations (id, name, created_at) SELECT 'org_' || i, 'Org ' || i, now() FROM generate_series(1, ${organizations}) i`,
  );
  await database.query(
    `INSERT INTO people (id, email, name, created_at) SELECT 'user_' || i, 'p' || i || '@acme.example', 'P', now() FROM generate_series(1, ${organizations}) i`,
  );
  await database.query(
    `INSERT INTO memberships SELECT 'user_' || i, 'org_' || i, 'member', now() FROM generate_series(1, ${organizations}) i`,
  );
  await server.sql.query(
    `INSERT INTO tokens (id, kind, digest, name, organization_id, person_id, created_by, scopes, created_at, expires_at)
     SELECT 'tok_' || i, CASE i % 2 WHEN 0 THEN 'personal' ELSE 'organization' END, sha256(('x' || i)::bytea), 'Token ' || i,
            'org_' || (i % ${organizations} + 1), CASE i % 2 WHEN 0 THEN 'user_' || (i % ${organizations} + 1) END,
            'user_' || (i % ${organizations} + 1), CASE i % 2 WHEN 1 THEN '{all}'::text[] END, now(), now() + interval '90 days'
     FROM generate_series(1, ${size}) i`,
  );
  const known = Array.from({ length: KNOWN }, () => formatToken('td_', randomBytes(28)));
  const step = size / KNOWN;
  for (const [i, token] of known.entries()) {
    await database.query('UPDATE tokens SET digest = $1 WHERE id = $2', [sha256(token), `tok_${(i + 1) * step}`]);
  }
  // The listed organization has a hundred tokens, whatever the size of the table.
  await database.query(
    `INSERT INTO tokens (id, kind, digest, name, organization_id, created_by, scopes, created_at, expires_at)
     SELECT 'tok_b' || i, 'organization', sha256(('b' || i)::bytea), 'Listed ' || i, 'org_bench', '${person.id}', '{all}', now(), now() + interval '90 days'
     FROM generate_series(1, 100) i`,
  );
  await server.sql.query('VACUUM ANALYZE');
  await database.close();
  const login = `Bearer ${(await logIn(server.url, ada)).access_token}`;
  const service = `Basic ${Buffer.from(`bench:${services.secret?.reveal()}`).toString('base64')}`;
  return { server, login, service, organizationId: 'org_bench', known, created: [] };
}

const path = (side: Side) => `${side.server.url}/api/organizations/${side.organizationId}/tokens`;

/** What is measured: how often a round does it, and one time of it. */
const acts: Record<string, { times: number; once: (side: Side, i: number) => Promise<unknown> }> = {
  introspect: {
    times: 1_500,
    async once(side, i) {
      const body = new URLSearchParams({ token: side.known[(i * 7) % side.known.length] ?? '' });
      const answer = await (
        await fetch(`${side.server.url}/oauth/introspect`, {
          method: 'POST',
          headers: { authorization: side.service },
          body,
        })
      ).json();
      if (!(answer as { active: boolean }).active) throw new Error('a token of the table is not active');
    },
  },
  list: {
    times: 200,
    once: async (side) => await expectStatus(200, fetch(path(side), { headers: { authorization: side.login } })),
  },
  create: {
    times: 200,
    async once(side, i) {
      const answer = await expectStatus(201, post(path(side), side.login, { name: `Bench ${i}` }));
      side.created.push((answer as { id: string }).id);
    },
  },
  revoke: {
    times: 200,
    once: async (side) => await expectStatus(200, post(`${path(side)}/${side.created.pop()}/revoke`, side.login, {})),
  },
};

function post(url: string, authorization: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function expectStatus(status: number, request: Promise<Response>): Promise<unknown> {
  const answer = await request;
  const body: unknown = await answer.json();
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
  return body;
}

const sides = [await prepare(SIZES[0]), await prepare(SIZES[1])];
const costs = new Map<string, number[]>();
try {
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, act] of Object.entries(acts)) {
      for (const [n, side] of sides.entries()) {
        const [server, postgres] = [cpuOf(side.server.pid), cpuOfPostgres(side.server.database)];
        for (let i = 0; i < act.times; i += 1) await act.once(side, i);
        if (round < 0) continue; // warms up
        const key = (part: string) => `${name} ${n} ${part}`;
        const note = (part: string, microseconds: number) =>
          costs.set(key(part), [...(costs.get(key(part)) ?? []), microseconds / act.times]);
        const [serverCost, postgresCost] = [
          cpuOf(side.server.pid) - server,
          cpuOfPostgres(side.server.database) - postgres,
        ];
        note('server', serverCost);
        note('postgres', postgresCost);
        note('both', serverCost + postgresCost);
      }
    }
  }
} finally {
  for (const side of sides) await side.server.stop();
}

const cost = (name: string, n: number, part: string) => median(costs.get(`${name} ${n} ${part}`) ?? []);
const rows = Object.keys(acts).map((name) => {
  const cells = [0, 1].map((n) => `${cost(name, n, 'server').toFixed(0)} + ${cost(name, n, 'postgres').toFixed(0)}`);
  const ratio = cost(name, 1, 'both') / cost(name, 0, 'both');
  return `| ${name} | ${cells.join(' | ')} | ${ratio.toFixed(2)} |`;
});
const report = `# A million tokens

CPU time per request in µs, server + Postgres, with a thousand and with a million tokens in the table; median of ${ROUNDS}
interleaved rounds. Written by \`npm run bench:tokens\`.

${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Linux ${release()}, Node ${process.version}.

| | 1,000 | 1,000,000 | ratio |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
process.stdout.write(report);
writeFileSync(resolve(import.meta.dirname, 'tokens.md'), report);
