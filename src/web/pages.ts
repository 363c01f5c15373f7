// What every page route needs: who is signed in, the frame of the page, the security headers.
import type { Context } from 'koa';
import type { VNode } from 'preact';
import type { Shell } from '../../views/components/page.tsx';
import type { Locale } from '../../views/messages/messages-for.ts';
import { renderPage } from '../../views/render-page.ts';
import { actorOf } from '../http/request-context.ts';
import { PUBLISHED_SERVER } from '../oauth/published-server.ts';
import type { BrowserSession, BrowserSessions } from '../sessions/browser-sessions.ts';
import type { AssetUrls } from './assets.ts';
import type { Cookies } from './cookies.ts';
import type { ForgeryGuard } from './forgery-guard.ts';

export const SESSION_COOKIE = 'session';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** One request for a page. */
export interface PageVisit {
  readonly session: BrowserSession | undefined;
  readonly csrf: string;
  readonly shell: Shell;
}

export interface Pages {
  /** Reads who is signed in, and prepares the frame. */
  visit(ctx: Context): Promise<PageVisit>;
  /** Answers with a page. */
  show(ctx: Context, page: VNode, status?: number): void;
  /** A frame for pages that must not ask the database: errors. */
  plainShell(ctx: Context): Shell;
}

export function createPages(
  browserSessions: BrowserSessions,
  cookies: Cookies,
  guard: ForgeryGuard,
  assets: AssetUrls,
  publicUrl: string,
): Pages {
  const elsewhere = publicUrl === PUBLISHED_SERVER ? {} : { server: publicUrl };
  const plainShell = (ctx: Context): Shell => ({ locale: localeOf(ctx), assets, ...elsewhere });

  return {
    plainShell,

    async visit(ctx) {
      const cookie = cookies.get(ctx, SESSION_COOKIE);
      const session = cookie === undefined ? undefined : await browserSessions.find(cookie, actorOf(ctx).address);
      const csrf = guard.token(ctx, session);
      const account = session && { signedInAs: { email: session.email, name: session.personName }, signOut: { csrf } };
      return { session, csrf, shell: { ...plainShell(ctx), ...account } };
    },

    show(ctx, page, status = 200) {
      ctx.status = status;
      ctx.type = 'html';
      ctx.set('content-security-policy', CONTENT_SECURITY_POLICY);
      ctx.set('cache-control', 'no-store');
      ctx.set('cross-origin-opener-policy', 'same-origin');
      ctx.set('referrer-policy', 'same-origin'); // addresses of pages can hold codes; no-referrer would make Origin null
      ctx.set('x-content-type-options', 'nosniff');
      ctx.set('x-frame-options', 'DENY');
      ctx.vary('accept-language');
      if (publicUrl.startsWith('https:')) ctx.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
      ctx.body = renderPage(page);
    },
  };
}

function localeOf(ctx: Context): Locale {
  return ctx.acceptsLanguages('en', 'cs') === 'cs' ? 'cs' : 'en';
}

/** A path of this site to go on to, or `/`: never another site's, however it is spelled. */
export function localPath(given: string | undefined, publicUrl: string): string {
  const url = given?.startsWith('/') === true ? URL.parse(given, publicUrl) : null;
  if (url === null || url.origin !== publicUrl) return '/';
  const path = `${url.pathname}${url.search}`;
  return path.startsWith('//') ? '/' : path; // what `/..//elsewhere.example` comes to
}
