// Ending invitations as part of a transaction of whoever has a reason to: each with its audit record.
import { type Actor, recordActs } from '../audit/audit-log.ts';
import type { Queryable } from '../database/database.ts';
import { type EndedInvitation, endInvitationsBy, endInvitationTo, type InvitationEnd } from './invitation-store.ts';

/** Those that a person sent who may not invite any more. @returns how many there were */
export async function endInvitationsFrom(
  transaction: Queryable,
  personId: string,
  organizationId: string | undefined,
  reason: InvitationEnd,
  actor: Actor,
  now: Date,
): Promise<number> {
  const ended = await endInvitationsBy(transaction, personId, organizationId, reason, now);
  await recordEnds(transaction, ended, reason, actor, now);
  return ended.length;
}

/** The one that would let a person back in who was removed. */
export async function endInvitationOf(
  transaction: Queryable,
  personId: string,
  organizationId: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const reason = 'member_removed';
  await recordEnds(
    transaction,
    await endInvitationTo(transaction, personId, organizationId, reason, now),
    reason,
    actor,
    now,
  );
}

async function recordEnds(
  transaction: Queryable,
  ended: readonly EndedInvitation[],
  reason: InvitationEnd,
  actor: Actor,
  now: Date,
): Promise<void> {
  await recordActs(
    transaction,
    now,
    ended.map(({ id, email, organizationId }) => ({
      action: 'invitation.revoked',
      target: `invitation:${id}`,
      organizationId,
      actor,
      details: { email, reason },
    })),
  );
}
