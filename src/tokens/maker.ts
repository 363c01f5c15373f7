// Whoever changes tokens, looked at once more in the transaction of the change: a role or a sign-in may have been lost
// since the request was let in.
import type { Queryable } from '../database/database.ts';
import { isAtLeast, type Role } from '../oauth/roles.ts';
import { holdSession } from '../sessions/session-store.ts';
import { lockMember } from './token-store.ts';

/** Who makes or revokes a token. */
export interface Maker {
  readonly personId: string;
  /** The sign-in it is done by: that must be alive when the change is committed. Undefined: not done by one. */
  readonly sessionId: string | undefined;
}

/** Whether they are signed in and have at least that role there; neither can be lost before the transaction ends. */
export async function mayStill(
  transaction: Queryable,
  { personId, sessionId }: Maker,
  organizationId: string,
  least: Role,
  now: Date,
): Promise<boolean> {
  const role = await lockMember(transaction, personId, organizationId);
  if (role === undefined || !isAtLeast(role, least)) return false;
  return sessionId === undefined || (await holdSession(transaction, sessionId, now));
}
