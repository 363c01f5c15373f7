// SQL of what credentials were used for, and of when they were last used.
import type { Queryable } from '../database/database.ts';
import type { CleanUse } from './credential-use.ts';

/** Uses of one kind within one hour. */
export interface UsageRow extends CleanUse {
  /** `token:tok_…`, `session:ses_…` */
  readonly credential: string;
  readonly organizationId: string;
  /** The hour's beginning. */
  readonly hour: Date;
  readonly requests: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export interface LastUse {
  /** `tok_…`, `ses_…` */
  readonly id: string;
  readonly at: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Adds to what was counted before, by any instance. Rows come in one order everywhere: two instances never block each other. */
export async function addUsage(on: Queryable, rows: readonly UsageRow[]): Promise<void> {
  await on.query(
    `INSERT INTO credential_usage AS u (credential, hour, organization_id, service, method, route, address, requests, first_at, last_at)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                          $9::timestamptz[], $10::timestamptz[])
     ON CONFLICT (credential, hour, organization_id, service, method, route, address) DO UPDATE
     SET requests = u.requests + excluded.requests, first_at = least(u.first_at, excluded.first_at),
         last_at = greatest(u.last_at, excluded.last_at)`,
    [
      rows.map(({ credential }) => credential),
      rows.map(({ hour }) => hour),
      rows.map(({ organizationId }) => organizationId),
      rows.map(({ service }) => service),
      rows.map(({ method }) => method),
      rows.map(({ route }) => route),
      rows.map(({ address }) => address),
      rows.map(({ requests }) => requests),
      rows.map(({ firstAt }) => firstAt),
      rows.map(({ lastAt }) => lastAt),
    ],
  );
}

/** Skips tokens whose last use another instance wrote after `unlessAfter`. */
export async function writeLastUsesOfTokens(on: Queryable, uses: readonly LastUse[], unlessAfter: Date): Promise<void> {
  await lock(on, 'tokens', uses);
  await on.query(
    `UPDATE tokens t SET last_used_at = u.at, last_used_address = u.address, last_used_user_agent = u.user_agent
     FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[]) AS u (id, at, address, user_agent)
     WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at < least(u.at, $5))`,
    [...columnsOf(uses), uses.map(({ userAgent }) => userAgent), unlessAfter],
  );
}

/** The same for sign-ins. */
export async function writeLastUsesOfSessions(
  on: Queryable,
  uses: readonly LastUse[],
  unlessAfter: Date,
): Promise<void> {
  await lock(on, 'sessions', uses);
  await on.query(
    `UPDATE sessions s SET last_used_at = u.at, last_used_address = u.address
     FROM unnest($1::text[], $2::timestamptz[], $3::text[]) AS u (id, at, address)
     WHERE s.id = u.id AND (s.last_used_at IS NULL OR s.last_used_at < least(u.at, $4))`,
    [...columnsOf(uses), unlessAfter],
  );
}

/** In one order, as whoever ends many at once does: no revocation is given up because two transactions wait for each other. */
async function lock(on: Queryable, table: 'tokens' | 'sessions', uses: readonly LastUse[]): Promise<void> {
  await on.query(`SELECT id FROM ${table} WHERE id = any($1) ORDER BY id FOR NO KEY UPDATE`, [
    uses.map(({ id }) => id),
  ]);
}

function columnsOf(uses: readonly LastUse[]) {
  return [uses.map(({ id }) => id), uses.map(({ at }) => at), uses.map(({ address }) => address)];
}

/** One way in which a credential was used, over all hours of a time. */
export interface Usage extends CleanUse {
  readonly credential: string;
  readonly requests: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/**
 * The ways in which these credentials were used, the one used last first. Hours count whole.
 * @param organizationId what they did for others is left out; undefined: for any
 */
export async function usageOf(
  on: Queryable,
  credentials: readonly string[],
  organizationId: string | undefined,
  { since, until }: { readonly since?: Date | undefined; readonly until?: Date | undefined },
  limit: number,
): Promise<readonly Usage[]> {
  const { rows } = await on.query<Usage>(
    `SELECT credential, service, method, route, address, sum(requests)::bigint AS requests,
            min(first_at) AS "firstAt", max(last_at) AS "lastAt"
     FROM credential_usage
     WHERE credential = any($1) AND ($2::text IS NULL OR organization_id = $2)
       AND ($3::timestamptz IS NULL OR (hour > $3::timestamptz - interval '1 hour' AND last_at >= $3))
       AND ($4::timestamptz IS NULL OR first_at <= $4)
     GROUP BY credential, service, method, route, address
     ORDER BY "lastAt" DESC, service, route, method, address, credential LIMIT $5`,
    [credentials, organizationId ?? null, since ?? null, until ?? null, limit],
  );
  return rows;
}

export async function deleteUsageBefore(on: Queryable, before: Date): Promise<void> {
  await on.query('DELETE FROM credential_usage WHERE hour < $1', [before]);
}
