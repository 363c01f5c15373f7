// The plain redemption of a device code, together with all that are redeemed at the moment: one statement, which waits for
// nobody.
import { randomBytes } from 'node:crypto';
import { outcomeOf } from '../audit/audit-actions.ts';
import { type Actor, recordingSql } from '../audit/audit-log.ts';
import { after, type Clock, DAY } from '../clock.ts';
import { byteaText, type Database } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';
import { sha256 } from '../digest.ts';
import type { GrantedSession } from '../sessions/session.ts';

interface Redemption {
  readonly deviceCode: string;
  readonly clientId: string;
  readonly actor: Actor;
}

/**
 * The session that comes of it: the code is approved and the client's own, was not used before, and whoever approved it may
 * still act there. Undefined: anything else, or somebody holds it at the moment; nothing has changed.
 */
export type RedeemAtOnce = (redemption: Redemption) => Promise<GrantedSession | undefined>;

/** Whoever takes the right to act there away denies the login, too: what held when this began holds when the login is held. */
const REDEEM = `
  WITH asked AS (
    SELECT * FROM ROWS FROM (jsonb_to_recordset($3) AS (
      device_code_digest bytea, client_id text, refresh_id bytea, address text, user_agent text, request_id text))
      WITH ORDINALITY AS asked (device_code_digest, client_id, refresh_id, address, user_agent, request_id, n)),
  due AS MATERIALIZED (
    SELECT asked.* FROM asked CROSS JOIN LATERAL (
      SELECT FROM device_authorizations d
      JOIN people p ON p.id = d.person_id AND p.disabled_at IS NULL
      JOIN organizations o ON o.id = d.organization_id AND o.closed_at IS NULL
      JOIN memberships m ON m.person_id = d.person_id AND m.organization_id = d.organization_id
      JOIN audit_chains c ON c.chain = d.organization_id
      WHERE d.device_code_digest = asked.device_code_digest AND d.client_id = asked.client_id
        AND d.decision = 'approved' AND d.redeemed_at IS NULL AND d.expires_at > $1
      FOR NO KEY UPDATE OF d SKIP LOCKED FOR UPDATE OF c SKIP LOCKED) d),
  redeemed AS (
    UPDATE device_authorizations d SET redeemed_at = $1
    FROM due WHERE d.device_code_digest = due.device_code_digest
    RETURNING due.*, d.session_id, d.person_id, d.organization_id, d.scope, d.device_name, d.device_system,
              d.address AS device_address, d.user_agent AS device_user_agent, d.authenticated_at),
  made AS (
    INSERT INTO sessions (id, kind, person_id, organization_id, client_id, scope, refresh_id, generation,
                          device_name, device_system, address, user_agent, authenticated_at, created_at, expires_at)
    SELECT session_id, 'cli', person_id, organization_id, client_id, scope, refresh_id, 0,
           device_name, device_system, device_address, device_user_agent, authenticated_at, $1, $2 FROM redeemed),
  recorded AS (
    ${recordingSql(
      '$1',
      `SELECT 'session.created', organization_id, person_id, 'device_code', 'session:' || session_id, address, user_agent,
              request_id, jsonb_build_object('kind', 'cli', 'device', device_name), '${outcomeOf('session.created')}' FROM redeemed`,
    )})
  SELECT n, session_id AS id, person_id AS "personId", scope FROM redeemed`;

export function createRedeemAtOnce(database: Database, clock: Clock, sessionLifetimeDays: number): RedeemAtOnce {
  const ask = mergeStatements(async (asked: readonly Redemption[]) => {
    const now = clock.now();
    const refreshIds = asked.map(() => randomBytes(16));
    const { rows } = await database.query<{ n: number; id: string; personId: string; scope: string }>(REDEEM, [
      now,
      after(now, sessionLifetimeDays * DAY),
      JSON.stringify(asked.map((redemption, n) => rowOf(redemption, refreshIds[n]))),
    ]);
    const redeemed = new Map(rows.map(({ n, ...session }) => [n - 1, session]));
    return asked.map(({ clientId }, n) => {
      const [session, refreshId] = [redeemed.get(n), refreshIds[n]];
      return session && refreshId && { ...session, clientId, refreshId, generation: 0 };
    });
  });
  return (redemption) => askOne(ask, redemption);
}

function rowOf({ deviceCode, clientId, actor }: Redemption, refreshId: Buffer | undefined) {
  return {
    device_code_digest: byteaText(sha256(deviceCode)),
    client_id: clientId,
    refresh_id: refreshId && byteaText(refreshId),
    address: actor.address,
    user_agent: actor.userAgent,
    request_id: actor.requestId,
  };
}
