// SQL of sign-ins. Every read of a live session joins person, organization and membership as they are now.
import { first, type Queryable } from '../database/database.ts';
import type { Device, EndReason, LiveSession, SessionSelection } from './session.ts';

const LIVE = `
  SELECT s.id, s.client_id AS "clientId", s.scope, s.person_id AS "personId", p.email, p.name AS "personName",
         s.organization_id AS "organizationId", o.name AS "organizationName", m.role,
         s.refresh_id AS "refreshId", s.generation, s.rotated_at AS "rotatedAt",
         s.authenticated_at AS "authenticatedAt", s.created_at AS "createdAt", s.expires_at AS "expiresAt"
  FROM sessions s
  JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL
  JOIN organizations o ON o.id = s.organization_id AND o.closed_at IS NULL
  JOIN memberships m ON m.person_id = s.person_id AND m.organization_id = s.organization_id
  WHERE s.kind = 'cli' AND s.ended_at IS NULL`;

export async function findLiveSession(on: Queryable, id: string, now: Date): Promise<LiveSession | undefined> {
  return first(await on.query<LiveSession>(`${LIVE} AND s.expires_at > $2 AND s.id = $1`, [id, now]));
}

export async function findLiveSessionByRefreshId(
  on: Queryable,
  refreshId: Buffer,
  now: Date,
): Promise<LiveSession | undefined> {
  return first(await on.query<LiveSession>(`${LIVE} AND s.expires_at > $2 AND s.refresh_id = $1`, [refreshId, now]));
}

/** The session that a refresh token was derived from, whatever has become of it, its person or its organization. */
export async function findSessionByRefreshId(
  on: Queryable,
  refreshId: Buffer,
): Promise<{ id: string; clientId: string; personId: string } | undefined> {
  return first(
    await on.query<{ id: string; clientId: string; personId: string }>(
      'SELECT id, client_id AS "clientId", person_id AS "personId" FROM sessions WHERE refresh_id = $1',
      [refreshId],
    ),
  );
}

export interface NewCliSession {
  readonly id: string;
  readonly personId: string;
  readonly organizationId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly refreshId: Buffer;
  readonly device: Device;
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
}

export async function insertCliSession(on: Queryable, session: NewCliSession, now: Date): Promise<void> {
  const { device } = session;
  await on.query(
    `INSERT INTO sessions (id, kind, person_id, organization_id, client_id, scope, refresh_id, generation,
                           device_name, device_system, address, user_agent, authenticated_at, created_at, expires_at)
     VALUES ($1, 'cli', $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12, $13)`,
    [
      session.id,
      session.personId,
      session.organizationId,
      session.clientId,
      session.scope,
      session.refreshId,
      device.name ?? null,
      device.system ?? null,
      device.address,
      device.userAgent ?? null,
      session.authenticatedAt,
      now,
      session.expiresAt,
    ],
  );
}

/** Moves a live session from `generation` to the next, for a device at `address`. False when it is no longer there, or no longer alive. */
export async function rotateGeneration(
  on: Queryable,
  refreshId: Buffer,
  generation: number,
  address: string | undefined,
  now: Date,
): Promise<boolean> {
  const { count } = await on.query(
    `UPDATE sessions SET generation = generation + 1, rotated_at = $3, last_used_at = $3, last_used_address = $4
     WHERE refresh_id = $1 AND generation = $2 AND ended_at IS NULL AND expires_at > $3`,
    [refreshId, generation, now, address ?? null],
  );
  return count === 1;
}

/** Whether the session is alive and went from `generation` to the next after `since`. */
export async function rotatedSince(
  on: Queryable,
  refreshId: Buffer,
  generation: number,
  since: Date,
): Promise<boolean> {
  const { count } = await on.query(
    'SELECT id FROM sessions WHERE refresh_id = $1 AND generation = $2 + 1 AND rotated_at > $3 AND ended_at IS NULL',
    [refreshId, generation, since],
  );
  return count === 1;
}

