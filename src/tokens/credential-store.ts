// SQL of an organization's credentials as its admins see them: lists in pages, search, counts. Changes: token-store.ts.
import { after, DAY } from '../clock.ts';
import type { Queryable } from '../database/database.ts';
import type {
  Credential,
  CredentialFilter,
  CredentialOwner,
  CredentialQuery,
  CredentialRules,
  IncidentProgress,
  Progress,
  RemainingLogin,
} from './credential.ts';
import type { Token } from './token.ts';
import { COLUMNS } from './token-store.ts';

const UNUSED_AFTER = 90 * DAY;
const EXPIRING_WITHIN = 30 * DAY;

/** `$1` is the organization, `$2` now. */
const NOT_EXPIRED = '(t.expires_at IS NULL OR t.expires_at > $2)';
const OWNER_IS_HERE = "(t.kind = 'organization' OR (m.role IS NOT NULL AND p.disabled_at IS NULL))";
const SELECTED = `SELECT ${COLUMNS}, t.revoked_at AS "revokedAt", coalesce(t.person_id, t.created_by) AS "ownerId",
    p.name AS "ownerName", p.email AS "ownerEmail", ${OWNER_IS_HERE} AS "ownerIsHere",
    t.revoked_at IS NULL AND ${NOT_EXPIRED} AND ${OWNER_IS_HERE} AS works
  FROM tokens t
  LEFT JOIN people p ON p.id = coalesce(t.person_id, t.created_by)
  LEFT JOIN memberships m ON m.person_id = t.person_id AND m.organization_id = t.organization_id
  WHERE t.organization_id = $1`;

type Row = Token & {
  readonly works: boolean;
  readonly ownerIsHere: boolean;
  readonly revokedAt: Date | null;
  readonly ownerId: string;
  readonly ownerName: string | null;
  readonly ownerEmail: string | null;
};

/** What lists leave out: what has expired before, and by which rules `beyond_policy` is judged. */
export interface Listing {
  readonly expiredAfter: Date;
  readonly rules: CredentialRules;
}

/**
 * Newest first.
 * @param afterId the last of the page before, which may have been revoked meanwhile
 */
export async function listCredentials(
  on: Queryable,
  query: CredentialQuery,
  listing: Listing,
  { afterId, limit }: { afterId: string | undefined; limit: number },
  now: Date,
): Promise<readonly Credential[]> {
  const { condition, parameters, add } = matching(query, listing, now);
  const cursor =
    afterId === undefined
      ? ''
      : `AND (t.created_at, t.id) < (SELECT created_at, id FROM tokens WHERE id = ${add(afterId)} AND organization_id = $1)`;
  const { rows } = await on.query<Row>(
    `${SELECTED} ${condition} ${cursor} ORDER BY t.created_at DESC, t.id DESC LIMIT ${add(limit)}`,
    parameters,
  );
  return rows.map(credentialOf);
}

export async function countCredentials(
  on: Queryable,
  query: CredentialQuery,
  listing: Listing,
  now: Date,
): Promise<number> {
  const { condition, parameters } = matching(query, listing, now);
  const { rows } = await on.query<{ count: number }>(
    `SELECT count(*) AS count FROM tokens t WHERE t.organization_id = $1 AND $2::timestamptz IS NOT NULL ${condition}`,
    parameters,
  );
  return rows[0]?.count ?? 0;
}

/** Who answers for credentials there that are not revoked, by name. */
export async function listOwners(
  on: Queryable,
  organizationId: string,
  limit: number,
): Promise<readonly CredentialOwner[]> {
  const { rows } = await on.query<CredentialOwner>(
    `SELECT o.id, p.name, p.email
     FROM (SELECT DISTINCT coalesce(person_id, created_by) AS id FROM tokens WHERE organization_id = $1 AND revoked_at IS NULL) o
     LEFT JOIN people p ON p.id = o.id ORDER BY lower(p.name), o.id LIMIT $2`,
    [organizationId, limit],
  );
  return rows;
}

/** Those of these that are not revoked. */
export async function findCredentials(
  on: Queryable,
  organizationId: string,
  ids: readonly string[],
  now: Date,
): Promise<readonly Credential[]> {
  const { rows } = await on.query<Row>(`${SELECTED} AND t.id = any($3) AND t.revoked_at IS NULL`, [
    organizationId,
    now,
    ids,
  ]);
  return rows.map(credentialOf);
}

/** Revoked ones too. `digests`: the first and the last there can be, both included. */
export async function searchCredentials(
  on: Queryable,
  organizationId: string,
  what: { readonly id: string } | { readonly digests: readonly [Buffer, Buffer] },
  now: Date,
): Promise<readonly Credential[]> {
  const condition = 'id' in what ? 't.id = $3' : 't.digest BETWEEN $3 AND $4';
  const parameters = 'id' in what ? [what.id] : what.digests;
  const { rows } = await on.query<Row>(`${SELECTED} AND ${condition} ORDER BY t.id LIMIT 20`, [
    organizationId,
    now,
    ...parameters,
  ]);
  return rows.map(credentialOf);
}

