// /organizations/{orgId}/incident: an admin's way from a leak to the point where nothing from before works any more.
// Nothing is stored: the moment is in the address, everything else is as the database has it.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { pathsOf } from '../../views/credential.ts';
import { IncidentPage } from '../../views/incident.tsx';
import { RemainingRevokedPage, RevokeRemainingPage } from '../../views/incident-revoke.tsx';
import { after, DAY } from '../clock.ts';
import { readForm } from '../http/body.ts';
import type { Credential } from '../tokens/credential.ts';
import { MOST_AT_ONCE } from '../tokens/credentials.ts';
import {
  type CredentialPageDependencies,
  enterAsAdmin,
  momentOf,
  nextSecond,
  showForbidden,
  shownBreakage,
  shownCredential,
  textOf,
} from './credential-pages.tsx';
import { makerOf, type OrganizationVisit } from './organization-area.tsx';
import { one, redirect } from './sign-in-routes.tsx';

const PATH = '/organizations/:orgId/incident';
const ON_A_PAGE = 50;
const SESSIONS_SHOWN = 10;
/** Revocations of `MOST_AT_ONCE` in one request; what is left then takes another. */
const ROUNDS = 20;

interface Shown {
  readonly before: Date;
  readonly leaked?: Credential | undefined;
  readonly problem?: 'notFound' | 'stale' | 'beforeUnfit';
}

