// A database as it is after a while, with the statistics that go with it: the plans of an empty one are others.
import { sha256 } from '../../src/digest.ts';
import type { BenchServer } from './server.ts';
import { newToken } from './tokens.ts';

const PEOPLE = 1_000;
const SESSIONS = 100_000;
const LOGINS = 10_000;
const TOKENS = 100_000;

/** Other people of other organizations, and what they have. */
export async function growUp(server: BenchServer): Promise<void> {
  const people = `generate_series(1, ${PEOPLE}) i`;
  const numbers = (count: number) => `(SELECT i, i % ${PEOPLE} + 1 AS o FROM generate_series(1, ${count}) i) numbers`;
  await server.sql(
    `INSERT INTO organizations (id, name, created_at) SELECT 'org_other' || i, 'Other ' || i, now() FROM ${people}`,
  );
  await server.sql(
    `INSERT INTO people (id, email, name, created_at) SELECT 'user_other' || i, 'other' || i || '@acme.example', 'P', now() FROM ${people}`,
  );
  await server.sql(
    `INSERT INTO memberships (person_id, organization_id, role, created_at)
     SELECT 'user_other' || i, 'org_other' || i, 'member', now() FROM ${people}`,
  );
  await server.sql(
    `INSERT INTO sessions (id, kind, person_id, organization_id, client_id, scope, refresh_id, generation, address,
                           authenticated_at, created_at, expires_at)
     SELECT 'ses_other' || i, 'cli', 'user_other' || o, 'org_other' || o, 'teamday-cli', 'agents:manage',
            substring(sha256(i::text::bytea) FOR 16), 1, '192.0.2.1', now(), now(), now() + interval '90 days'
     FROM ${numbers(SESSIONS)}`,
  );
  await server.sql(
    `INSERT INTO device_authorizations (device_code_digest, user_code_digest, client_id, scope, address, created_at, expires_at,
                                        poll_interval)
     SELECT sha256(('d' || i)::bytea), sha256(('u' || i)::bytea), 'teamday-cli', 'agents:manage', '192.0.2.1', now(),
            now() + interval '10 minutes', 5
     FROM ${numbers(LOGINS)}`,
  );
  await server.sql(
    `INSERT INTO tokens (id, kind, digest, name, organization_id, person_id, created_by, created_at, expires_at)
     SELECT 'tok_other' || i, 'personal', sha256(('t' || i)::bytea), 'Token ' || i, 'org_other' || o, 'user_other' || o,
            'user_other' || o, now() - interval '2 days', now() + interval '90 days'
     FROM ${numbers(TOKENS)}`,
  );
  await server.sql('VACUUM ANALYZE');
}

/** The values of so many personal tokens of those people. */
export async function learnTokens(server: BenchServer, count: number): Promise<readonly string[]> {
  const known = Array.from({ length: count }, newToken);
  await server.sql(
    `UPDATE tokens SET digest = known.digest
     FROM unnest($1::bytea[]) WITH ORDINALITY known (digest, n) WHERE id = 'tok_other' || n`,
    [known.map(sha256)],
  );
  await server.sql('VACUUM ANALYZE');
  return known;
}

/** What was made counts for the limit of tokens a person may make, for an hour: it would be counted longer and longer. */
export function ageTokens(server: BenchServer): Promise<void> {
  return server.sql(
    `UPDATE tokens SET created_at = created_at - interval '2 hours'
     WHERE name = 'Bench' AND created_at > now() - interval '2 hours'`,
  );
}
