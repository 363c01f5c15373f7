// The filters of an audit search as they come from a query, made into what is looked for.
import { normalizeEmail } from '../accounts/account.ts';
import type { Trail, TrailQuery } from '../trail/trail.ts';
import type { AuditFilters } from './audit-schemas.ts';

/** An address that no member has finds nothing, as if it were the id of nobody. */
export async function auditQueryOf(trail: Trail, organizationId: string, filters: AuditFilters): Promise<TrailQuery> {
  const { token, session, user, action, since, until } = filters;
  const email = user?.startsWith('user_') === false ? normalizeEmail(user) : undefined;
  const personId = email === undefined ? user : ((await trail.memberByEmail(organizationId, email)) ?? 'user_nobody');
  return { tokenId: token, sessionId: session, personId, action, since, until };
}
