// /settings/password: a new password for whoever knows the current one. Wrong ones count for this sign-in, from wherever
// they are sent: whoever took over a browser can't go on guessing, and can't keep its owner from trying in another.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { PasswordPage } from '../../views/password.tsx';
import type { Accounts } from '../accounts/accounts.ts';
import { passwordProblem } from '../accounts/password.ts';
import type { Limit } from '../config.ts';
import { readForm } from '../http/body.ts';
import type { RateCounters } from '../http/rate-counter.ts';
import type { ChangePassword } from '../sign-ins/password-change.ts';
import type { Cookies } from './cookies.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { actorFor, type SignedInVisit, signedIn } from './organization-area.tsx';
import { type Pages, SESSION_COOKIE } from './pages.ts';
import { noticePasswordChanged, takePasswordChanged } from './session-notices.ts';
import { redirect } from './sign-in-routes.tsx';

const PATH = '/settings/password';

export interface PasswordPageDependencies {
  readonly accounts: Accounts;
  readonly cookies: Cookies;
  readonly counters: RateCounters;
  readonly guard: ForgeryGuard;
  /** Of wrong passwords. */
  readonly limit: Limit;
  readonly pages: Pages;
  readonly changePassword: ChangePassword;
}

const WEAK = { too_short: 'tooShort', too_long: 'tooLong', unfit: 'unfit' } as const;

type Shown = Omit<Parameters<typeof PasswordPage>[0], 'shell' | 'csrf' | 'organization'>;

export function mountPassword(router: Router, dependencies: PasswordPageDependencies): void {
  const { accounts, cookies, counters, guard, limit, pages, changePassword } = dependencies;
  const perSession = counters.counter('password-session', limit);

  router.get(PATH, async (ctx) => {
    const visit = await signedIn(ctx, pages);
    if (visit !== undefined) await show(ctx, visit, { changed: takePasswordChanged(ctx, cookies) });
  });

  router.post(PATH, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await signedIn(ctx, pages);
    if (visit === undefined) return;
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await show(ctx, visit, { stale: true }, 403);
    const { current = '', next = '' } = form;
    const weak = passwordProblem(next);
    if (weak !== undefined) return await show(ctx, visit, { problems: { next: WEAK[weak] } }, 422);
    if (next.normalize('NFKC') === current.normalize('NFKC'))
      return await show(ctx, visit, { problems: { next: 'same' } }, 422);

    const { id } = visit.session;
    const retryAfterSeconds = await perSession.count(id);
    if (retryAfterSeconds !== undefined) {
      ctx.set('retry-after', String(retryAfterSeconds));
      return await show(ctx, visit, { retryAfterSeconds }, 429);
    }
    const change = await changePassword(visit.session, current, next, actorFor(ctx, visit));
    switch (change.outcome) {
      case 'wrong':
        return await show(ctx, visit, { problems: { current: 'wrong' } }, 422);
      case 'signed_out':
        return redirect(ctx, PATH); // which leads to where they sign in
      case 'changed':
        cookies.set(ctx, SESSION_COOKIE, change.secret.reveal(), change.expiresAt);
        noticePasswordChanged(ctx, cookies);
        redirect(ctx, PATH);
    }
  });

  async function show(ctx: Context, visit: SignedInVisit, shown: Shown, status = 200): Promise<void> {
    const [organization] = await accounts.memberships(visit.session.personId);
    const { shell, csrf } = visit;
    pages.show(ctx, <PasswordPage {...{ shell, csrf, organization }} {...shown} />, status);
  }
}
