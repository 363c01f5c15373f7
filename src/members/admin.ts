// Whoever changes an organization, looked at in the transaction of the change: a role or a sign-in may have been lost
// since the request was let in. Takes the locks that every change of an organization's people takes, in their one order:
// people, organization, the actor's sign-in; memberships, approvals, sign-ins and tokens come after.
import type { Queryable } from '../database/database.ts';
import type { Role } from '../oauth/roles.ts';
import { holdSession } from '../sessions/session-store.ts';
import type { Maker } from '../tokens/maker.ts';
import { findRole, lockOrganization, lockPeople } from './member-store.ts';

/**
 * The role of `by` there, if they are signed in; neither can be lost before the transaction ends.
 * @param others who else is changed
 */
export async function lockActor(
  transaction: Queryable,
  by: Maker,
  organizationId: string,
  others: readonly string[],
  now: Date,
): Promise<Role | undefined> {
  await lockPeople(transaction, [by.personId, ...others]);
  if (!(await lockOrganization(transaction, organizationId))) return undefined;
  const role = await findRole(transaction, by.personId, organizationId);
  if (role === undefined || by.sessionId === undefined) return role;
  return (await holdSession(transaction, by.sessionId, now)) ? role : undefined;
}
