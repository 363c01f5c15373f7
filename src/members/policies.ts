// Use cases of an organization's policy: what its admins demand beyond the operator.
import { findPolicies, type OrganizationPolicy, updatePolicy } from '../accounts/organization-policy.ts';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Maker } from '../tokens/maker.ts';
import { lockActor } from './admin.ts';

export interface Policies {
  /** Those of the organizations that are known, by their ids. */
  of(organizationIds: readonly string[]): Promise<ReadonlyMap<string, OrganizationPolicy>>;
  /** From the next token on; those that there are keep their end. False: who asks is no admin there any more. */
  change(organizationId: string, policy: OrganizationPolicy, by: Maker, actor: Actor): Promise<boolean>;
}

export function createPolicies(database: Database, clock: Clock): Policies {
  return {
    of: (organizationIds) => findPolicies(database, organizationIds),

    change: (organizationId, policy, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if ((await lockActor(transaction, by, organizationId, [], now)) !== 'admin') return false;
        await updatePolicy(transaction, organizationId, policy);
        await recordAct(transaction, now, {
          action: 'organization.policy_changed',
          target: `organization:${organizationId}`,
          organizationId,
          actor,
          details: { ...policy, signInMethods: policy.signInMethods.join(' ') },
        });
        return true;
      }),
  };
}
