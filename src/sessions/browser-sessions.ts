// A browser's sign-in: a random cookie, whose digest is the row's key.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, DAY } from '../clock.ts';
import { type Database, first } from '../database/database.ts';
import { newId, newSecret, sha256 } from '../digest.ts';
import { Secret } from '../oauth/secret.ts';
import { endSession } from './session-store.ts';

/** Who is signed in, in which browser. Alive at the moment it was read. */
export interface BrowserSession {
  /** `ses_…` */
  readonly id: string;
  readonly personId: string;
  readonly email: string;
  readonly personName: string;
  readonly authenticatedAt: Date;
}

export interface BrowserSessions {
  /** A new sign-in of `personId`; the secret is the cookie's value. Ends `replaced`, the one this browser had before. */
  start(
    personId: string,
    replaced: BrowserSession | undefined,
    actor: Actor,
  ): Promise<{ secret: Secret; expiresAt: Date }>;
  find(cookie: string): Promise<BrowserSession | undefined>;
  end(session: BrowserSession, actor: Actor): Promise<void>;
}

export function createBrowserSessions(database: Database, clock: Clock, lifetimeDays: number): BrowserSessions {
  return {
    start: (personId, replaced, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (replaced !== undefined && (await endSession(transaction, replaced.id, 'replaced', now)) !== undefined) {
          await recordAct(transaction, now, ended(replaced, 'replaced', actor));
        }
        const secret = newSecret();
        const id = newId('ses_');
        const expiresAt = after(now, lifetimeDays * DAY);
        await transaction.query(
          `INSERT INTO sessions (id, kind, person_id, secret_digest, address, user_agent, authenticated_at, created_at, expires_at)
           VALUES ($1, 'browser', $2, $3, $4, $5, $6, $6, $7)`,
          [id, personId, sha256(secret), actor.address ?? null, actor.userAgent ?? null, now, expiresAt],
        );
        await recordAct(transaction, now, {
          action: 'session.created',
          target: `session:${id}`,
          actor: { ...actor, personId },
          details: { kind: 'browser' },
        });
        return { secret: new Secret(secret), expiresAt };
      }),

    async find(cookie) {
      return first(
        await database.query<BrowserSession>(
          `SELECT s.id, s.person_id AS "personId", p.email, p.name AS "personName", s.authenticated_at AS "authenticatedAt"
           FROM sessions s JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL
           WHERE s.secret_digest = $1 AND s.kind = 'browser' AND s.ended_at IS NULL AND s.expires_at > $2`,
          [sha256(cookie), clock.now()],
        ),
      );
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
