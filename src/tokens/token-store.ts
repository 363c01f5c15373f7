// SQL of personal and organization tokens.
import { first, type Queryable } from '../database/database.ts';
import type { Role } from '../oauth/roles.ts';
import type { Token } from './token.ts';

/** Whose tokens: one person's (everywhere, or in one organization), or one organization's own. */
export type TokenOwner =
  | { readonly kind: 'personal'; readonly personId: string; readonly organizationId?: string }
  | { readonly kind: 'organization'; readonly organizationId: string };

/** Those of all its people that act for an organization: its admins may revoke them, and nothing else. */
export type RevocableTokens = TokenOwner | { readonly kind: 'members'; readonly organizationId: string };

export type RevokeReason = 'revoked' | 'rotated' | 'leaked' | 'member_removed' | 'person_disabled';

export const COLUMNS = `t.id, t.kind, t.name, t.digest, t.organization_id AS "organizationId", t.person_id AS "personId",
  t.created_by AS "createdBy", t.scopes, t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.replaced_by AS "replacedBy",
  t.last_used_at AS "lastUsedAt", t.last_used_address AS "lastUsedAddress", t.last_used_user_agent AS "lastUsedUserAgent"`;

export interface NewTokenRow {
  readonly id: string;
  readonly kind: Token['kind'];
  readonly digest: Buffer;
  readonly name: string;
  readonly organizationId: string;
  readonly personId: string | null;
  readonly createdBy: string;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly replaces: string | null;
  readonly retiresReplaced: boolean;
}

