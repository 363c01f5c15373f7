// What the pages of sign-ins have to say on the page that their forms lead to.
import type { Context } from 'koa';
import type { Cookies } from './cookies.ts';
import { leaveNotice, takeAnyNotice, takeNotice } from './notice.ts';

/** `ended.3`: three sign-ins were. */
export function noticeEnded(ctx: Context, cookies: Cookies, count: number): void {
  leaveNotice(ctx, cookies, `ended.${count}`);
}

export function takeEnded(ctx: Context, cookies: Cookies): number | undefined {
  const [, count] = /^ended\.(\d{1,9})$/.exec(takeAnyNotice(ctx, cookies)) ?? [];
  return count === undefined ? undefined : Number(count);
}

const PASSWORD_CHANGED = 'new-password';

export function noticePasswordChanged(ctx: Context, cookies: Cookies): void {
  leaveNotice(ctx, cookies, PASSWORD_CHANGED);
}

export function takePasswordChanged(ctx: Context, cookies: Cookies): boolean {
  return takeNotice(ctx, cookies, [PASSWORD_CHANGED]) !== undefined;
}
