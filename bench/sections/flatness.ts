import { sha256 } from '../../src/digest.ts';
import { ageTokens } from '../support/grown.ts';
import { type Connection, expectStatus, overConnections, requestText } from '../support/http.ts';
import { introspectionLoad, subjectOf } from '../support/introspections.ts';
import { measure, quantile, type Scale, type Subject } from '../support/measure.ts';
import { addPeople } from '../support/people.ts';
import { costsOf, table } from '../support/report.ts';
import { bearer, jsonRequest } from '../support/requests.ts';
import { withServers } from '../support/running.ts';
import { ADA, type BenchServer, startBenchServer } from '../support/server.ts';
import { newToken } from '../support/tokens.ts';

const TOKENS_OF_AN_ORGANIZATION = 100;
/** Tokens of the table whose values are known, spread over all of it: of a million, not all are in use. */
const KNOWN = 1_000;
/** From one of them to the next; a prime, so that they are of all kinds and of as many owners as there are. */
const STRIDE = 7_919;
const CONNECTIONS = 8;

/** Whether a token costs the same among a million as among ten thousand. */
export async function flatness(scale: Scale): Promise<string> {
  const sizes = scale.share === 1 ? [10_000, 1_000_000] : [10_000, 100_000];
  return await withServers(async (keep) => {
    const sides: (readonly Subject[])[] = [];
    for (const size of sizes) {
      const server = await keep(startBenchServer(`teamday_bench_${size}`));
      sides.push(await actsOn(server, await fill(server, size), `with ${size}`));
    }
    const [few = [], many = []] = sides;
    const costs = await measure(
      few.flatMap((act, n) => [act, ...many.slice(n, n + 1)]),
      scale,
    );
    const rows = few.map((act, n) => {
      const [small, large] = [act, many[n] ?? act].map((one) => {
        const { server, postgres } = costsOf(costs, one);
        return { server, postgres, both: server.map((cost, round) => cost + (postgres[round] ?? 0)) };
      });
      const cell = (cost: typeof small) =>
        `${quantile(cost?.server ?? [], 0.5).toFixed(0)} + ${quantile(cost?.postgres ?? [], 0.5).toFixed(0)}`;
      const ratio = (of: 'server' | 'both') => {
        const ratios = large?.[of].map((cost, round) => cost / (small?.[of][round] ?? Number.NaN)) ?? [];
        return quantile(ratios, 0.5).toFixed(2);
      };
      return [act.name.split(',')[0] ?? '', cell(small), cell(large), ratio('server'), ratio('both')];
    });
    return `## A million tokens

CPU per request in µs, server + Postgres, by the number of tokens in the table. Introspection asks about ${KNOWN} of them, which
belong to as many people and organizations as can be.

${table(['', ...sizes.map((size) => size.toLocaleString('en')), 'ratio, server', 'ratio, both'], rows)}`;
  });
}

/** The table, as if it had grown: a hundred tokens to an organization, half of them personal. */
async function fill(server: BenchServer, size: number): Promise<readonly string[]> {
  const organizations = `generate_series(1, ${size / TOKENS_OF_AN_ORGANIZATION}) i`;
  await server.sql(
    `INSERT INTO organizations (id, name, created_at) SELECT 'org_' || i, 'Org ' || i, now() FROM ${organizations}`,
  );
  await server.sql(
    `INSERT INTO people (id, email, name, created_at) SELECT 'user_' || i, 'p' || i || '@acme.example', 'P', now() FROM ${organizations}`,
  );
  await server.sql(
    `INSERT INTO memberships (person_id, organization_id, role, created_at)
     SELECT 'user_' || i, 'org_' || i, 'member', now() FROM ${organizations}`,
  );
  await server.sql(
    `INSERT INTO tokens (id, kind, digest, name, organization_id, person_id, created_by, scopes, created_at, expires_at)
     SELECT 'tok_' || i, CASE i % 2 WHEN 0 THEN 'personal' ELSE 'organization' END, sha256(('x' || i)::bytea), 'Token ' || i,
            'org_' || o, CASE i % 2 WHEN 0 THEN 'user_' || o END, 'user_' || o,
            CASE i % 2 WHEN 1 THEN '{all}'::text[] END, now() - interval '2 days', now() + interval '90 days'
     FROM (SELECT i, i % ${size / TOKENS_OF_AN_ORGANIZATION} + 1 AS o FROM generate_series(1, ${size}) i) numbers`,
  );
  await server.sql(
    `INSERT INTO tokens (id, kind, digest, name, organization_id, created_by, scopes, created_at, expires_at)
     SELECT 'tok_b' || i, 'organization', sha256(('b' || i)::bytea), 'Listed ' || i, '${ADA.organizationId}', 'user_1', '{all}', now(),
            now() + interval '90 days'
     FROM generate_series(1, ${TOKENS_OF_AN_ORGANIZATION}) i`,
  );
  const known = Array.from({ length: KNOWN }, newToken);
  await server.sql(
    `UPDATE tokens SET digest = known.digest
     FROM unnest($1::bytea[]) WITH ORDINALITY known (digest, n) WHERE id = 'tok_' || 1 + n * ${STRIDE} % ${size}`,
    [known.map(sha256)],
  );
  await server.sql('VACUUM ANALYZE');
  return known;
}

async function actsOn(server: BenchServer, known: readonly string[], suffix: string): Promise<readonly Subject[]> {
  const people = await addPeople(server, CONNECTIONS);
  const path = `${server.url}/api/users/me/tokens`;
  const authorization = bearer(server.accessToken);
  const listing = requestText(`${server.url}/api/organizations/${ADA.organizationId}/tokens`, { authorization });
  const act = (name: string, turn: (connection: Connection, which: number) => Promise<unknown>): Subject => ({
    name: `${name}, ${suffix}`,
    server,
    times: 200,
    async run(times) {
      await overConnections(server.url, CONNECTIONS, times, async (connection, _, which) => {
        await turn(connection, which);
      });
    },
  });
  const createAndRevoke = act('create and revoke', async (connection, which) => {
    const own = bearer(people[which]?.accessToken ?? '');
    const { body } = await expectStatus(201, connection.exchange(jsonRequest(path, own, { name: 'Bench' })));
    const { id } = JSON.parse(body) as { id: string };
    await expectStatus(200, connection.exchange(jsonRequest(`${path}/${id}/revoke`, own, {})));
  });
  return [
    subjectOf(`introspect, ${suffix}`, server, introspectionLoad(server, known)),
    act('list', (connection) => expectStatus(200, connection.exchange(listing))),
    { ...createAndRevoke, prepare: () => ageTokens(server) },
  ];
}
