// What a form came to, said once on the page after it. In a cookie: a link must not be able to make a page say so.
import type { Context } from 'koa';
import type { Cookies } from './cookies.ts';
import { redirect } from './sign-in-routes.tsx';

const COOKIE = 'notice';

export function leaveNotice(ctx: Context, cookies: Cookies, notice: string): void {
  cookies.set(ctx, COOKIE, notice);
}

export function goOnWith(ctx: Context, cookies: Cookies, path: string, notice: string): void {
  leaveNotice(ctx, cookies, notice);
  redirect(ctx, path);
}

/** The one that was left, or nothing; it is used up. */
export function takeAnyNotice(ctx: Context, cookies: Cookies): string {
  const given = cookies.get(ctx, COOKIE);
  if (given !== undefined) cookies.clear(ctx, COOKIE);
  return given ?? '';
}

/** The one of `notices` that is to be said here, if any; it is used up. */
export function takeNotice<Notice extends string>(
  ctx: Context,
  cookies: Cookies,
  notices: readonly Notice[],
): Notice | undefined {
  const given = takeAnyNotice(ctx, cookies);
  return notices.find((notice) => notice === given);
}
