// Polls of logins that wait to be decided, together with all of the moment: one statement, which waits for nobody.
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';
import { sha256 } from '../digest.ts';

interface Poll {
  readonly deviceCode: string;
  readonly clientId: string;
}

/**
 * Notes a poll: the login is undecided, has not expired, and is the client's own, and the poll comes no sooner than it may.
 * False: anything else, or somebody holds it at the moment; nothing has changed.
 */
export type PollAtOnce = (poll: Poll) => Promise<boolean>;

const POLL = `
  WITH waiting AS MATERIALIZED (
    SELECT asked.n, asked.device_code_digest
    FROM unnest($2::bytea[], $3::text[]) WITH ORDINALITY AS asked (device_code_digest, client_id, n)
    CROSS JOIN LATERAL (
      SELECT FROM device_authorizations d
      WHERE d.device_code_digest = asked.device_code_digest AND d.client_id = asked.client_id
        AND d.decision IS NULL AND d.expires_at > $1
        AND (d.polled_at IS NULL
          OR d.polled_at <= $1::timestamptz + $4 * interval '1 millisecond' - d.poll_interval * interval '1 second')
      FOR NO KEY UPDATE OF d SKIP LOCKED) d)
  UPDATE device_authorizations d SET polled_at = $1
  FROM waiting WHERE d.device_code_digest = waiting.device_code_digest
  RETURNING waiting.n`;

/** @param slackMs a poll this much early is on time */
export function createPollAtOnce(database: Database, clock: Clock, slackMs: number): PollAtOnce {
  const ask = mergeStatements(async (polls: readonly Poll[]) => {
    const { rows } = await database.query<{ n: number }>(POLL, [
      clock.now(),
      polls.map(({ deviceCode }) => sha256(deviceCode)),
      polls.map(({ clientId }) => clientId),
      slackMs,
    ]);
    const noted = new Set(rows.map(({ n }) => n - 1));
    return polls.map((_, n) => noted.has(n));
  });
  return (poll) => askOne(ask, poll);
}