export async function isCredential(on: Queryable, organizationId: string, id: string): Promise<boolean> {
  const found = await on.query('SELECT id FROM tokens WHERE id = $1 AND organization_id = $2', [id, organizationId]);
  return found.count === 1;
}

/** What worked at `at`, tokens and logins of terminals, and how many of these still do. */
export async function countSince(
  on: Queryable,
  organizationId: string,
  at: Date,
  now: Date,
): Promise<IncidentProgress> {
  const { rows } = await on.query<Progress & { kind: keyof IncidentProgress }>(
    `SELECT kind, count(*) AS total, count(*) FILTER (WHERE ended_at IS NULL AND (expires_at IS NULL OR expires_at > $3)) AS remaining
     FROM (SELECT kind, created_at, revoked_at AS ended_at, expires_at FROM tokens WHERE organization_id = $1 AND created_at <= $2
           UNION ALL
           SELECT 'session', created_at, ended_at, expires_at FROM sessions WHERE organization_id = $1 AND created_at <= $2) c
     WHERE (ended_at IS NULL OR ended_at > $2) AND (expires_at IS NULL OR expires_at > $2)
     GROUP BY kind`,
    [organizationId, at, now],
  );
  const progressOf = (kind: keyof IncidentProgress): Progress => {
    const { total, remaining } = rows.find((row) => row.kind === kind) ?? { total: 0, remaining: 0 };
    return { total, remaining };
  };
  return {
    personal: progressOf('personal'),
    organization: progressOf('organization'),
    session: progressOf('session'),
  };
}

/** Those of the logins that are counted there which still work, newest first. */
export async function listLogins(
  on: Queryable,
  organizationId: string,
  at: Date,
  limit: number,
  now: Date,
): Promise<readonly RemainingLogin[]> {
  const { rows } = await on.query<RemainingLogin>(
    `SELECT s.id, p.name AS "personName", s.device_name AS "deviceName", s.device_system AS "deviceSystem",
            greatest(s.created_at, s.rotated_at, s.last_used_at) AS "lastUsedAt"
     FROM sessions s JOIN people p ON p.id = s.person_id
     WHERE s.organization_id = $1 AND s.created_at <= $2 AND s.ended_at IS NULL AND s.expires_at > $3
     ORDER BY s.created_at DESC, s.id DESC LIMIT $4`,
    [organizationId, at, now, limit],
  );
  return rows;
}

/** Conditions on `t` with their parameters; `add` takes one more and gives its place. */
function matching(query: CredentialQuery, { expiredAfter, rules }: Listing, now: Date) {
  const parameters: unknown[] = [query.organizationId, now];
  const add = (value: unknown) => `$${parameters.push(value)}`;
  const { filter, kind, ownerId, madeUntil } = query;
  const conditions = [
    't.revoked_at IS NULL',
    filter === undefined && madeUntil === undefined
      ? `(t.expires_at IS NULL OR t.expires_at > ${add(expiredAfter)})`
      : NOT_EXPIRED,
    ...(kind === undefined ? [] : [`t.kind = ${add(kind)}`]),
    ...(ownerId === undefined ? [] : [`coalesce(t.person_id, t.created_by) = ${add(ownerId)}`]),
    ...(madeUntil === undefined ? [] : [`t.created_at <= ${add(madeUntil)}`]),
    ...(filter === undefined ? [] : [filtered(filter, rules, now, add)]),
  ];
  return { condition: `AND ${conditions.join(' AND ')}`, parameters, add };
}

function filtered(
  filter: CredentialFilter,
  { personalMaxDays, organizationTokensExpire }: CredentialRules,
  now: Date,
  add: (value: unknown) => string,
): string {
  switch (filter) {
    case 'never_used':
      return 't.last_used_at IS NULL';
    case 'unused_90_days':
      return `coalesce(t.last_used_at, t.created_at) <= ${add(after(now, -UNUSED_AFTER))}`;
    case 'expiring':
      return `t.expires_at <= ${add(after(now, EXPIRING_WITHIN))}`;
    case 'unlimited':
      return 't.expires_at IS NULL';
    case 'beyond_policy': {
      const personal =
        personalMaxDays === null
          ? 'false'
          : `(t.expires_at IS NULL OR t.expires_at > t.created_at + make_interval(hours => ${add(personalMaxDays)}::integer * 24))`;
      const ours = organizationTokensExpire ? 't.expires_at IS NULL' : 'false';
      return `CASE t.kind WHEN 'personal' THEN ${personal} ELSE ${ours} END`;
    }
  }
}

function credentialOf({ ownerId, ownerName, ownerEmail, ...row }: Row): Credential {
  return { ...row, owner: { id: ownerId, name: ownerName, email: ownerEmail } };
}
