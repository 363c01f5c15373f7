// /set-up: the one-time link of a first start in production.
import type Router from '@koa/router';
import { SetUpLinkInvalidPage, SetUpPage, type SetUpProblem } from '../../views/set-up.tsx';
import { normalizeEmail, normalizeName } from '../accounts/account.ts';
import { passwordProblem } from '../accounts/password.ts';
import type { SetUp } from '../accounts/set-up.ts';
import { readForm } from '../http/body.ts';
import { actorOf } from '../http/request-context.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import type { Pages } from './pages.ts';
import { one, redirect } from './sign-in-routes.tsx';

export function mountSetUp(router: Router, setUp: SetUp, guard: ForgeryGuard, pages: Pages): void {
  router.get('/set-up', async (ctx) => {
    const { shell, csrf } = await pages.visit(ctx);
    const token = one(ctx.query['token']) ?? '';
    if (!(await setUp.isValid(token))) return pages.show(ctx, <SetUpLinkInvalidPage shell={shell} />, 404);
    pages.show(ctx, <SetUpPage shell={shell} csrf={csrf} token={token} />);
  });

  router.post('/set-up', async (ctx) => {
    const form = await readForm(ctx);
    const { shell, csrf, session } = await pages.visit(ctx);
    const token = form['token'] ?? '';
    const typed = { organization: form['organization'] ?? '', name: form['name'] ?? '', email: form['email'] ?? '' };
    const page = { shell, csrf, token, values: typed };
    if (!(await setUp.isValid(token))) return pages.show(ctx, <SetUpLinkInvalidPage shell={shell} />, 404);
    if (!guard.accepts(ctx, session, form['csrf'])) return pages.show(ctx, <SetUpPage {...page} stale />, 403);

    const [organization, name, email] = [
      normalizeName(typed.organization),
      normalizeName(typed.name),
      normalizeEmail(typed.email),
    ];
    const password = form['password'] ?? '';
    const weak = passwordProblem(password);
    if (organization === undefined || name === undefined || email === undefined || weak !== undefined) {
      const problems = {
        ...(organization === undefined ? { organization: nameProblem(typed.organization) } : {}),
        ...(name === undefined ? { name: nameProblem(typed.name) } : {}),
        ...(email === undefined ? { email: 'emailMalformed' as const } : {}),
        ...(weak === undefined
          ? {}
          : { password: weak === 'too_short' ? ('passwordTooShort' as const) : ('tooLong' as const) }),
      };
      return pages.show(ctx, <SetUpPage {...page} problems={problems} />, 422);
    }
    const done = await setUp.complete(token, organization, { name, email, password }, actorOf(ctx));
    if (!done) return pages.show(ctx, <SetUpLinkInvalidPage shell={shell} />, 404);
    redirect(ctx, '/sign-in');
  });
}

function nameProblem(typed: string): SetUpProblem {
  return typed.trim() === '' ? 'required' : 'nameUnfit';
}
