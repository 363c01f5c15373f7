// SQL of pending CLI logins. Each change of state is one conditional UPDATE: the database decides who was first.
import { first, type Queryable } from '../database/database.ts';
import type { DeviceAuthorization } from './device-authorization.ts';

interface Row {
  client_id: string;
  scope: string;
  device_name: string | null;
  device_system: string | null;
  address: string;
  user_agent: string | null;
  created_at: Date;
  expires_at: Date;
  decision: 'approved' | 'denied' | null;
  person_id: string | null;
  organization_id: string | null;
  authenticated_at: Date | null;
  session_id: string | null;
  redeemed_at: Date | null;
}

const COLUMNS = `client_id, scope, device_name, device_system, address, user_agent, created_at, expires_at,
  decision, person_id, organization_id, authenticated_at, session_id, redeemed_at`;

export async function findByDeviceCode(on: Queryable, digest: Buffer): Promise<DeviceAuthorization | undefined> {
  const { rows } = await on.query<Row>(`SELECT ${COLUMNS} FROM device_authorizations WHERE device_code_digest = $1`, [
    digest,
  ]);
  return rows.map(fromRow)[0];
}

/** By their user code digests in hexadecimal. */
export async function findByUserCodes(
  on: Queryable,
  digests: readonly string[],
): Promise<ReadonlyMap<string, DeviceAuthorization>> {
  const { rows } = await on.query<Row & { digest: string }>(
    `SELECT encode(user_code_digest, 'hex') AS digest, ${COLUMNS} FROM device_authorizations WHERE user_code_digest = any($1)`,
    [digests.map((digest) => Buffer.from(digest, 'hex'))],
  );
  return new Map(rows.map(({ digest, ...row }) => [digest, fromRow(row)]));
}

/** Notes a poll, if it comes no sooner than the interval after the last one. False: too soon, nothing noted. */
export async function notePoll(on: Queryable, deviceCodeDigest: Buffer, now: Date, slackMs: number): Promise<boolean> {
  const { count } = await on.query(
    `UPDATE device_authorizations SET polled_at = $2
     WHERE device_code_digest = $1
       AND (polled_at IS NULL OR polled_at <= $2::timestamptz + $3 * interval '1 millisecond' - poll_interval * interval '1 second')`,
    [deviceCodeDigest, now, slackMs],
  );
  return count === 1;
}

/** RFC 8628 §3.5: from here on the device has to wait this much longer between polls. */
export async function lengthenInterval(on: Queryable, deviceCodeDigest: Buffer, seconds: number): Promise<void> {
  await on.query('UPDATE device_authorizations SET poll_interval = poll_interval + $2 WHERE device_code_digest = $1', [
    deviceCodeDigest,
    seconds,
  ]);
}

export interface Approval {
  readonly personId: string;
  readonly organizationId: string;
  readonly sessionId: string;
  readonly authenticatedAt: Date;
}

/** False when it was decided or has expired, or the person is no member of that organization. */
export async function approve(on: Queryable, userCodeDigest: Buffer, approval: Approval, now: Date): Promise<boolean> {
  const { count } = await on.query(
    `UPDATE device_authorizations d
     SET decision = 'approved', decided_at = $6, person_id = $2, organization_id = $3, session_id = $4, authenticated_at = $5
     FROM memberships m JOIN organizations o ON o.id = m.organization_id AND o.closed_at IS NULL
     WHERE d.user_code_digest = $1 AND d.decision IS NULL AND d.expires_at > $6 AND m.person_id = $2 AND m.organization_id = $3`,
    [userCodeDigest, approval.personId, approval.organizationId, approval.sessionId, approval.authenticatedAt, now],
  );
  return count === 1;
}

/** False when it was decided or has expired. */
export async function deny(on: Queryable, userCodeDigest: Buffer, personId: string, now: Date): Promise<boolean> {
  const { count } = await on.query(
    `UPDATE device_authorizations SET decision = 'denied', decided_at = $3, person_id = $2
     WHERE user_code_digest = $1 AND decision IS NULL AND expires_at > $3`,
    [userCodeDigest, personId, now],
  );
  return count === 1;
}

/** Uses the device code up. Undefined when it was used before, or is not approved, or has expired. */
export async function redeem(
  on: Queryable,
  deviceCodeDigest: Buffer,
  now: Date,
): Promise<DeviceAuthorization | undefined> {
  const { rows } = await on.query<Row>(
    `UPDATE device_authorizations SET redeemed_at = $2
     WHERE device_code_digest = $1 AND decision = 'approved' AND redeemed_at IS NULL AND expires_at > $2
     RETURNING ${COLUMNS}`,
    [deviceCodeDigest, now],
  );
  return rows.map(fromRow)[0];
}

/** The session that this code was redeemed for, if that was after `since` and it has not refreshed yet. */
export async function redeemedSince(on: Queryable, deviceCodeDigest: Buffer, since: Date): Promise<string | undefined> {
  return first(
    await on.query<{ id: string }>(
      `SELECT s.id FROM device_authorizations d JOIN sessions s ON s.id = d.session_id AND s.generation = 0
       WHERE d.device_code_digest = $1 AND d.redeemed_at > $2`,
      [deviceCodeDigest, since],
    ),
  )?.id;
}

export async function deleteDeviceAuthorizationsBefore(on: Queryable, before: Date): Promise<void> {
  await on.query('DELETE FROM device_authorizations WHERE expires_at < $1', [before]);
}

function fromRow(row: Row): DeviceAuthorization {
  const common = {
    clientId: row.client_id,
    scope: row.scope,
    device: {
      name: row.device_name ?? undefined,
      system: row.device_system ?? undefined,
      address: row.address,
      userAgent: row.user_agent ?? undefined,
    },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
  const {
    person_id: personId,
    organization_id: organizationId,
    session_id: sessionId,
    authenticated_at: authenticatedAt,
  } = row;
  if (personId === null) return { ...common, state: 'pending' };
  if (organizationId === null || sessionId === null || authenticatedAt === null)
    return { ...common, state: 'denied', personId };
  const state = row.redeemed_at === null ? 'approved' : 'redeemed';
  return { ...common, state, personId, organizationId, sessionId, authenticatedAt };
}

/** Denies what has been approved for an organization and not been redeemed, whoever approved it. */
export async function denyApprovalsOf(on: Queryable, organizationId: string): Promise<void> {
  await denyApproved(on, 'organization_id = $1', [organizationId]);
}

/**
 * Denies what a person has approved for a device that hasn't redeemed it: in one organization, or in all. To be done
 * before sign-ins are ended: whoever redeems one at this moment is waited for, and the sign-in that it made is then seen.
 */
export async function denyApprovals(on: Queryable, personId: string, organizationId?: string): Promise<void> {
  await denyApproved(on, 'person_id = $1 AND ($2::text IS NULL OR organization_id = $2)', [
    personId,
    organizationId ?? null,
  ]);
}

/** Locked in one order, so that no two transactions wait for each other. */
async function denyApproved(on: Queryable, condition: string, parameters: readonly unknown[]): Promise<void> {
  await on.query(
    `UPDATE device_authorizations SET decision = 'denied', session_id = NULL, organization_id = NULL, authenticated_at = NULL
     WHERE device_code_digest IN (
       SELECT device_code_digest FROM device_authorizations
       WHERE decision = 'approved' AND redeemed_at IS NULL AND ${condition} ORDER BY device_code_digest FOR NO KEY UPDATE)`,
    parameters,
  );
}
