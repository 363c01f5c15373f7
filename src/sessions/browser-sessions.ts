// A browser's sign-in: a random cookie, whose digest is the row's key.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, DAY, MINUTE } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { mergeLookups } from '../database/merged-statements.ts';
import { newId, newSecret, sha256, sha256Hex } from '../digest.ts';
import { Secret } from '../oauth/secret.ts';
import { endSession, holdPerson } from './session-store.ts';

/** Who is signed in, in which browser. Alive at the moment it was read. */
export interface BrowserSession {
  /** `ses_…` */
  readonly id: string;
  readonly personId: string;
  readonly email: string;
  readonly personName: string;
  readonly authenticatedAt: Date;
}

/** Who signs in, and by what they proved to be that person. */
interface Verified {
  readonly id: string;
  /** What the password was compared with. Undefined: proved otherwise. */
  readonly passwordHash: string | undefined;
}

interface NewBrowserSession {
  /** The cookie's value. */
  readonly secret: Secret;
  readonly expiresAt: Date;
}

export interface BrowserSessions {
  /**
   * A new sign-in. Ends `replaced`, the one this browser had before. Undefined: what was verified is no longer so, for the
   * person was disabled or the password changed meanwhile.
   */
  start(verified: Verified, replaced: BrowserSession | undefined, actor: Actor): Promise<NewBrowserSession | undefined>;
  /** A new sign-in as part of a transaction that holds the person. */
  startWithin(transaction: Queryable, personId: string, actor: Actor): Promise<NewBrowserSession>;
  /** @param address from where it is used now */
  find(cookie: string, address: string): Promise<BrowserSession | undefined>;
  end(session: BrowserSession, actor: Actor): Promise<void>;
}

/** How exact the last use is. */
const NOTED_EVERY = 5 * MINUTE;

export function createBrowserSessions(database: Database, clock: Clock, lifetimeDays: number): BrowserSessions {
  async function startWithin(transaction: Queryable, personId: string, actor: Actor): Promise<NewBrowserSession> {
    const now = clock.now();
    const secret = newSecret();
    const id = newId('ses_');
    const expiresAt = after(now, lifetimeDays * DAY);
    await transaction.query(
      `INSERT INTO sessions (id, kind, person_id, secret_digest, address, user_agent, authenticated_at, created_at, expires_at)
       VALUES ($1, 'browser', $2, $3, $4, $5, $6, $6, $7)`,
      [id, personId, sha256(secret), actor.address ?? null, actor.userAgent ?? null, now, expiresAt],
    );
    await transaction.query(
      'INSERT INTO last_sign_ins (person_id, at) VALUES ($1, $2) ON CONFLICT (person_id) DO UPDATE SET at = excluded.at',
      [personId, now],
    );
    await recordAct(transaction, now, {
      action: 'session.created',
      target: `session:${id}`,
      actor: { ...actor, personId },
      details: { kind: 'browser' },
    });
    return { secret: new Secret(secret), expiresAt };
  }

  /** Nobody waits for it, and if it is lost, the next page view tells the same. */
  function noteUse(id: string, address: string, now: Date): void {
    database
      .query(
        `UPDATE sessions SET last_used_at = $2, last_used_address = $3
         WHERE id = $1 AND ended_at IS NULL AND coalesce(last_used_at, created_at) <= $4`,
        [id, now, address, after(now, -NOTED_EVERY)],
      )
      .catch(() => {});
  }

  const findAtOnce = mergeLookups(async (digests) => {
    const { rows } = await database.query<BrowserSession & { digest: string; usedAt: Date }>(
      `SELECT encode(s.secret_digest, 'hex') AS digest, s.id, s.person_id AS "personId", p.email, p.name AS "personName",
              s.authenticated_at AS "authenticatedAt", coalesce(s.last_used_at, s.created_at) AS "usedAt"
       FROM sessions s JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL
       WHERE s.secret_digest = any($1) AND s.kind = 'browser' AND s.ended_at IS NULL AND s.expires_at > $2`,
      [digests.map((digest) => Buffer.from(digest, 'hex')), clock.now()],
    );
    return new Map(rows.map(({ digest, ...session }) => [digest, session]));
  });

  return {
    start: ({ id, passwordHash }, replaced, actor) =>
      database.transaction(async (transaction) => {
        const person = await holdPerson(transaction, id);
        if (person === undefined || (passwordHash !== undefined && person.passwordHash !== passwordHash))
          return undefined;
        const now = clock.now();
        if (replaced !== undefined && (await endSession(transaction, replaced.id, 'replaced', now)) !== undefined) {
          await recordAct(transaction, now, ended(replaced, 'replaced', actor));
        }
        return await startWithin(transaction, id, actor);
      }),

    startWithin,

    async find(cookie, address) {
      const found = await findAtOnce(sha256Hex(cookie));
      if (found === undefined) return undefined;
      const { usedAt, ...session } = found;
      const now = clock.now();
      if (usedAt <= after(now, -NOTED_EVERY)) noteUse(session.id, address, now);
      return session;
    },

    end: (session, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if ((await endSession(transaction, session.id, 'signed_out', now)) === undefined) return;
        await recordAct(transaction, now, ended(session, 'signed_out', actor));
      }),
  };
}

function ended(session: BrowserSession, reason: 'replaced' | 'signed_out', actor: Actor) {
  return {
    action: 'session.ended',
    target: `session:${session.id}`,
    actor,
    details: { reason, personId: session.personId },
  } as const;
}
