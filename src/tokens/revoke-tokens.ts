// Revocations as parts of a transaction: the audit records, and ending all of an owner's at once.
import { type Actor, recordActs } from '../audit/audit-log.ts';
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
  await recordRevocations(transaction, revoked, reason, actor, now);
  return revoked.length;
}

export async function recordRevocations(
  transaction: Queryable,
  revoked: readonly RevokedToken[],
  reason: RevokeReason,
  actor: Actor,
  now: Date,
): Promise<void> {
  await recordActs(
    transaction,
    now,
    revoked.map((token) => {
      const { id, kind, name, organizationId, createdBy } = token;
      const details = { kind, name, reason, preview: previewOf(token), createdBy };
      return { action: 'token.revoked', target: `token:${id}`, organizationId, actor, details };
    }),
  );
}
