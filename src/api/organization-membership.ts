// The wall around /api/organizations/{orgId}: its people only, and of these the ones whose role allows it.
import type { Context } from 'koa';
import type { Accounts } from '../accounts/accounts.ts';
import { HttpError } from '../http/http-error.ts';
import { parameter } from '../http/parameter.ts';
import { isAtLeast, type Role } from '../oauth/roles.ts';
import { FORBIDDEN, type SessionPrincipal } from './principal.ts';

/**
 * The id of the path's organization, if the caller has at least that role in it now. What changes something has to look
 * once more in its transaction: the role may be lost meanwhile.
 * @throws HttpError 403: an organization that one isn't in looks like one that doesn't exist
 */
export async function enterOrganization(
  ctx: Context,
  accounts: Accounts,
  { personId }: Pick<SessionPrincipal, 'personId'>,
  least: Role,
): Promise<string> {
  const organizationId = parameter(ctx, 'orgId');
  const membership = (await accounts.memberships(personId)).find(({ id }) => id === organizationId);
  if (membership === undefined) throw new HttpError(403, 'Not a member of this organization');
  if (!isAtLeast(membership.role, least)) throw new HttpError(403, FORBIDDEN);
  return organizationId;
}
