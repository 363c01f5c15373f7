// /settings/sessions: where a person is signed in. Ending something takes a page that names it, and a form.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { EndOthersPage, EndSessionPage, SESSION_REFUSAL_STATUS, SessionRefusalPage } from '../../views/session-end.tsx';
import { OWN_SESSIONS, OwnSessionsPage } from '../../views/session-list.tsx';
import type { SessionArea, ShownSession } from '../../views/sessions.ts';
import type { Membership } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../clock.ts';
import { readForm } from '../http/body.ts';
import { parameter } from '../http/parameter.ts';
import { actorOf } from '../http/request-context.ts';
import type { BrowserSessions } from '../sessions/browser-sessions.ts';
import type { SignIn, SignIns } from '../sign-ins/sign-ins.ts';
import type { Cookies } from './cookies.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import { actorFor, type SignedInVisit, signedIn } from './organization-area.tsx';
import { type Pages, SESSION_COOKIE } from './pages.ts';
import { noticeEnded, takeEnded } from './session-notices.ts';
import { one, redirect } from './sign-in-routes.tsx';

export interface SessionPageDependencies {
  readonly accounts: Accounts;
  readonly browserSessions: BrowserSessions;
  readonly clock: Clock;
  readonly cookies: Cookies;
  readonly guard: ForgeryGuard;
  readonly pages: Pages;
  readonly signIns: SignIns;
}

export const SESSIONS_PER_PAGE = 50;

const { path } = OWN_SESSIONS;

export function mountOwnSessions(router: Router, dependencies: SessionPageDependencies): void {
  const { accounts, browserSessions, clock, cookies, guard, pages, signIns } = dependencies;

  router.get(path, async (ctx) => {
    const visit = await signedIn(ctx, pages);
    if (visit === undefined) return;
    const cursor = one(ctx.query['cursor']);
    const page = await signIns.list({ personId: visit.session.personId }, { cursor, limit: SESSIONS_PER_PAGE });
    if (page === undefined) return redirect(ctx, path);
    const organizations = await accounts.memberships(visit.session.personId);
    const ended = takeEnded(ctx, cookies);
    pages.show(
      ctx,
      <OwnSessionsPage
        shell={visit.shell}
        organization={organizations[0]}
        sessions={page.signIns.map((signIn) => shownTo(visit, signIn, organizations))}
        count={page.count}
        {...(page.nextCursor === null ? {} : { olderHref: `${path}?cursor=${page.nextCursor}` })}
        {...(cursor === undefined ? {} : { newestHref: path })}
        {...(ended === undefined ? {} : { ended })}
        now={clock.now()}
      />,
    );
  });

  router.get(`${path}/end-others`, async (ctx) => {
    const visit = await signedIn(ctx, pages);
    if (visit !== undefined) await showEndOthers(ctx, visit);
  });

  router.post(`${path}/end-others`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await signedIn(ctx, pages);
    if (visit === undefined) return;
    const { personId, id: sessionId } = visit.session;
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showEndOthers(ctx, visit, true);
    const ending = await signIns.endOthers({ personId, sessionId }, actorFor(ctx, visit));
    if (ending.outcome === 'forbidden') return refuseSession(ctx, pages, visit, OWN_SESSIONS, 'forbidden');
    noticeEnded(ctx, cookies, ending.count);
    redirect(ctx, path);
  });

  router.get(`${path}/:id/end`, async (ctx) => {
    const visit = await signedIn(ctx, pages);
    if (visit !== undefined) await showEnd(ctx, visit);
  });

  router.post(`${path}/:id/end`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await signedIn(ctx, pages);
    if (visit === undefined) return;
    const { personId, id: sessionId } = visit.session;
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showEnd(ctx, visit, true);
    const id = parameter(ctx, 'id');
    if (id === sessionId) return await signOut(ctx, visit);
    const outcome = await signIns.end({ personId }, id, { personId, sessionId }, actorFor(ctx, visit));
    if (outcome === 'forbidden') return refuseSession(ctx, pages, visit, OWN_SESSIONS, 'forbidden');
    if (outcome === 'unknown') return refuseSession(ctx, pages, visit, OWN_SESSIONS, 'gone');
    noticeEnded(ctx, cookies, 1);
    redirect(ctx, path);
  });

  async function signOut(ctx: Context, visit: SignedInVisit): Promise<void> {
    await browserSessions.end(visit.session, actorFor(ctx, visit));
    cookies.clear(ctx, SESSION_COOKIE);
    redirect(ctx, '/');
  }

  async function showEndOthers(ctx: Context, visit: SignedInVisit, stale = false): Promise<void> {
    const { personId } = visit.session;
    const [page, frame] = await Promise.all([signIns.list({ personId }, { limit: 1 }), frameOf(visit)]);
    const others = Math.max(0, (page?.count ?? 0) - 1);
    pages.show(ctx, <EndOthersPage {...frame} stale={stale} count={others} />, stale ? 403 : 200);
  }

  async function showEnd(ctx: Context, visit: SignedInVisit, stale = false): Promise<void> {
    const found = await signIns.find({ personId: visit.session.personId }, parameter(ctx, 'id'));
    if (found === undefined) return refuseSession(ctx, pages, visit, OWN_SESSIONS, 'gone');
    const frame = await frameOf(visit);
    const session = shownTo(visit, found, frame.organizations);
    pages.show(ctx, <EndSessionPage {...frame} stale={stale} session={session} now={clock.now()} />, stale ? 403 : 200);
  }

  async function frameOf({ shell, csrf, session }: SignedInVisit) {
    const organizations = await accounts.memberships(session.personId);
    return { shell, csrf, area: OWN_SESSIONS, organization: organizations[0], organizations };
  }
}

export function refuseSession(
  ctx: Context,
  pages: Pages,
  { shell }: SignedInVisit,
  area: SessionArea,
  why: keyof typeof SESSION_REFUSAL_STATUS,
): void {
  const { requestId } = actorOf(ctx);
  const page = <SessionRefusalPage shell={shell} area={area} why={why} requestId={requestId} />;
  pages.show(ctx, page, SESSION_REFUSAL_STATUS[why]);
}

/** To whoever is of one organization its name says nothing. */
function shownTo(visit: SignedInVisit, signIn: SignIn, organizations: readonly Membership[]): ShownSession {
  const { organizationName } = signIn;
  const organization = organizationName === null || organizations.length < 2 ? {} : { organization: organizationName };
  return { ...shownSession(signIn, visit), ...organization };
}

export function shownSession(signIn: SignIn, { session }: SignedInVisit): ShownSession {
  const { id, kind, createdAt, lastUsedAt, expiresAt } = signIn;
  const { client, deviceName, deviceSystem, userAgent, address, lastUsedAddress } = signIn;
  return {
    id,
    kind,
    createdAt,
    lastUsedAt,
    expiresAt,
    current: id === session.id,
    ...(client === null ? {} : { client }),
    ...(deviceName === null ? {} : { device: deviceName }),
    ...(deviceSystem === null ? {} : { system: deviceSystem }),
    ...(userAgent === null ? {} : { userAgent }),
    ...(address === null ? {} : { address }),
    ...(lastUsedAddress === null ? {} : { lastUsedAddress }),
  };
}
