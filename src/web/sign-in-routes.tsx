// /, /sign-in and /sign-out.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { HomePage } from '../../views/home.tsx';
import { SignInPage } from '../../views/sign-in.tsx';
import { normalizeEmail } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { readForm } from '../http/body.ts';
import { actorOf } from '../http/request-context.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import type { Cookies } from './cookies.ts';
import type { NoteFailedSignIn } from './failed-sign-ins.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { localPath, type Pages, type PageVisit, SESSION_COOKIE } from './pages.ts';
import type { SignInAttempts } from './sign-in-attempts.ts';

export interface SignInDependencies {
  readonly accounts: Accounts;
  readonly attempts: SignInAttempts;
  readonly browserSessions: BrowserSessions;
  readonly cookies: Cookies;
  readonly guard: ForgeryGuard;
  readonly noteFailure: NoteFailedSignIn;
  readonly pages: Pages;
  readonly publicUrl: string;
}

export function mountSignIn(router: Router, dependencies: SignInDependencies): void {
  const { accounts, attempts, browserSessions, cookies, guard, noteFailure, pages, publicUrl } = dependencies;

  router.get('/', async (ctx) => {
    const { session, shell } = await pages.visit(ctx);
    const organizations = session === undefined ? [] : await accounts.memberships(session.personId);
    pages.show(ctx, <HomePage shell={shell} organizations={organizations} />);
  });

  router.get('/sign-in', async (ctx) => {
    const visit = await pages.visit(ctx);
    const returnTo = localPath(one(ctx.query['return_to']), publicUrl);
    if (visit.session !== undefined) return redirect(ctx, returnTo);
    pages.show(ctx, <SignInPage {...frame(visit, returnTo)} />);
  });

  router.post('/sign-in', async (ctx) => {
    const form = await readForm(ctx);
    const visit = await pages.visit(ctx);
    const returnTo = localPath(form['return_to'], publicUrl);
    const typed = form['email'] ?? '';
    const again = { ...frame(visit, returnTo), email: typed.slice(0, 320) };
    if (!guard.accepts(ctx, visit.session, form['csrf']))
      return pages.show(ctx, <SignInPage {...again} problem="stale" />, 403);

    const actor = actorOf(ctx);
    const email = normalizeEmail(typed);
    const retryAfterSeconds = await attempts.count(ctx, email);
    if (retryAfterSeconds !== undefined) {
      ctx.set('retry-after', String(retryAfterSeconds));
      return pages.show(ctx, <SignInPage {...again} problem="too_many" retryAfterSeconds={retryAfterSeconds} />, 429);
    }
    const person = await accounts.authenticate(email ?? '', form['password'] ?? '');
    const started = person && (await browserSessions.start(person, visit.session, actor));
    if (email === undefined || person === undefined || started === undefined) {
      if (email !== undefined) noteFailure(ctx, email);
      return pages.show(ctx, <SignInPage {...again} problem="wrong" />, 401);
    }

    await Promise.all([attempts.succeeded(ctx, email), accounts.rememberLocale(person.id, visit.shell.locale)]);
    cookies.set(ctx, SESSION_COOKIE, started.secret.reveal(), started.expiresAt);
    redirect(ctx, returnTo);
  });

  router.post('/sign-out', async (ctx) => {
    const form = await readForm(ctx);
    const { session } = await pages.visit(ctx);
    const returnTo = localPath(form['return_to'], publicUrl);
    if (session !== undefined && guard.accepts(ctx, session, form['csrf'])) {
      await browserSessions.end(session, {
        ...actorOf(ctx),
        personId: session.personId,
        credential: `session:${session.id}`,
      });
      cookies.clear(ctx, SESSION_COOKIE);
    }
    redirect(ctx, returnTo);
  });
}

function frame({ shell, csrf }: PageVisit, returnTo: string) {
  return { shell, csrf, returnTo, ...(returnTo.startsWith('/cli-auth') ? { purpose: 'cli' as const } : {}) };
}

/** After a POST: the next page is fetched by GET (RFC 9110 §15.4.4). */
export function redirect(ctx: Context, path: string): void {
  ctx.set('cache-control', 'no-store');
  ctx.redirect(path);
  ctx.status = 303;
}

/** A query parameter that was given once. */
export function one(parameter: string | string[] | undefined): string | undefined {
  return typeof parameter === 'string' ? parameter : undefined;
}
