// Against cross-site request forgery: every form carries a token bound to this browser and to who is signed in there.
import { createHmac, type KeyObject } from 'node:crypto';
import type { Context } from 'koa';
import { newSecret, sameBytes } from '../digest.ts';
import { HttpError } from '../http/http-error.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import type { Cookies } from './cookies.ts';

const COOKIE = 'form';

export interface ForgeryGuard {
  /** The token for the forms of the page that answers `ctx`. */
  token(ctx: Context, session: BrowserSession | undefined): string;
  /**
   * Whether `token` was made for this browser and this sign-in. False: the form is older than the sign-in, or cookies
   * are off; show it again.
   * @throws HttpError 403 when the browser says that another site sent the form
   */
  accepts(ctx: Context, session: BrowserSession | undefined, token: string | undefined): boolean;
}

export function createForgeryGuard(cookies: Cookies, key: KeyObject, publicUrl: string): ForgeryGuard {
  const tokenFor = (cookie: string, session: BrowserSession | undefined) =>
    createHmac('sha256', key)
      .update(`${cookie} ${session?.id ?? ''}`)
      .digest();

  return {
    token(ctx, session) {
      const cookie = cookies.get(ctx, COOKIE) ?? newSecret();
      cookies.set(ctx, COOKIE, cookie);
      return tokenFor(cookie, session).toString('base64url');
    },

    accepts(ctx, session, token) {
      const origin = ctx.get('origin');
      const site = ctx.get('sec-fetch-site');
      if ((origin !== '' && origin !== publicUrl) || (site !== '' && site !== 'same-origin')) {
        throw new HttpError(403, `This form was not sent from ${publicUrl}. Open the page there and try again.`);
      }
      const cookie = cookies.get(ctx, COOKIE);
      return (
        cookie !== undefined &&
        token !== undefined &&
        sameBytes(tokenFor(cookie, session), Buffer.from(token, 'base64url'))
      );
    },
  };
}