export async function insertToken(on: Queryable, row: NewTokenRow): Promise<void> {
  await on.query(
    `INSERT INTO tokens (id, kind, digest, name, organization_id, person_id, created_by, scopes, created_at, expires_at, replaces, retires_replaced)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      row.id,
      row.kind,
      row.digest,
      row.name,
      row.organizationId,
      row.personId,
      row.createdBy,
      row.scopes,
      row.createdAt,
      row.expiresAt,
      row.replaces,
      row.retiresReplaced,
    ],
  );
}

/**
 * The role a person has in an organization that is open, held until the transaction ends: creations by one person come
 * one after the other, and none gets past a removal that was committed.
 */
export async function lockMember(on: Queryable, personId: string, organizationId: string): Promise<Role | undefined> {
  await lockPerson(on, personId);
  return first(
    await on.query<{ role: Role }>(
      `SELECT m.role FROM memberships m
       JOIN people p ON p.id = m.person_id AND p.disabled_at IS NULL
       JOIN organizations o ON o.id = m.organization_id AND o.closed_at IS NULL
       WHERE m.person_id = $1 AND m.organization_id = $2 FOR SHARE OF m`,
      [personId, organizationId],
    ),
  )?.role;
}

/** Who only refers to the person, as a login that is being redeemed does, is not kept waiting. */
export async function lockPerson(on: Queryable, personId: string): Promise<void> {
  await on.query('SELECT id FROM people WHERE id = $1 FOR NO KEY UPDATE', [personId]);
}

/** When the person made the `nth` last token after `since`; undefined when there are fewer. */
export async function nthLastCreation(
  on: Queryable,
  personId: string,
  nth: number,
  since: Date,
): Promise<Date | undefined> {
  return first(
    await on.query<{ createdAt: Date }>(
      `SELECT created_at AS "createdAt" FROM tokens WHERE created_by = $1 AND created_at > $2 ORDER BY created_at DESC OFFSET $3 LIMIT 1`,
      [personId, since, nth - 1],
    ),
  )?.createdAt;
}

/** Not revoked, and not expired for longer than since `expiredAfter`; newest first. */
export async function listTokens(on: Queryable, owner: TokenOwner, expiredAfter: Date): Promise<readonly Token[]> {
  const [condition, parameters] = ownedBy(owner, 2);
  const { rows } = await on.query<Token>(
    `SELECT ${COLUMNS} FROM tokens t WHERE ${condition} AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $1)
     ORDER BY t.created_at DESC, t.id`,
    [expiredAfter, ...parameters],
  );
  return rows;
}

/** A token of that owner, whether or not it has expired; not a revoked one. */
export async function findToken(
  on: Queryable,
  owner: TokenOwner,
  id: string,
  lock = false,
): Promise<Token | undefined> {
  const [condition, parameters] = ownedBy(owner, 2);
  const { rows } = await on.query<Token>(
    `SELECT ${COLUMNS} FROM tokens t WHERE t.id = $1 AND ${condition} AND t.revoked_at IS NULL ${lock ? 'FOR UPDATE' : ''}`,
    [id, ...parameters],
  );
  return rows[0];
}

export interface RevokedToken {
  readonly id: string;
  readonly kind: Token['kind'];
  readonly name: string;
  readonly digest: Buffer;
  readonly organizationId: string;
  readonly createdBy: string;
}

const REVOKED = 'id, kind, name, digest, organization_id AS "organizationId", created_by AS "createdBy"';

/** Undefined when that owner has none such, or it was revoked already. */
export async function revokeToken(
  on: Queryable,
  owner: RevocableTokens,
  id: string,
  reason: RevokeReason,
  now: Date,
): Promise<RevokedToken | undefined> {
  const [condition, parameters] = ownedBy(owner, 4);
  return first(
    await on.query<RevokedToken>(
      `UPDATE tokens t SET revoked_at = $3, revoke_reason = $2 WHERE t.id = $1 AND ${condition} AND t.revoked_at IS NULL RETURNING ${REVOKED}`,
      [id, reason, now, ...parameters],
    ),
  );
}

/** Revokes whichever of these ids are not revoked yet; whose they are is the caller's matter. */
export async function revokeTokens(
  on: Queryable,
  ids: readonly string[],
  reason: RevokeReason,
  now: Date,
): Promise<readonly RevokedToken[]> {
  await lockTokens(on, 't.id = any($1)', [ids]);
  const { rows } = await on.query<RevokedToken>(
    `UPDATE tokens SET revoked_at = $3, revoke_reason = $2 WHERE id = any($1) AND revoked_at IS NULL RETURNING ${REVOKED}`,
    [ids, reason, now],
  );
  return rows;
}

/** Many at once are locked in one order everywhere, so that no two transactions wait for each other. */
async function lockTokens(on: Queryable, condition: string, parameters: readonly unknown[]): Promise<void> {
  await on.query(
    `SELECT t.id FROM tokens t WHERE ${condition} AND t.revoked_at IS NULL ORDER BY t.id FOR UPDATE`,
    parameters,
  );
}

/** Revokes whichever of these are tokens and not revoked yet. */
export async function revokeByDigest(
  on: Queryable,
  digests: readonly Buffer[],
  reason: RevokeReason,
  now: Date,
): Promise<readonly RevokedToken[]> {
  await lockTokens(on, 't.digest = any($1::bytea[])', [digests]);
  const { rows } = await on.query<RevokedToken>(
    `UPDATE tokens SET revoked_at = $3, revoke_reason = $2 WHERE digest = any($1::bytea[]) AND revoked_at IS NULL RETURNING ${REVOKED}`,
    [digests, reason, now],
  );
  return rows;
}

/** Revokes all that this owner has and that are not revoked yet. */
export async function revokeTokensOf(
  on: Queryable,
  owner: TokenOwner,
  reason: RevokeReason,
  now: Date,
): Promise<readonly RevokedToken[]> {
  await lockTokens(on, ...ownedBy(owner, 1));
  const [condition, parameters] = ownedBy(owner, 3);
  const { rows } = await on.query<RevokedToken>(
    `UPDATE tokens t SET revoked_at = $2, revoke_reason = $1 WHERE ${condition} AND t.revoked_at IS NULL RETURNING ${REVOKED}`,
    [reason, now, ...parameters],
  );
  return rows;
}

/** Whether that owner ever had a token of this id. */
export async function wasToken(on: Queryable, owner: RevocableTokens, id: string): Promise<boolean> {
  const [condition, parameters] = ownedBy(owner, 2);
  return (
    (await on.query(`SELECT t.id FROM tokens t WHERE t.id = $1 AND ${condition}`, [id, ...parameters])).count === 1
  );
}

/** Brings a replaced token's end forward to the end of its grace period. */
export async function supersedeToken(on: Queryable, id: string, replacedBy: string, graceEndsAt: Date): Promise<void> {
  await on.query('UPDATE tokens SET replaced_by = $2, expires_at = least(expires_at, $3) WHERE id = $1', [
    id,
    replacedBy,
    graceEndsAt,
  ]);
}

/** Revokes what the token `id` replaces, if its first use is to do that. */
export async function retireReplaced(on: Queryable, id: string, now: Date): Promise<RevokedToken | undefined> {
  await lockTokens(on, 't.id = $1 OR t.id = (SELECT replaces FROM tokens WHERE id = $1)', [id]);
  return first(
    await on.query<RevokedToken>(
      `WITH successor AS (UPDATE tokens SET retires_replaced = false WHERE id = $1 AND retires_replaced RETURNING replaces)
       UPDATE tokens SET revoked_at = $2, revoke_reason = 'rotated'
       WHERE id = (SELECT replaces FROM successor) AND revoked_at IS NULL RETURNING ${REVOKED}`,
      [id, now],
    ),
  );
}

/** The owner as a condition on `t`, its parameters numbered from `from`. */
function ownedBy(owner: RevocableTokens, from: number): [string, string[]] {
  if (owner.kind !== 'personal') {
    const kind = owner.kind === 'organization' ? owner.kind : 'personal';
    return [`t.kind = '${kind}' AND t.organization_id = $${from}`, [owner.organizationId]];
  }
  const person = `t.kind = 'personal' AND t.person_id = $${from}`;
  if (owner.organizationId === undefined) return [person, [owner.personId]];
  return [`${person} AND t.organization_id = $${from + 1}`, [owner.personId, owner.organizationId]];
}
