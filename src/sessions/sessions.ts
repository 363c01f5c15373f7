// Use cases of a CLI's sign-in: refresh rotation with reuse detection (RFC 9700 §4.14.2), ending it, switching its
// organization. Browsers' sign-ins: browser-sessions.ts. How a CLI's begins: ../device.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, SECOND } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';
import type { RefreshTokenParts } from './refresh-token.ts';
import type { EndReason, GrantedSession, LiveSession } from './session.ts';
import {
  changeOrganization,
  endSession,
  findLiveSession,
  findLiveSessionByRefreshId,
  findSessionByRefreshId,
  holdPerson,
  type Rotation,
  rotatedSince,
  rotateGeneration,
  rotateGenerations,
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
  /**
   * The same in the plain case, together with all who ask for it at the moment: the session is alive and the client's, and
   * what is shown is current, and nobody holds it. The session as it is now. Undefined: anything else, and nothing has changed.
   */
  rotateAtOnce(rotation: Rotation): Promise<GrantedSession | undefined>;
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

  /** Whoever shows the same at the same moment gets the same. */
  const rotate = mergeStatements(async (asked: readonly Rotation[]) => {
    const keyOf = ({ refreshId, generation, clientId }: Rotation) =>
      `${refreshId.toString('hex')} ${generation} ${clientId}`;
    const distinct = new Map(asked.map((rotation) => [keyOf(rotation), rotation]));
    const rotated = await rotateGenerations(database, [...distinct.values()], clock.now());
    const found = new Map([...distinct.keys()].map((key, n) => [key, rotated[n]]));
    return asked.map((rotation) => found.get(keyOf(rotation)));
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

    rotateAtOnce: (rotation) => askOne(rotate, rotation),

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
