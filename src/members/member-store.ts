// SQL of an organization's people as its admins see them, and of what changes who they are.
import { first, type Queryable } from '../database/database.ts';
import type { Role } from '../oauth/roles.ts';
import type { Member } from './member.ts';

const MEMBER = `
  SELECT p.id, p.email, p.name, m.role, m.created_at AS "joinedAt", p.disabled_at IS NOT NULL AS disabled,
         l.at AS "lastSignInAt", p.password_hash IS NOT NULL AS "hasPassword",
         (SELECT count(*) FROM sessions s WHERE s.person_id = p.id AND s.organization_id = m.organization_id
            AND s.ended_at IS NULL AND s.expires_at > $2) AS sessions,
         (SELECT count(*) FROM tokens t WHERE t.person_id = p.id AND t.organization_id = m.organization_id
            AND t.kind = 'personal' AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)) AS tokens
  FROM memberships m JOIN people p ON p.id = m.person_id LEFT JOIN last_sign_ins l ON l.person_id = p.id
  WHERE m.organization_id = $1`;

/** By name. */
export async function listMembers(on: Queryable, organizationId: string, now: Date): Promise<readonly Member[]> {
  const { rows } = await on.query<Member>(`${MEMBER} ORDER BY lower(p.name), p.id`, [organizationId, now]);
  return rows;
}

export async function findMember(
  on: Queryable,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<Member | undefined> {
  return first(await on.query<Member>(`${MEMBER} AND p.id = $3`, [organizationId, now, personId]));
}

/** How many working organization tokens a person has made there. */
export async function countOrganizationTokensBy(
  on: Queryable,
  organizationId: string,
  personId: string,
  now: Date,
): Promise<number> {
  const counted = await on.query<{ count: number }>(
    `SELECT count(*) AS count FROM tokens WHERE kind = 'organization' AND organization_id = $1 AND created_by = $2
       AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)`,
    [organizationId, personId, now],
  );
  return first(counted)?.count ?? 0;
}

/**
 * Holds these people until the transaction ends: their tokens, approvals and sign-ins are made before or after it.
 * Always the first to be locked, in one order, so that no two transactions wait for each other.
 */
export async function lockPeople(transaction: Queryable, personIds: readonly string[]): Promise<void> {
  await transaction.query('SELECT id FROM people WHERE id = any($1) ORDER BY id FOR NO KEY UPDATE', [personIds]);
}

/** Holds who is what in an open organization: one change after the other. False when there is none such. */
export async function lockOrganization(transaction: Queryable, organizationId: string): Promise<boolean> {
  const { count } = await transaction.query(
    'SELECT id FROM organizations WHERE id = $1 AND closed_at IS NULL FOR NO KEY UPDATE',
    [organizationId],
  );
  return count === 1;
}

/** The same of all that a person administers: nobody there relies on an admin who is being disabled. */
export async function lockOrganizationsOf(transaction: Queryable, personId: string): Promise<void> {
  await transaction.query(
    `SELECT id FROM organizations WHERE id IN (SELECT organization_id FROM memberships WHERE person_id = $1 AND role = 'admin')
     ORDER BY id FOR NO KEY UPDATE`,
    [personId],
  );
}

/** Of a person who is not disabled. Stays so while the organization is locked. */
export async function findRole(on: Queryable, personId: string, organizationId: string): Promise<Role | undefined> {
  return first(
    await on.query<{ role: Role }>(
      `SELECT m.role FROM memberships m JOIN people p ON p.id = m.person_id AND p.disabled_at IS NULL
       WHERE m.person_id = $1 AND m.organization_id = $2`,
      [personId, organizationId],
    ),
  )?.role;
}

/** Whether anybody else administers the organization: somebody disabled doesn't count. */
export async function hasOtherAdmin(on: Queryable, organizationId: string, personId: string): Promise<boolean> {
  const { count } = await on.query(
    `SELECT m.person_id FROM memberships m JOIN people p ON p.id = m.person_id AND p.disabled_at IS NULL
     WHERE m.organization_id = $1 AND m.role = 'admin' AND m.person_id <> $2 LIMIT 1`,
    [organizationId, personId],
  );
  return count === 1;
}

export async function updateRole(on: Queryable, organizationId: string, personId: string, role: Role): Promise<void> {
  await on.query('UPDATE memberships SET role = $3 WHERE organization_id = $1 AND person_id = $2', [
    organizationId,
    personId,
    role,
  ]);
}

/** Waits for what the person does under this membership at the moment. */
export async function deleteMembership(on: Queryable, organizationId: string, personId: string): Promise<void> {
  await on.query('DELETE FROM memberships WHERE organization_id = $1 AND person_id = $2', [organizationId, personId]);
}

/** The person of this e-mail address, locked. */
export async function lockPersonByEmail(
  transaction: Queryable,
  email: string,
): Promise<{ id: string; disabled: boolean } | undefined> {
  return first(
    await transaction.query<{ id: string; disabled: boolean }>(
      'SELECT id, disabled_at IS NOT NULL AS disabled FROM people WHERE email = $1 FOR NO KEY UPDATE',
      [email],
    ),
  );
}

export async function setDisabled(on: Queryable, personId: string, at: Date | null): Promise<void> {
  await on.query('UPDATE people SET disabled_at = $2 WHERE id = $1', [personId, at]);
}

/** Ids of the open organizations that this person was the only enabled admin of. */
export async function organizationsWithoutAdmin(on: Queryable, personId: string): Promise<readonly string[]> {
  const { rows } = await on.query<{ id: string }>(
    `SELECT o.id FROM memberships own JOIN organizations o ON o.id = own.organization_id AND o.closed_at IS NULL
     WHERE own.person_id = $1 AND own.role = 'admin' AND NOT EXISTS (
       SELECT FROM memberships m JOIN people p ON p.id = m.person_id AND p.disabled_at IS NULL
       WHERE m.organization_id = o.id AND m.role = 'admin' AND m.person_id <> $1)
     ORDER BY o.id`,
    [personId],
  );
  return rows.map(({ id }) => id);
}
