// SQL of invitations. One is pending until it is ended, for whatever reason, by one conditional UPDATE.
import { first, type Queryable } from '../database/database.ts';
import type { Invitation, OpenInvitation } from './invitation.ts';

/** `resent`: another one took its place. `inviter_gone`: who invited is no admin any more. */
export type InvitationEnd =
  | 'accepted'
  | 'revoked'
  | 'resent'
  | 'expired'
  | 'inviter_gone'
  | 'member_removed'
  | 'person_disabled';

const COLUMNS = `i.id, i.email, i.role, i.invited_by AS "invitedBy", i.created_at AS "createdAt", i.expires_at AS "expiresAt"`;

export async function insertInvitation(on: Queryable, organizationId: string, invitation: Invitation): Promise<void> {
  const { id, email, role, invitedBy, createdAt, expiresAt } = invitation;
  await on.query(
    `INSERT INTO invitations (id, organization_id, email, role, invited_by, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, organizationId, email, role, invitedBy, createdAt, expiresAt],
  );
}

/** Pending ones, those that have expired among them, newest first. */
export async function listInvitations(on: Queryable, organizationId: string): Promise<readonly Invitation[]> {
  const { rows } = await on.query<Invitation>(
    `SELECT ${COLUMNS} FROM invitations i WHERE i.organization_id = $1 AND i.ended_at IS NULL ORDER BY i.created_at DESC, i.id`,
    [organizationId],
  );
  return rows;
}

export async function findInvitation(
  on: Queryable,
  organizationId: string,
  id: string,
): Promise<Invitation | undefined> {
  return first(
    await on.query<Invitation>(
      `SELECT ${COLUMNS} FROM invitations i WHERE i.organization_id = $1 AND i.ended_at IS NULL AND i.id = $2`,
      [organizationId, id],
    ),
  );
}

export async function findOpenInvitation(on: Queryable, id: string, now: Date): Promise<OpenInvitation | undefined> {
  return first(
    await on.query<OpenInvitation>(
      `SELECT ${COLUMNS}, o.id AS "organizationId", o.name AS "organizationName", p.name AS "inviterName",
              EXISTS (SELECT FROM people known WHERE known.email = i.email) AS "hasAccount"
       FROM invitations i
       JOIN organizations o ON o.id = i.organization_id AND o.closed_at IS NULL
       JOIN people p ON p.id = i.invited_by AND p.disabled_at IS NULL
       JOIN memberships m ON m.person_id = p.id AND m.organization_id = o.id AND m.role = 'admin'
       WHERE i.id = $1 AND i.ended_at IS NULL AND i.expires_at > $2`,
      [id, now],
    ),
  );
}

/** Where an invitation leads, and who has accepted it, whatever has become of it. */
export async function findDestination(
  on: Queryable,
  id: string,
): Promise<{ organizationId: string; acceptedBy: string | null } | undefined> {
  return first(
    await on.query<{ organizationId: string; acceptedBy: string | null }>(
      'SELECT organization_id AS "organizationId", accepted_by AS "acceptedBy" FROM invitations WHERE id = $1',
      [id],
    ),
  );
}

/** What to write into the mail, if it may still be accepted. */
export async function findInvitationMail(
  on: Queryable,
  id: string,
  now: Date,
): Promise<(OpenInvitation & { locale: 'en' | 'cs' }) | undefined> {
  const invitation = await findOpenInvitation(on, id, now);
  if (invitation === undefined) return undefined;
  const { rows } = await on.query<{ locale: 'en' | 'cs' }>(
    'SELECT locale FROM people WHERE email = $1 OR id = $2 ORDER BY email <> $1 LIMIT 1',
    [invitation.email, invitation.invitedBy],
  );
  return { ...invitation, locale: rows[0]?.locale ?? 'en' };
}

/** False when it had ended already. */
export async function endInvitation(
  on: Queryable,
  id: string,
  reason: InvitationEnd,
  now: Date,
  acceptedBy?: string,
): Promise<boolean> {
  const { count } = await on.query(
    'UPDATE invitations SET ended_at = $3, end_reason = $2, accepted_by = $4 WHERE id = $1 AND ended_at IS NULL',
    [id, reason, now, acceptedBy ?? null],
  );
  return count === 1;
}

/** Ends what is pending of all that one person sent, in one organization or in all. */
export async function endInvitationsBy(
  on: Queryable,
  personId: string,
  organizationId: string | undefined,
  reason: InvitationEnd,
  now: Date,
): Promise<readonly EndedInvitation[]> {
  const { rows } = await on.query<EndedInvitation>(
    `UPDATE invitations SET ended_at = $4, end_reason = $3
     WHERE invited_by = $1 AND ($2::text IS NULL OR organization_id = $2) AND ended_at IS NULL
     RETURNING id, email, organization_id AS "organizationId"`,
    [personId, organizationId ?? null, reason, now],
  );
  return rows;
}

/** Ends the one that is pending to the e-mail address of a person. */
export async function endInvitationTo(
  on: Queryable,
  personId: string,
  organizationId: string,
  reason: InvitationEnd,
  now: Date,
): Promise<readonly EndedInvitation[]> {
  const { rows } = await on.query<EndedInvitation>(
    `UPDATE invitations i SET ended_at = $4, end_reason = $3 FROM people p
     WHERE p.id = $1 AND i.email = p.email AND i.organization_id = $2 AND i.ended_at IS NULL
     RETURNING i.id, i.email, i.organization_id AS "organizationId"`,
    [personId, organizationId, reason, now],
  );
  return rows;
}

export interface EndedInvitation {
  readonly id: string;
  readonly email: string;
  readonly organizationId: string;
}

/** Makes room for a new one: an expired one is no longer pending. */
export async function endExpiredInvitation(
  on: Queryable,
  organizationId: string,
  email: string,
  now: Date,
): Promise<void> {
  await on.query(
    `UPDATE invitations SET ended_at = $3, end_reason = 'expired'
     WHERE organization_id = $1 AND email = $2 AND ended_at IS NULL AND expires_at <= $3`,
    [organizationId, email, now],
  );
}

/** Why nobody is invited by this e-mail address now, or undefined. */
export async function invitationObstacle(
  on: Queryable,
  organizationId: string,
  email: string,
): Promise<'already_member' | 'already_invited' | undefined> {
  const member = await on.query(
    'SELECT p.id FROM people p JOIN memberships m ON m.person_id = p.id AND m.organization_id = $1 WHERE p.email = $2',
    [organizationId, email],
  );
  if (member.count > 0) return 'already_member';
  const pending = await on.query(
    'SELECT id FROM invitations WHERE organization_id = $1 AND email = $2 AND ended_at IS NULL',
    [organizationId, email],
  );
  return pending.count > 0 ? 'already_invited' : undefined;
}

/** When the `nth` last one after `since` was sent, to one address or to any; undefined when there are fewer. */
export async function nthLastInvitation(
  on: Queryable,
  organizationId: string,
  email: string | undefined,
  nth: number,
  since: Date,
): Promise<Date | undefined> {
  return first(
    await on.query<{ createdAt: Date }>(
      `SELECT created_at AS "createdAt" FROM invitations
       WHERE organization_id = $1 AND ($2::text IS NULL OR email = $2) AND created_at > $3
       ORDER BY created_at DESC OFFSET $4 LIMIT 1`,
      [organizationId, email ?? null, since, nth - 1],
    ),
  )?.createdAt;
}

export async function countInvitationsBy(on: Queryable, organizationId: string, personId: string): Promise<number> {
  const counted = await on.query<{ count: number }>(
    'SELECT count(*) AS count FROM invitations WHERE invited_by = $2 AND organization_id = $1 AND ended_at IS NULL',
    [organizationId, personId],
  );
  return first(counted)?.count ?? 0;
}

/** Those that ended or expired before. */
export async function deleteInvitationsBefore(on: Queryable, before: Date): Promise<void> {
  await on.query('DELETE FROM invitations WHERE expires_at < $1 OR ended_at < $1', [before]);
}
