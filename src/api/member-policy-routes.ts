// /api/organizations/{orgId}/policy: what the organization's admins demand beyond the operator.
import type Router from '@koa/router';
import type { OrganizationPolicy } from '../accounts/organization-policy.ts';
import { HttpError } from '../http/http-error.ts';
import type { ApiDependencies } from './dependencies.ts';
import { changePolicy } from './member-schemas.ts';
import { enterOrganization } from './organization-membership.ts';
import { actorFor, FORBIDDEN, makerOf, requireSession, requireSessionAndBody } from './principal.ts';
import { parseBody } from './schemas.ts';

const PATH = '/api/organizations/:orgId/policy';

export function mountPolicy(router: Router, { accounts, policies, resolver, tokenPolicy }: ApiDependencies): void {
  router.get(PATH, async (ctx) => {
    const organizationId = await enterOrganization(ctx, accounts, await requireSession(ctx, resolver), 'admin');
    ctx.body = described((await policies.of([organizationId])).get(organizationId));
  });

  router.put(PATH, async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const organizationId = await enterOrganization(ctx, accounts, principal, 'admin');
    const policy = parseBody(changePolicy, body);
    const { personalMaxDays } = tokenPolicy;
    if (
      personalMaxDays !== null &&
      policy.personalTokenMaxDays !== null &&
      policy.personalTokenMaxDays > personalMaxDays
    )
      throw new HttpError(400, `personalTokenMaxDays must be at most ${personalMaxDays}, which the operator allows`);
    const changed = await policies.change(organizationId, policy, makerOf(principal), actorFor(ctx, principal));
    if (!changed) throw new HttpError(403, FORBIDDEN);
    ctx.body = described(policy);
  });
}

function described(policy: OrganizationPolicy | undefined) {
  if (policy === undefined) throw new HttpError(404, 'Not found'); // closed since the caller was let in
  const { personalTokenMaxDays, requireOrganizationTokenExpiry, signInMethods } = policy;
  return { personalTokenMaxDays, requireOrganizationTokenExpiry, signInMethods };
}