export function mountIncidentPages(router: Router, dependencies: CredentialPageDependencies): void {
  const { clock, credentials, guard, pages, publicUrl } = dependencies;

  router.get(PATH, async (ctx) => {
    const visit = await enterAsAdmin(ctx, dependencies, 'incident');
    if (visit === undefined) return;
    const given = one(ctx.query['before']);
    const { id } = visit.organization;
    // Without a moment it begins now. That is put into the address: a reload must not make it later.
    const token = one(ctx.query['token']);
    if (given === undefined) return redirect(ctx, addressOf(id, nextSecond(clock.now()), token));
    const before = pastMoment(given);
    const [leaked] = token === undefined ? [] : await credentials.search(id, token);
    if (before === undefined)
      await show(ctx, visit, { before: nextSecond(clock.now()), leaked, problem: 'beforeUnfit' });
    else if (token !== undefined && leaked === undefined) await show(ctx, visit, { before, problem: 'notFound' });
    else await show(ctx, visit, { before, leaked });
  });

  // A POST although it changes nothing: a token may be pasted, which must not get into an address.
  router.post(`${PATH}/find`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enterAsAdmin(ctx, dependencies, 'incident');
    if (visit === undefined) return;
    const before = pastMoment(form['before']) ?? nextSecond(clock.now());
    if (!guard.accepts(ctx, visit.session, form['csrf']))
      return await show(ctx, visit, { before, problem: 'stale' }, 403);
    const found = await credentials.search(visit.organization.id, form['token'] ?? '');
    const leaked = found.find(({ works }) => works) ?? found[0];
    if (leaked === undefined) return await show(ctx, visit, { before, problem: 'notFound' }, 422);
    redirect(ctx, addressOf(visit.organization.id, before, leaked.id));
  });

  router.get(`${PATH}/revoke`, async (ctx) => {
    const visit = await enterAsAdmin(ctx, dependencies, 'incident');
    if (visit === undefined) return;
    const before = pastMoment(one(ctx.query['before']));
    if (before === undefined) return redirect(ctx, pathsOf(visit.organization.id).incident);
    await showRemaining(ctx, visit, before);
  });

  router.post(`${PATH}/revoke`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enterAsAdmin(ctx, dependencies, 'incident');
    if (visit === undefined) return;
    const { organization, shell } = visit;
    const before = pastMoment(form['before']);
    if (before === undefined) return redirect(ctx, pathsOf(organization.id).incident);
    if (!guard.accepts(ctx, visit.session, form['csrf'])) return await showRemaining(ctx, visit, before, 'stale', 403);
    const typed = (form['confirm'] ?? '').normalize('NFC').trim();
    if (typed !== organization.name) return await showRemaining(ctx, visit, before, 'mistyped', 422);

    const revoked = await revokeRemaining(visit, before);
    if (revoked === undefined) return showForbidden(ctx, dependencies, visit);
    const { total: remaining } = await remainingOf(visit, before, 1);
    const page = { shell, organization, before: textOf(before), revoked, remaining };
    pages.show(ctx, <RemainingRevokedPage {...page} />);
  });

  /** How many; undefined when the visitor lost their role or sign-in. Each round is a transaction of its own. */
  async function revokeRemaining(visit: OrganizationVisit, before: Date): Promise<number | undefined> {
    let revoked = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { credentials: batch } = await remainingOf(visit, before, MOST_AT_ONCE);
      if (batch.length === 0) break;
      const ids = batch.map(({ id }) => id);
      const result = await credentials.revoke(visit.organization.id, ids, makerOf(visit), visit.actor);
      if (result.outcome === 'forbidden') return undefined;
      revoked += result.selected.length;
    }
    return revoked;
  }

  /** What is made later than now can't be suspect yet. */
  function pastMoment(text: string | undefined): Date | undefined {
    const moment = momentOf(text);
    return moment === undefined || moment > nextSecond(clock.now()) ? undefined : moment;
  }

  async function remainingOf({ organization }: OrganizationVisit, madeUntil: Date, limit: number, cursor?: string) {
    const query = { organizationId: organization.id, madeUntil };
    const wanted = cursor === undefined ? undefined : await credentials.list(query, { cursor, limit });
    const list = wanted ?? (await credentials.list(query, { cursor: undefined, limit }));
    if (list === undefined) throw new Error('the first page needs no cursor');
    return list;
  }

  async function show(ctx: Context, visit: OrganizationVisit, shown: Shown, status = 200): Promise<void> {
    const { organization, shell, csrf } = visit;
    const { before, leaked, problem } = shown;
    const now = clock.now();
    const [progress, logins, remaining] = await Promise.all([
      credentials.progressSince(organization.id, before),
      credentials.loginsSince(organization.id, before, SESSIONS_SHOWN),
      remainingOf(visit, before, ON_A_PAGE, one(ctx.query['cursor'])),
    ]);
    const { nextCursor } = remaining;
    pages.show(
      ctx,
      <IncidentPage
        shell={shell}
        csrf={csrf}
        organization={organization}
        before={textOf(before)}
        since={textOf(after(before, -7 * DAY))}
        beforeUnfit={problem === 'beforeUnfit'}
        notFound={problem === 'notFound'}
        stale={problem === 'stale'}
        {...(leaked === undefined ? {} : { leaked: shownCredential(leaked, visit) })}
        progress={progress}
        sessions={logins.map(({ id, personName, deviceName, deviceSystem, lastUsedAt }) => ({
          id,
          person: personName,
          lastUsedAt,
          device: [deviceName, deviceSystem].filter((text) => text !== null).join(', '),
        }))}
        remaining={remaining.credentials.map((each) => shownCredential(each, visit))}
        {...(nextCursor === null ? {} : { nextCursor })}
        publicUrl={publicUrl}
        now={now}
      />,
      status,
    );
  }

  async function showRemaining(
    ctx: Context,
    visit: OrganizationVisit,
    before: Date,
    problem?: 'stale' | 'mistyped',
    status = 200,
  ): Promise<void> {
    const { organization, shell, csrf } = visit;
    const { credentials: newest, total } = await remainingOf(visit, before, MOST_AT_ONCE);
    const ids = newest.map(({ id }) => id);
    const { selected, wouldBreak } = await credentials.plan(organization.id, ids);
    pages.show(
      ctx,
      <RevokeRemainingPage
        shell={shell}
        csrf={csrf}
        organization={organization}
        before={textOf(before)}
        selected={selected.map((each) => shownCredential(each, visit))}
        wouldBreak={wouldBreak.map((each) => shownBreakage(each, visit))}
        total={total}
        {...(problem === undefined ? {} : { problem })}
        now={clock.now()}
      />,
      status,
    );
  }
}

function addressOf(organizationId: string, before: Date, token: string | undefined): string {
  const address = pathsOf(organizationId).incidentOf(textOf(before));
  return token === undefined ? address : `${address}&token=${encodeURIComponent(token)}`;
}
