// What an organization's admins demand of new tokens and of signing in, beyond what the operator does. Owns the policy
// columns of organizations; who may change them is ../members' matter, tokens are held to them by ../tokens.
import { first, type Queryable } from '../database/database.ts';

/** Those that there are. */
export const SIGN_IN_METHODS = ['password'] as const;

type SignInMethod = (typeof SIGN_IN_METHODS)[number];

export interface OrganizationPolicy {
  /** The longest that a new personal token may live; null: as long as the operator allows. */
  readonly personalTokenMaxDays: number | null;
  /** New organization tokens must have an end. */
  readonly requireOrganizationTokenExpiry: boolean;
  /** At least one. */
  readonly signInMethods: readonly SignInMethod[];
}

const COLUMNS = `o.personal_token_max_days AS "personalTokenMaxDays",
  o.requires_token_expiry AS "requireOrganizationTokenExpiry", o.sign_in_methods AS "signInMethods"`;

/** Those of the organizations that are known, by their ids. */
export async function findPolicies(
  on: Queryable,
  organizationIds: readonly string[],
): Promise<ReadonlyMap<string, OrganizationPolicy>> {
  const { rows } = await on.query<OrganizationPolicy & { id: string }>(
    `SELECT o.id, ${COLUMNS} FROM organizations o WHERE o.id = any($1)`,
    [organizationIds],
  );
  return new Map(rows.map(({ id, ...policy }) => [id, policy]));
}

/** As it is until the transaction ends: what is made under it is committed before it changes. */
export async function lockPolicy(
  transaction: Queryable,
  organizationId: string,
): Promise<OrganizationPolicy | undefined> {
  return first(
    await transaction.query<OrganizationPolicy>(`SELECT ${COLUMNS} FROM organizations o WHERE o.id = $1 FOR SHARE`, [
      organizationId,
    ]),
  );
}

export async function updatePolicy(on: Queryable, organizationId: string, policy: OrganizationPolicy): Promise<void> {
  await on.query(
    'UPDATE organizations SET personal_token_max_days = $2, requires_token_expiry = $3, sign_in_methods = $4 WHERE id = $1',
    [organizationId, policy.personalTokenMaxDays, policy.requireOrganizationTokenExpiry, policy.signInMethods],
  );
}
