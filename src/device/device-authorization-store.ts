// SQL of pending CLI logins. Each change of state is one conditional UPDATE: the database decides who was first.
import { byteaText, first, type Queryable } from '../database/database.ts';
import { type Locking, lockingSql } from '../database/merged-acts.ts';
import type { Device } from '../sessions/session.ts';
import type { DeviceAuthorization, RedeemedAuthorization } from './device-authorization.ts';

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

export interface NewDeviceAuthorization {
  readonly deviceCodeDigest: Buffer;
  readonly userCodeDigest: Buffer;
  readonly clientId: string;
  readonly scope: string;
  readonly device: Device;
  readonly pollIntervalSeconds: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The user code digests of those that were inserted: a user code is given to one login at a time. */
export async function insertDeviceAuthorizations(
  on: Queryable,
  logins: readonly NewDeviceAuthorization[],
): Promise<readonly Buffer[]> {
  const { rows } = await on.query<{ digest: Buffer }>(
    `INSERT INTO device_authorizations (device_code_digest, user_code_digest, client_id, scope, device_name, device_system,
                                        address, user_agent, created_at, expires_at, poll_interval)
     SELECT * FROM jsonb_to_recordset($1) AS (
       device_code_digest bytea, user_code_digest bytea, client_id text, scope text, device_name text, device_system text,
       address text, user_agent text, created_at timestamptz, expires_at timestamptz, poll_interval int)
     ON CONFLICT (user_code_digest) DO NOTHING RETURNING user_code_digest AS digest`,
    [JSON.stringify(logins.map(rowOf))],
  );
  return rows.map(({ digest }) => digest);
}

function rowOf({ device, ...login }: NewDeviceAuthorization) {
  return {
    device_code_digest: byteaText(login.deviceCodeDigest),
    user_code_digest: byteaText(login.userCodeDigest),
    client_id: login.clientId,
    scope: login.scope,
    device_name: device.name,
    device_system: device.system,
    address: device.address,
    user_agent: device.userAgent,
    created_at: login.createdAt,
    expires_at: login.expiresAt,
    poll_interval: login.pollIntervalSeconds,
  };
}

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
  readonly userCodeDigest: Buffer;
  readonly personId: string;
  /** The browser's sign-in that it is given by. */
  readonly browserSessionId: string;
  readonly organizationId: string;
  /** Of the session that will be. */
  readonly sessionId: string;
  readonly authenticatedAt: Date;
}

/**
 * The session ids of those that are approved by it: the login is undecided and has not expired, the person is enabled,
 * signed in, and a member of that organization, which is open. All of this is held until the transaction ends.
 */
export async function approve(
  on: Queryable,
  approvals: readonly Approval[],
  now: Date,
  locking: Locking,
): Promise<ReadonlySet<string>> {
  const unlessHeld = lockingSql(locking);
  const { rows } = await on.query<{ sessionId: string }>(
    `WITH held AS (
       SELECT d.device_code_digest, asked.*
       FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
         AS asked (user_code_digest, person_id, browser_session_id, organization_id, session_id, authenticated_at)
       JOIN people p ON p.id = asked.person_id AND p.disabled_at IS NULL
       JOIN organizations o ON o.id = asked.organization_id AND o.closed_at IS NULL
       JOIN sessions s ON s.id = asked.browser_session_id AND s.person_id = p.id AND s.ended_at IS NULL AND s.expires_at > $1
       JOIN memberships m ON m.person_id = p.id AND m.organization_id = o.id
       JOIN device_authorizations d ON d.user_code_digest = asked.user_code_digest AND d.decision IS NULL AND d.expires_at > $1
       FOR NO KEY UPDATE OF p ${unlessHeld} FOR SHARE OF o ${unlessHeld} FOR SHARE OF s ${unlessHeld}
       FOR SHARE OF m ${unlessHeld} FOR NO KEY UPDATE OF d ${unlessHeld})
     UPDATE device_authorizations d
     SET decision = 'approved', decided_at = $1, person_id = held.person_id, organization_id = held.organization_id,
         session_id = held.session_id, authenticated_at = held.authenticated_at
     FROM held WHERE d.device_code_digest = held.device_code_digest RETURNING d.session_id AS "sessionId"`,
    [
      now,
      approvals.map(({ userCodeDigest }) => userCodeDigest),
      approvals.map(({ personId }) => personId),
      approvals.map(({ browserSessionId }) => browserSessionId),
      approvals.map(({ organizationId }) => organizationId),
      approvals.map(({ sessionId }) => sessionId),
      approvals.map(({ authenticatedAt }) => authenticatedAt),
    ],
  );
  return new Set(rows.map(({ sessionId }) => sessionId));
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

/** Uses these device codes up: those that the client was given, that are approved, not used before, and not expired. */
export async function redeem(
  on: Queryable,
  asked: readonly { readonly deviceCodeDigest: Buffer; readonly clientId: string }[],
  now: Date,
  locking: Locking,
): Promise<readonly RedeemedAuthorization[]> {
  const { rows } = await on.query<Row & { digest: Buffer }>(
    `WITH due AS (
       SELECT d.device_code_digest FROM unnest($2::bytea[], $3::text[]) AS asked (device_code_digest, client_id)
       JOIN device_authorizations d ON d.device_code_digest = asked.device_code_digest AND d.client_id = asked.client_id
       WHERE d.decision = 'approved' AND d.redeemed_at IS NULL AND d.expires_at > $1
       FOR NO KEY UPDATE OF d ${lockingSql(locking)})
     UPDATE device_authorizations d SET redeemed_at = $1 WHERE d.device_code_digest IN (SELECT device_code_digest FROM due)
     RETURNING d.device_code_digest AS digest, ${COLUMNS}`,
    [now, asked.map(({ deviceCodeDigest }) => deviceCodeDigest), asked.map(({ clientId }) => clientId)],
  );
  return rows.flatMap(({ digest: deviceCodeDigest, ...row }) => {
    const login = fromRow(row);
    return login.state === 'redeemed' ? [{ ...login, deviceCodeDigest }] : [];
  });
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
