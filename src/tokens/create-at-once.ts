// The plain creation of a personal token, together with all that are made at the moment: one statement, which waits for
// nobody.
import { outcomeOf } from '../audit/audit-actions.ts';
import { type Actor, recordingSql } from '../audit/audit-log.ts';
import { after, type Clock, SECOND } from '../clock.ts';
import type { Limit } from '../config.ts';
import { byteaText, type Database } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';
import { newId } from '../digest.ts';
import { type IssuedToken, newTokenSecret, previewOf } from './token.ts';
import { expiryOf, isTooLong, usualDays } from './token-policy.ts';

interface Creation {
  readonly name: string;
  /** 0: never; undefined: as long as is usual, and allowed. */
  readonly expiresInDays: number | undefined;
  readonly organizationId: string;
  readonly personId: string;
  /** The sign-in it is made by. */
  readonly sessionId: string;
  readonly actor: Actor;
}

/** Undefined: it can't be, or not without waiting, and nothing has come of it. */
export type CreateAtOnce = (creation: Creation) => Promise<IssuedToken | undefined>;

/**
 * What is held until it is done: the person, who is enabled, their organization, which is open and allows a token to live that
 * long, the sign-in, which is alive, the membership, and the head of the audit chain. How many tokens the person has made is counted once they are
 * held, by a function that looks anew: creations by one person come one after the other.
 */
const CREATE = `
  WITH asked AS (
    SELECT * FROM jsonb_to_recordset($4) AS (
      id text, digest bytea, name text, organization_id text, person_id text, session_id text, days int, expires_at timestamptz,
      credential text, address text, user_agent text, request_id text, details jsonb)),
  held AS MATERIALIZED (
    SELECT asked.* FROM asked CROSS JOIN LATERAL (
      SELECT FROM people p
      JOIN organizations o ON o.id = asked.organization_id AND o.closed_at IS NULL
        AND (o.personal_token_max_days IS NULL OR asked.days BETWEEN 1 AND o.personal_token_max_days)
      JOIN sessions s ON s.id = asked.session_id AND s.person_id = p.id AND s.ended_at IS NULL AND s.expires_at > $1
      JOIN memberships m ON m.person_id = p.id AND m.organization_id = o.id
      JOIN audit_chains c ON c.chain = o.id
      WHERE p.id = asked.person_id AND p.disabled_at IS NULL
      FOR NO KEY UPDATE OF p SKIP LOCKED FOR SHARE OF o SKIP LOCKED FOR SHARE OF s SKIP LOCKED FOR SHARE OF m SKIP LOCKED
      FOR UPDATE OF c SKIP LOCKED) p),
  permitted AS MATERIALIZED (SELECT * FROM held WHERE tokens_made_since(person_id, $2, $3) < $3),
  made AS (
    INSERT INTO tokens (id, kind, digest, name, organization_id, person_id, created_by, created_at, expires_at)
    SELECT id, 'personal', digest, name, organization_id, person_id, person_id, $1, expires_at FROM permitted),
  recorded AS (
    ${recordingSql(
      '$1',
      `SELECT 'token.created', organization_id, person_id, credential, 'token:' || id, address, user_agent, request_id, details,
              '${outcomeOf('token.created')}' FROM permitted`,
    )})
  SELECT id FROM permitted`;

/** @param personalMaxDays the longest a personal token may live; null: for ever */
export function createCreateAtOnce(
  database: Database,
  clock: Clock,
  { points, seconds }: Limit,
  personalMaxDays: number | null,
): CreateAtOnce {
  const ask = mergeStatements(async (creations: readonly Creation[]) => {
    const now = clock.now();
    const made = creations.map((creation) => prepare(creation, now));
    const people = new Set<string>();
    /** One for each person: the count is exact for that. */
    const firsts = made.flatMap((one) => (one === undefined || isIn(people, one.row.person_id) ? [] : [one.row]));
    const { rows } = await database.query<{ id: string }>(CREATE, [
      now,
      after(now, -seconds * SECOND),
      points,
      JSON.stringify(firsts),
    ]);
    const created = new Set(rows.map(({ id }) => id));
    return made.map((one) => (one !== undefined && created.has(one.row.id) ? one.issued : undefined));
  });
  return (creation) => askOne(ask, creation);

  function prepare({ name, expiresInDays, organizationId, personId, sessionId, actor }: Creation, now: Date) {
    const days = expiresInDays ?? usualDays(personalMaxDays);
    if (isTooLong(days, personalMaxDays)) return undefined;
    const id = newId('tok_');
    const { secret, digest } = newTokenSecret('personal');
    const expiresAt = expiryOf(days, now);
    const row = {
      id,
      digest: byteaText(digest),
      name,
      organization_id: organizationId,
      person_id: personId,
      session_id: sessionId,
      days,
      expires_at: expiresAt,
      credential: actor.credential,
      address: actor.address,
      user_agent: actor.userAgent,
      request_id: actor.requestId,
      details: { kind: 'personal', name, preview: previewOf({ kind: 'personal', digest }), expiresAt },
    };
    const issued: IssuedToken = { id, secret, name, organizationId, scopes: null, expiresAt };
    return { row, issued };
  }
}

/** Whether it was in there; it is afterwards. */
function isIn(set: Set<string>, value: string): boolean {
  if (set.has(value)) return true;
  set.add(value);
  return false;
}
