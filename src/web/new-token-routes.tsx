// …/new: the form of a new token, and the answer that shows its value. A GET only fills the form in.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { NewTokenPage, type TokenFormNotice, type TokenProblems, type TypedToken } from '../../views/token-new.tsx';
import { newSecret } from '../digest.ts';
import { readForm } from '../http/body.ts';
import type { RateCounter } from '../http/rate-counter.ts';
import { expiryOf } from '../tokens/token-policy.ts';
import type { NewToken } from '../tokens/tokens.ts';
import { one } from './sign-in-routes.tsx';
import type { Enter, TokenVisit } from './token-area.ts';
import {
  checked,
  daysOf,
  type ExpiryRules,
  expiryRules,
  maxDaysOf,
  prefilled,
  type TokenRequest,
  typedIn,
} from './token-form.ts';
import { backToList, refuse, reveal, type TokenPageDependencies } from './token-pages.tsx';

const FORM_ID = /^[A-Za-z0-9_-]{43}$/;

/**
 * @param path of the list, as a pattern of the router
 * @param sentForms counts how often each form was sent: once is the limit
 */
export function mountNewToken(
  router: Router,
  path: string,
  enter: Enter,
  dependencies: TokenPageDependencies,
  sentForms: RateCounter,
): void {
  const { clock, cookies, guard, pages, policies, services, tokenPolicy, tokens } = dependencies;

  router.get(`${path}/new`, async (ctx) => {
    const visit = await enter(ctx);
    if (visit === undefined) return;
    if (!visit.area.mayChange) return refuse(ctx, pages, visit, 'viewer');
    const suggested = { name: one(ctx.query['name']), expiresIn: one(ctx.query['expires_in']) };
    const rules = await rulesFor(visit);
    const { typed, ignored } = prefilled(suggested, visit.area, rules);
    show(ctx, visit, typed, rules, { notices: ignored.map((notice) => ({ notice })) });
  });

  router.post(`${path}/new`, async (ctx) => {
    const form = await readForm(ctx);
    const typed = typedIn(form, tokenPolicy);
    const visit = await enter(ctx, `${ctx.path}?${suggestionOf(typed)}`);
    if (visit === undefined) return;
    if (!visit.area.mayChange) return refuse(ctx, pages, visit, 'viewer');
    const formId = form['form'] ?? '';
    const rules = await rulesFor(visit, typed.organization);
    if (!FORM_ID.test(formId) || !guard.accepts(ctx, visit.session, form['csrf']))
      return show(ctx, visit, typed, rules, { notices: [{ notice: 'stale' }] }, 403);
    const check = checked(typed, visit.area, rules);
    if ('problems' in check) return show(ctx, visit, typed, rules, check, 422);

    const result = await createOnce(`${visit.session.id} ${formId}`, requestOf(visit, check.request), visit);
    switch (result?.outcome) {
      case undefined:
        return backToList(ctx, cookies, visit, 'again');
      case 'issued':
        return reveal(ctx, dependencies, visit, result.token);
      case 'limited': {
        const { retryAfterSeconds } = result;
        ctx.set('retry-after', String(retryAfterSeconds));
        return show(ctx, visit, typed, rules, { notices: [{ notice: 'limited', retryAfterSeconds }] }, 429);
      }
      case 'too_long': // the policy was changed meanwhile
        return show(ctx, visit, typed, expiryRules(result.maxDays), { problems: { expiry: 'expiryInvalid' } }, 422);
      case 'forbidden':
        return refuse(ctx, pages, visit, visit.area.kind === 'personal' ? 'left' : 'viewer');
    }
  });

  /** Of the organization that was chosen; of none yet, so far. */
  async function rulesFor({ area }: TokenVisit, chosen?: string): Promise<ExpiryRules> {
    const known = await policies.of(area.organizations.map(({ id }) => id));
    return expiryRules(maxDaysOf(area, chosen, known, tokenPolicy.personalMaxDays));
  }

  /**
   * Undefined: this form has made its token before, and was sent again by a reload or a second click. Should the
   * counters have been lost since, it makes another one, which the person sees: the page shows its value.
   */
  async function createOnce(form: string, request: NewToken, { actor }: TokenVisit) {
    if ((await sentForms.count(form)) !== undefined) return undefined;
    let issued = false;
    try {
      const result = await tokens.create(request, actor);
      issued = result.outcome === 'issued';
      return result;
    } finally {
      if (!issued) await sentForms.forgive(form);
    }
  }

  function show(
    ctx: Context,
    { shell, csrf, area }: TokenVisit,
    typed: TypedToken,
    rules: ExpiryRules,
    said: { problems?: TokenProblems; notices?: readonly TokenFormNotice[] },
    status = 200,
  ): void {
    const now = clock.now();
    const customDays = daysOf({ ...typed, expiresIn: 'custom' }, rules);
    const customUntil = customDays === undefined ? null : expiryOf(customDays, now);
    const choices = rules.offered.map((days) => ({ days, until: expiryOf(days, now) }));
    pages.show(
      ctx,
      <NewTokenPage
        shell={shell}
        csrf={csrf}
        formId={newSecret()}
        area={area}
        typed={typed}
        expiry={{ choices, maxDays: rules.maxDays, now }}
        {...(customUntil === null ? {} : { customUntil })}
        services={services}
        {...said}
      />,
      status,
    );
  }
}

function requestOf({ area, session }: TokenVisit, { scopes, ...request }: TokenRequest): NewToken {
  const common = { ...request, by: { personId: session.personId, sessionId: session.id } };
  return area.kind === 'personal' ? { ...common, kind: area.kind } : { ...common, kind: area.kind, scopes };
}

/** What was typed, as the link that fills it in again. */
function suggestionOf({ name, expiresIn, customDays }: TypedToken): URLSearchParams {
  return new URLSearchParams({ name, expires_in: expiresIn === 'custom' ? customDays : expiresIn });
}
