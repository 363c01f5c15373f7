// Use cases of a CLI's sign-in: refresh rotation with reuse detection (RFC 9700 §4.14.2), ending it, switching its
// organization. Browsers' sign-ins: browser-sessions.ts. How a CLI's begins: ../device.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, SECOND } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { RefreshTokenParts } from './refresh-token.ts';
import { createRotateAtOnce, type RotateAtOnce } from './rotate-at-once.ts';
import type { EndReason, LiveSession } from './session.ts';
import {
  changeOrganization,
  endSession,
  findLiveSession,
  findLiveSessionByRefreshId,
  findSessionByRefreshId,
  holdPerson,
  rotatedSince,
  rotateGeneration,
} from './session-store.ts';

export interface Sessions {
  findLive(id: string): Promise<LiveSession | undefined>;
  findLiveByRefreshId(refreshId: Buffer): Promise<LiveSession | undefined>;
  /** Alive or not: for ending it, so that nothing that happens later can bring it back. */
  findByRefreshId(refreshId: Buffer): Promise<{ id: string; clientId: string; personId: string } | undefined>;
  /**
   * Uses up one generation of the session's refresh token.
   * `rotated`: the next generation is current. `retried`: it was already so, moments ago; the same successor holds.
   * `reused`: an older one was shown, or the same one too late: the session has been ended, with its audit record.
   */
  rotate(session: LiveSession, shown: RefreshTokenParts, actor: Actor): Promise<'rotated' | 'retried' | 'reused'>;
  /** The plain case of it. */
  readonly rotateAtOnce: RotateAtOnce;
  /** Ends the session and records it; `also` is part of the transaction. False when it had ended already. */
  end(id: string, reason: EndReason, actor: Actor, also?: (transaction: Queryable) => Promise<void>): Promise<boolean>;
  /** False when the person is no member of that organization, or there is none such: the two look alike. */
  switchOrganization(session: LiveSession, organizationId: string, actor: Actor): Promise<boolean>;
}

export function createSessions(database: Database, clock: Clock, refreshRetrySeconds: number): Sessions {
  const end: Sessions['end'] = (id, reason, actor, also) =>
    database.transaction(async (transaction) => {
      const now = clock.now();
      const ended = await endSession(transaction, id, reason, now);
      if (ended === undefined) return false;
      await recordAct(transaction, now, {
        action: 'session.ended',
        target: `session:${id}`,
        organizationId: ended.organizationId ?? undefined,
        actor,
        details: { reason, personId: ended.personId },
      });
      await also?.(transaction);
      return true;
    });

  return {
    findLive: (id) => findLiveSession(database, id, clock.now()),
    findLiveByRefreshId: (refreshId) => findLiveSessionByRefreshId(database, refreshId, clock.now()),
    findByRefreshId: (refreshId) => findSessionByRefreshId(database, refreshId),

    async rotate(session, { refreshId, generation }, actor) {
      const now = clock.now();
      if (await rotateGeneration(database, refreshId, generation, actor.address, now)) return 'rotated';
      // A statement of its own, so that it sees what a parallel rotation has committed meanwhile.
      if (await rotatedSince(database, refreshId, generation, after(now, -refreshRetrySeconds * SECOND)))
        return 'retried';
      await end(session.id, 'refresh_token_reused', actor);
      return 'reused';
    },

    rotateAtOnce: createRotateAtOnce(database, clock),

    end,

    switchOrganization: (session, organizationId, actor) =>
      database.transaction(async (transaction) => {
        await holdPerson(transaction, session.personId); // the membership stays, or is gone before it is looked at
        if (!(await changeOrganization(transaction, session.id, organizationId))) return false;
        if (organizationId !== session.organizationId) {
          await recordAct(transaction, clock.now(), {
            action: 'session.organization_changed',
            target: `session:${session.id}`,
            organizationId,
            actor,
            details: { from: session.organizationId },
          });
        }
        return true;
      }),
  };
}
