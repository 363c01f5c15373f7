// Use cases of the operator: keeping a person out of everything, and letting them back in. What they could act by ends
// with the first, so that the second revives nothing.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { denyApprovals } from '../device/device-authorization-store.ts';
import { endAllSessions } from '../sessions/end-sessions.ts';
import { revokeAllTokens } from '../tokens/revoke-tokens.ts';
import { endInvitationsFrom } from './end-invitations.ts';
import { lockOrganizationsOf, lockPersonByEmail, organizationsWithoutAdmin, setDisabled } from './member-store.ts';

interface Disabling {
  readonly id: string;
  readonly sessions: number;
  readonly tokens: number;
  /** Ids of those that have no enabled admin left. */
  readonly organizationsWithoutAdmin: readonly string[];
}

export interface PersonAccess {
  /** Also of somebody who was disabled before. Undefined: nobody has this e-mail address. */
  disable(email: string, actor: Actor): Promise<Disabling | undefined>;
  /** Their password and memberships are as they were; they sign in anew. */
  enable(email: string, actor: Actor): Promise<{ readonly id: string } | undefined>;
}

export function createPersonAccess(database: Database, clock: Clock): PersonAccess {
  return {
    disable: (email, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        const person = await lockPersonByEmail(transaction, email);
        if (person === undefined) return undefined;
        const { id } = person;
        const reason = 'person_disabled';
        await lockOrganizationsOf(transaction, id);
        if (!person.disabled) await setDisabled(transaction, id, now);
        await denyApprovals(transaction, id);
        const sessions = await endAllSessions(transaction, { personId: id }, reason, actor, now);
        const tokens = await revokeAllTokens(transaction, { kind: 'personal', personId: id }, reason, actor, now);
        await endInvitationsFrom(transaction, id, undefined, reason, actor, now);
        if (!person.disabled)
          await recordAct(transaction, now, {
            action: 'person.disabled',
            target: `person:${id}`,
            actor,
            details: { sessions, tokens },
          });
        return { id, sessions, tokens, organizationsWithoutAdmin: await organizationsWithoutAdmin(transaction, id) };
      }),

    enable: (email, actor) =>
      database.transaction(async (transaction) => {
        const person = await lockPersonByEmail(transaction, email);
        if (person?.disabled === true) {
          await setDisabled(transaction, person.id, null);
          await recordAct(transaction, clock.now(), {
            action: 'person.enabled',
            target: `person:${person.id}`,
            actor,
          });
        }
        return person && { id: person.id };
      }),
  };
}
