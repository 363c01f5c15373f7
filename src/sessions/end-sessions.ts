// Ending many sign-ins at once, as part of a transaction of whoever has a reason to: each with its audit record.
import { type Actor, recordActs } from '../audit/audit-log.ts';
import type { Queryable } from '../database/database.ts';
import type { EndReason, SessionSelection } from './session.ts';
import { endSessions } from './session-store.ts';

/** @returns how many there were */
export async function endAllSessions(
  transaction: Queryable,
  selection: SessionSelection,
  reason: EndReason,
  actor: Actor,
  now: Date,
): Promise<number> {
  const ended = await endSessions(transaction, selection, reason, now);
  await recordActs(
    transaction,
    now,
    ended.map(({ id, personId, organizationId }) => ({
      action: 'session.ended',
      target: `session:${id}`,
      organizationId: organizationId ?? undefined,
      actor,
      details: { reason, personId },
    })),
  );
  return ended.length;
}
