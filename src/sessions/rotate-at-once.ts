// The plain refresh, together with all who ask for it at the moment: one statement, which waits for nobody.
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';
import type { GrantedSession } from './session.ts';

interface Rotation {
  readonly refreshId: Buffer;
  /** The one that is shown. */
  readonly generation: number;
  readonly clientId: string;
  readonly address: string;
}

/**
 * Uses up one generation of a session's refresh token: of a session that is alive and the client's own, and of what is
 * current. The session as it is then. Undefined: anything else, or somebody holds it at the moment; nothing has changed.
 */
export type RotateAtOnce = (rotation: Rotation) => Promise<GrantedSession | undefined>;

const ROTATE = `
  WITH current AS MATERIALIZED (
    SELECT asked.n, asked.address, s.id
    FROM unnest($2::bytea[], $3::int[], $4::text[], $5::text[]) WITH ORDINALITY
      AS asked (refresh_id, generation, client_id, address, n)
    CROSS JOIN LATERAL (
      SELECT s.id FROM sessions s
      JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL
      JOIN organizations o ON o.id = s.organization_id AND o.closed_at IS NULL
      JOIN memberships m ON m.person_id = s.person_id AND m.organization_id = s.organization_id
      WHERE s.refresh_id = asked.refresh_id AND s.generation = asked.generation AND s.client_id = asked.client_id
        AND s.kind = 'cli' AND s.ended_at IS NULL AND s.expires_at > $1
      FOR NO KEY UPDATE OF s SKIP LOCKED) s)
  UPDATE sessions s SET generation = generation + 1, rotated_at = $1, last_used_at = $1, last_used_address = current.address
  FROM current WHERE s.id = current.id
  RETURNING current.n, s.id, s.person_id AS "personId", s.client_id AS "clientId", s.scope, s.refresh_id AS "refreshId"`;

export function createRotateAtOnce(database: Database, clock: Clock): RotateAtOnce {
  const ask = mergeStatements(async (asked: readonly Rotation[]) => {
    const { rows } = await database.query<Omit<GrantedSession, 'generation'> & { n: number }>(ROTATE, [
      clock.now(),
      asked.map(({ refreshId }) => refreshId),
      asked.map(({ generation }) => generation),
      asked.map(({ clientId }) => clientId),
      asked.map(({ address }) => address),
    ]);
    const rotated = new Map(rows.map(({ n, ...session }) => [n - 1, session]));
    return asked.map(({ generation }, n) => {
      const session = rotated.get(n);
      return session && { ...session, generation: generation + 1 };
    });
  });
  return (rotation) => askOne(ask, rotation);
}
