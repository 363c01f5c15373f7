// /organizations/{orgId}/policy: what the organization's admins demand beyond the operator.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { MEMBER_REFUSAL_STATUS, MemberRefusalPage } from '../../views/member-act.tsx';
import { PolicyPage, type PolicyProblem, type TypedPolicy } from '../../views/policy.tsx';
import { type OrganizationPolicy, SIGN_IN_METHODS } from '../accounts/organization-policy.ts';
import { readForm } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { actorOf } from '../http/request-context.ts';
import type { Policies } from '../members/policies.ts';
import { MAX_EXPIRY_DAYS, type TokenPolicy } from '../tokens/token-policy.ts';
import type { MemberPageDependencies } from './member-routes.tsx';
import { goOnWith, takeNotice } from './notice.ts';
import { makerOf, type OrganizationVisit, visitAsAdmin } from './organization-area.tsx';

const PATH = '/organizations/:orgId/policy';

type Dependencies = Pick<MemberPageDependencies, 'accounts' | 'cookies' | 'guard' | 'pages'> & {
  readonly policies: Policies;
  readonly tokenPolicy: TokenPolicy;
};

export function mountPolicyPage(router: Router, dependencies: Dependencies): void {
  const { accounts, cookies, guard, pages, policies, tokenPolicy } = dependencies;
  const operatorMaxDays = tokenPolicy.personalMaxDays;
  const maxDays = operatorMaxDays ?? MAX_EXPIRY_DAYS;

  router.get(PATH, async (ctx) => {
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit === undefined) return;
    const { id } = visit.organization;
    const policy = (await policies.of([id])).get(id);
    if (policy === undefined) throw new HttpError(404, 'Not found'); // closed since they were let in
    const notice = takeNotice(ctx, cookies, ['policySaved']);
    show(ctx, visit, typedOf(policy), notice === undefined ? {} : { notice: 'saved' });
  });

  router.post(PATH, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await visitAsAdmin(ctx, accounts, pages);
    if (visit === undefined) return;
    const typed = typedIn(form);
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return show(ctx, visit, typed, { notice: 'stale' }, 403);
    const days = typed.personalTokenMaxDays.trim();
    const isRefused = days !== '' && !(/^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= maxDays);
    const problems: PolicyProblem[] = [
      ...(isRefused ? (['days'] as const) : []),
      ...(typed.methods.length === 0 ? (['methods'] as const) : []),
    ];
    if (problems.length > 0) return show(ctx, visit, typed, { problems }, 422);

    const policy = {
      personalTokenMaxDays: days === '' ? null : Number(days),
      requireOrganizationTokenExpiry: typed.requireExpiry,
      signInMethods: typed.methods,
    };
    const { organization, actor, shell } = visit;
    if (await policies.change(organization.id, policy, makerOf(visit), actor))
      return goOnWith(ctx, cookies, `/organizations/${organization.id}/policy`, 'policySaved');
    const page = { shell, organization, requestId: actorOf(ctx).requestId };
    pages.show(ctx, <MemberRefusalPage {...page} why="forbidden" />, MEMBER_REFUSAL_STATUS.forbidden);
  });

  function show(
    ctx: Context,
    { shell, csrf, organization }: OrganizationVisit,
    typed: TypedPolicy,
    said: { problems?: readonly PolicyProblem[]; notice?: 'saved' | 'stale' },
    status = 200,
  ): void {
    const page = { shell, csrf, organization, typed, methods: SIGN_IN_METHODS, operatorMaxDays, maxDays };
    pages.show(ctx, <PolicyPage {...page} {...said} />, status);
  }
}

function typedOf(policy: OrganizationPolicy): TypedPolicy {
  const { personalTokenMaxDays, requireOrganizationTokenExpiry, signInMethods } = policy;
  return {
    personalTokenMaxDays: personalTokenMaxDays === null ? '' : String(personalTokenMaxDays),
    requireExpiry: requireOrganizationTokenExpiry,
    methods: signInMethods,
  };
}

function typedIn(form: Readonly<Record<string, string>>): TypedPolicy {
  return {
    personalTokenMaxDays: form['personal_token_max_days'] ?? '',
    requireExpiry: form['require_expiry'] !== undefined,
    methods: SIGN_IN_METHODS.filter((method) => form[`method_${method}`] !== undefined),
  };
}
