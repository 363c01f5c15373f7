// The plain approval of a login, together with all that are given at the moment: one statement, which waits for nobody.

import { outcomeOf } from '../audit/audit-actions.ts';
import { type Actor, recordingSql } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import { byteaText, type Database } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';

export interface Approval {
  readonly userCodeDigest: Buffer;
  readonly personId: string;
  /** The browser's sign-in that it is given by. */
  readonly browserSessionId: string;
  readonly authenticatedAt: Date;
  readonly organizationId: string;
  /** Of the session that will be. */
  readonly sessionId: string;
  readonly actor: Actor;
}

/**
 * What is held until it is done: the person, who is enabled, their organization, which is open, the browser's sign-in, which
 * is alive, the membership, the login, which is undecided, and the head of the audit chain. Whoever changes one of them comes before, and is seen, or after.
 */
const APPROVE = `
  WITH asked AS (
    SELECT * FROM jsonb_to_recordset($2) AS (
      user_code_digest bytea, person_id text, browser_session_id text, authenticated_at timestamptz, organization_id text,
      session_id text, credential text, address text, user_agent text, request_id text)),
  held AS MATERIALIZED (
    SELECT asked.*, d.device_code_digest FROM asked CROSS JOIN LATERAL (
      SELECT d.device_code_digest FROM people p
      JOIN organizations o ON o.id = asked.organization_id AND o.closed_at IS NULL
      JOIN sessions s ON s.id = asked.browser_session_id AND s.person_id = p.id AND s.ended_at IS NULL AND s.expires_at > $1
      JOIN memberships m ON m.person_id = p.id AND m.organization_id = o.id
      JOIN device_authorizations d ON d.user_code_digest = asked.user_code_digest AND d.decision IS NULL AND d.expires_at > $1
      JOIN audit_chains c ON c.chain = o.id
      WHERE p.id = asked.person_id AND p.disabled_at IS NULL
      FOR NO KEY UPDATE OF p SKIP LOCKED FOR SHARE OF o SKIP LOCKED FOR SHARE OF s SKIP LOCKED FOR SHARE OF m SKIP LOCKED
      FOR NO KEY UPDATE OF d SKIP LOCKED FOR UPDATE OF c SKIP LOCKED) d),
  approved AS (
    UPDATE device_authorizations d
    SET decision = 'approved', decided_at = $1, person_id = held.person_id, organization_id = held.organization_id,
        session_id = held.session_id, authenticated_at = held.authenticated_at
    FROM held WHERE d.device_code_digest = held.device_code_digest RETURNING held.*),
  recorded AS (
    ${recordingSql(
      '$1',
      `SELECT 'login.approved', organization_id, person_id, credential, 'session:' || session_id, address, user_agent, request_id,
              '{}'::jsonb, '${outcomeOf('login.approved')}' FROM approved`,
    )})
  SELECT session_id AS "sessionId" FROM approved`;

/** False: it can't be, or not without waiting, and nothing has come of it. */
export function createApproveAtOnce(database: Database, clock: Clock): (approval: Approval) => Promise<boolean> {
  const ask = mergeStatements(async (approvals: readonly Approval[]) => {
    const { rows } = await database.query<{ sessionId: string }>(APPROVE, [
      clock.now(),
      JSON.stringify(approvals.map(rowOf)),
    ]);
    const approved = new Set(rows.map(({ sessionId }) => sessionId));
    return approvals.map(({ sessionId }) => approved.has(sessionId));
  });
  return (approval) => askOne(ask, approval);
}

function rowOf({ actor, ...approval }: Approval) {
  return {
    user_code_digest: byteaText(approval.userCodeDigest),
    person_id: approval.personId,
    browser_session_id: approval.browserSessionId,
    authenticated_at: approval.authenticatedAt,
    organization_id: approval.organizationId,
    session_id: approval.sessionId,
    credential: actor.credential,
    address: actor.address,
    user_agent: actor.userAgent,
    request_id: actor.requestId,
  };
}