/** Ends a sign-in. Undefined when there is none such or it had ended already. */
export async function endSession(
  on: Queryable,
  id: string,
  reason: EndReason,
  now: Date,
): Promise<{ personId: string; organizationId: string | null } | undefined> {
  return first(
    await on.query<{ personId: string; organizationId: string | null }>(
      `UPDATE sessions SET ended_at = $3, end_reason = $2 WHERE id = $1 AND ended_at IS NULL
       RETURNING person_id AS "personId", organization_id AS "organizationId"`,
      [id, reason, now],
    ),
  );
}

/** Ends whichever of the selected sign-ins are alive; in one order, so that no two transactions wait for each other. */
export async function endSessions(
  on: Queryable,
  selection: SessionSelection,
  reason: EndReason,
  now: Date,
): Promise<readonly { id: string; personId: string; organizationId: string | null }[]> {
  const { where, parameters } = selected(selection, [reason, now]);
  const { rows } = await on.query<{ id: string; personId: string; organizationId: string | null }>(
    `UPDATE sessions SET ended_at = $2, end_reason = $1
     WHERE id IN (
       SELECT s.id FROM sessions s WHERE ${where} AND s.ended_at IS NULL AND s.expires_at > $2 ORDER BY s.id FOR UPDATE)
     RETURNING id, person_id AS "personId", organization_id AS "organizationId"`,
    parameters,
  );
  return rows;
}

/**
 * The selection as a condition on `s`, its parameters behind `before`. At least a person or an organization has to be
 * named.
 */
export function selected(
  { personId, organizationId, id, exceptId }: SessionSelection,
  before: readonly unknown[] = [],
) {
  if (personId === undefined && organizationId === undefined) throw new Error('whose sign-ins?');
  const parameters = [...before];
  const conditions: string[] = [];
  const add = (condition: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${condition} $${parameters.push(value)}`);
  };
  add('s.person_id =', personId);
  add("s.kind = 'cli' AND s.organization_id =", organizationId);
  add('s.id =', id);
  add('s.id <>', exceptId);
  return { where: conditions.join(' AND '), parameters };
}

/**
 * Holds a person as they are until the transaction ends. Whoever makes a sign-in, or changes whom one acts for, does so
 * before anything else, as does whoever ends all that a person has: what is being made comes before, and is ended, or
 * after, and is refused. Undefined: unknown, or disabled.
 */
export async function holdPerson(
  on: Queryable,
  personId: string,
): Promise<{ readonly passwordHash: string | null } | undefined> {
  return first(
    await on.query<{ passwordHash: string | null }>(
      'SELECT password_hash AS "passwordHash" FROM people WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE',
      [personId],
    ),
  );
}

/** Whether a sign-in is alive; it can't end before the transaction does. */
export async function holdSession(on: Queryable, id: string, now: Date): Promise<boolean> {
  const { count } = await on.query(
    'SELECT id FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 FOR SHARE',
    [id, now],
  );
  return count === 1;
}

/** Makes `organizationId` the session's current one if the person is a member of it and it is open. */
export async function changeOrganization(on: Queryable, sessionId: string, organizationId: string): Promise<boolean> {
  const { count } = await on.query(
    `UPDATE sessions s SET organization_id = o.id
     FROM memberships m JOIN organizations o ON o.id = m.organization_id AND o.closed_at IS NULL
     WHERE s.id = $1 AND s.ended_at IS NULL AND m.person_id = s.person_id AND m.organization_id = $2`,
    [sessionId, organizationId],
  );
  return count === 1;
}

/** Ended and expired sign-ins are kept this long for questions, then removed. */
export async function deleteSessionsBefore(on: Queryable, before: Date): Promise<void> {
  await on.query('DELETE FROM sessions WHERE expires_at < $1 OR ended_at < $1', [before]);
}
