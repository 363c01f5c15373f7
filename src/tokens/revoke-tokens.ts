// Revocations as parts of a transaction: the audit record of one, and ending all of an owner's at once.
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Queryable } from '../database/database.ts';
import { previewOf } from './token.ts';
import { type RevokedToken, type RevokeReason, revokeTokensOf, type TokenOwner } from './token-store.ts';

/** @returns how many there were */
export async function revokeAllTokens(
  transaction: Queryable,
  owner: TokenOwner,
  reason: RevokeReason,
  actor: Actor,
  now: Date,
): Promise<number> {
  const revoked = await revokeTokensOf(transaction, owner, reason, now);
  for (const token of revoked) await recordRevocation(transaction, token, reason, actor, now);
  return revoked.length;
}

export async function recordRevocation(
  transaction: Queryable,
  token: RevokedToken,
  reason: RevokeReason,
  actor: Actor,
  now: Date,
): Promise<void> {
  const { id, kind, name, organizationId, createdBy } = token;
  await recordAct(transaction, now, {
    action: 'token.revoked',
    target: `token:${id}`,
    organizationId,
    actor,
    details: { kind, name, reason, preview: previewOf(token), createdBy },
  });
}
