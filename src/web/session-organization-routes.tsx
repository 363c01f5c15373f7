// /organizations/{orgId}/sessions: the CLI logins that act for an organization, for its admins.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { EndAllPage, EndSessionPage } from '../../views/session-end.tsx';
import { OrganizationSessionsPage } from '../../views/session-list.tsx';
import type { SessionArea } from '../../views/sessions.ts';
import { readForm } from '../http/body.ts';
import { parameter } from '../http/parameter.ts';
import { confirms } from '../sign-ins/sign-ins.ts';
import { type OrganizationVisit, visitAsAdmin } from './organization-area.tsx';
import { noticeEnded, takeEnded } from './session-notices.ts';
import { refuseSession, SESSIONS_PER_PAGE, type SessionPageDependencies, shownSession } from './session-routes.tsx';
import { one, redirect } from './sign-in-routes.tsx';

const PATH = '/organizations/:orgId/sessions';

export function mountOrganizationSessions(router: Router, dependencies: SessionPageDependencies): void {
  const { accounts, clock, cookies, guard, pages, signIns } = dependencies;
  const enter = (ctx: Context) => visitAsAdmin(ctx, accounts, pages);

  router.get(PATH, async (ctx) => {
    const visit = await enter(ctx);
    if (visit === undefined) return;
    const { organization, organizations, shell } = visit;
    const { path } = areaOf(visit);
    const personId = one(ctx.query['user']) || undefined;
    const cursor = one(ctx.query['cursor']);
    const [page, people] = await Promise.all([
      signIns.list(ofWhom(visit, personId), { cursor, limit: SESSIONS_PER_PAGE }),
      signIns.peopleOf(organization.id),
    ]);
    if (page === undefined) return redirect(ctx, path);
    const href = (more: Record<string, string>) =>
      `${path}?${new URLSearchParams({ ...(personId === undefined ? {} : { user: personId }), ...more })}`;
    const ended = takeEnded(ctx, cookies);
    pages.show(
      ctx,
      <OrganizationSessionsPage
        shell={shell}
        area={areaOf(visit)}
        organization={organization}
        organizations={organizations.filter(({ role }) => role === 'admin')}
        people={people}
        {...(personId === undefined ? {} : { personId })}
        sessions={page.signIns.map((signIn) => shown(signIn, visit))}
        count={page.count}
        {...(page.nextCursor === null ? {} : { olderHref: href({ cursor: page.nextCursor }) })}
        {...(cursor === undefined ? {} : { newestHref: href({}) })}
        {...(ended === undefined ? {} : { ended })}
        now={clock.now()}
      />,
    );
  });

  router.get(`${PATH}/end-all`, async (ctx) => {
    const visit = await enter(ctx);
    if (visit !== undefined) await showEndAll(ctx, visit, one(ctx.query['user']) || undefined);
  });

  router.post(`${PATH}/end-all`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enter(ctx);
    if (visit === undefined) return;
    const { user: personId, confirm: typed = '' } = form;
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showEndAll(ctx, visit, personId, 'stale');
    if (personId === undefined && !confirms(visit.organization, typed))
      return await showEndAll(ctx, visit, undefined, { typed });
    const ending = await signIns.endAll(ofWhom(visit, personId), endedBy(visit), visit.actor);
    if (ending.outcome === 'forbidden') return refuseSession(ctx, pages, visit, areaOf(visit), 'forbidden');
    noticeEnded(ctx, cookies, ending.count);
    redirect(ctx, areaOf(visit).path);
  });

  router.get(`${PATH}/:id/end`, async (ctx) => {
    const visit = await enter(ctx);
    if (visit !== undefined) await showEnd(ctx, visit);
  });

  router.post(`${PATH}/:id/end`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enter(ctx);
    if (visit === undefined) return;
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showEnd(ctx, visit, true);
    const outcome = await signIns.end(ofWhom(visit), parameter(ctx, 'id'), endedBy(visit), visit.actor);
    if (outcome !== 'ended')
      return refuseSession(ctx, pages, visit, areaOf(visit), outcome === 'unknown' ? 'gone' : outcome);
    noticeEnded(ctx, cookies, 1);
    redirect(ctx, areaOf(visit).path);
  });

  async function showEnd(ctx: Context, visit: OrganizationVisit, stale = false): Promise<void> {
    const found = await signIns.find(ofWhom(visit), parameter(ctx, 'id'));
    const area = areaOf(visit);
    if (found === undefined) return refuseSession(ctx, pages, visit, area, 'gone');
    const { shell, csrf, organization } = visit;
    const page = { shell, csrf, area, organization, session: shown(found, visit), now: clock.now() };
    pages.show(ctx, <EndSessionPage {...page} stale={stale} />, stale ? 403 : 200);
  }

  async function showEndAll(
    ctx: Context,
    visit: OrganizationVisit,
    personId: string | undefined,
    problem?: 'stale' | { readonly typed: string },
  ): Promise<void> {
    const { shell, csrf, organization } = visit;
    const area = areaOf(visit);
    const page = await signIns.list(ofWhom(visit, personId), { limit: 1 });
    const [first] = page?.signIns ?? [];
    if (page === undefined || first === undefined) return refuseSession(ctx, pages, visit, area, 'gone');
    const { personName: name, email } = first;
    pages.show(
      ctx,
      <EndAllPage
        {...{ shell, csrf, area, organization }}
        count={page.count}
        {...(personId === undefined ? {} : { person: { id: personId, name, email } })}
        {...(typeof problem === 'object' ? { wrong: problem.typed.slice(0, 200) } : {})}
        stale={problem === 'stale'}
      />,
      problem === undefined ? 200 : problem === 'stale' ? 403 : 422,
    );
  }
}

function areaOf({ organization }: OrganizationVisit): SessionArea {
  return { path: `/organizations/${organization.id}/sessions`, organization };
}

function ofWhom({ organization }: OrganizationVisit, personId?: string) {
  return { organizationId: organization.id, ...(personId === undefined ? {} : { personId }) };
}

function endedBy({ session }: OrganizationVisit) {
  return { personId: session.personId, sessionId: session.id };
}

function shown(signIn: Parameters<typeof shownSession>[0], visit: OrganizationVisit) {
  const { personName: name, email } = signIn;
  return { ...shownSession(signIn, visit), person: { name, email } };
}
