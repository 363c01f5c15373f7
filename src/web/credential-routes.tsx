// /organizations/{orgId}/credentials: what acts for the organization, for its admins; and the end of several at once,
// which is shown before it is done.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Chosen, CredentialsPage, FILTERS } from '../../views/credentials.tsx';
import { CredentialsRevokedPage, RevokeCredentialsPage } from '../../views/credentials-revoke.tsx';
import { readForm } from '../http/body.ts';
import { MOST_AT_ONCE } from '../tokens/credentials.ts';
import {
  type CredentialPageDependencies,
  enterAsAdmin,
  momentOf,
  selectedIn,
  showForbidden,
  shownBreakage,
  shownCredential,
  textOf,
} from './credential-pages.tsx';
import { makerOf, type OrganizationVisit } from './organization-area.tsx';
import { one, redirect } from './sign-in-routes.tsx';

const PATH = '/organizations/:orgId/credentials';
const ON_A_PAGE = 100;
const KINDS = ['personal', 'organization'] as const;

export function mountCredentialPages(router: Router, dependencies: CredentialPageDependencies): void {
  const { clock, credentials, guard, pages } = dependencies;

  router.get(PATH, async (ctx) => {
    const visit = await enterAsAdmin(ctx, dependencies, 'credentials');
    if (visit === undefined) return;
    const { organization, shell, csrf } = visit;
    const chosen = chosenIn(ctx);
    const { owner: ownerId, ...filters } = chosen;
    const query = { organizationId: organization.id, ownerId, ...filters };
    const cursor = one(ctx.query['cursor']);
    const wanted = cursor === undefined ? undefined : await credentials.list(query, { cursor, limit: ON_A_PAGE });
    const list = wanted ?? (await credentials.list(query, { cursor: undefined, limit: ON_A_PAGE }));
    if (list === undefined) throw new Error('the first page needs no cursor');
    const { nextCursor, total } = list;
    const whichPage = cursor === undefined ? 'first' : 'later';
    const owners = await credentials.owners(organization.id);
    pages.show(
      ctx,
      <CredentialsPage
        shell={shell}
        csrf={csrf}
        organization={organization}
        chosen={chosen}
        owners={owners.map(({ id, name }) => ({ id, name: name ?? id }))}
        credentials={list.credentials.map((each) => shownCredential(each, visit))}
        total={total}
        {...(nextCursor === null ? {} : { nextCursor })}
        page={cursor !== undefined && wanted === undefined ? 'unknownCursor' : whichPage}
        now={clock.now()}
      />,
    );
  });

  // Who was signed out over the form comes back here by a GET.
  router.get(`${PATH}/revoke`, async (ctx) => {
    const visit = await enterAsAdmin(ctx, dependencies, 'credentials');
    if (visit !== undefined) redirect(ctx, ctx.path.replace(/\/revoke$/, ''));
  });

  router.post(`${PATH}/revoke`, async (ctx) => {
    const form = await readForm(ctx);
    const visit = await enterAsAdmin(ctx, dependencies, 'credentials');
    if (visit === undefined) return;
    const ids = selectedIn(form).slice(0, MOST_AT_ONCE);
    const moment = momentOf(form['before']);
    const before = moment && textOf(moment);
    const accepted = guard.accepts(ctx, visit.session, form['csrf']);
    if (form['confirmed'] !== 'yes') return await showPlan(ctx, visit, ids, before, false);
    if (!accepted) return await showPlan(ctx, visit, ids, before, true);

    const { organization, actor, shell } = visit;
    const result = await credentials.revoke(organization.id, ids, makerOf(visit), actor);
    if (result.outcome === 'forbidden') return showForbidden(ctx, dependencies, visit);
    pages.show(
      ctx,
      <CredentialsRevokedPage
        shell={shell}
        organization={organization}
        {...(before === undefined ? {} : { before })}
        revoked={result.selected.map((each) => shownCredential(each, visit))}
        notFound={result.notFound}
      />,
    );
  });

  /** Changes nothing, so a form that is too old is shown anew all the same. */
  async function showPlan(
    ctx: Context,
    visit: OrganizationVisit,
    ids: readonly string[],
    before: string | undefined,
    stale: boolean,
  ): Promise<void> {
    const { organization, shell, csrf } = visit;
    const { selected, wouldBreak, notFound } = await credentials.plan(organization.id, ids);
    const status = selected.length === 0 ? 422 : 200;
    pages.show(
      ctx,
      <RevokeCredentialsPage
        shell={shell}
        csrf={csrf}
        organization={organization}
        {...(before === undefined ? {} : { before })}
        selected={selected.map((each) => shownCredential(each, visit))}
        wouldBreak={wouldBreak.map((each) => shownBreakage(each, visit))}
        notFound={notFound}
        stale={stale}
        now={clock.now()}
      />,
      stale ? 403 : status,
    );
  }
}

/** What can't be is left out. */
function chosenIn(ctx: Context): Chosen {
  const filter = FILTERS.find((each) => each === one(ctx.query['filter']));
  const kind = KINDS.find((each) => each === one(ctx.query['kind']));
  const owner = /^user_[A-Za-z0-9_-]{1,64}$/.exec(one(ctx.query['owner']) ?? '')?.[0];
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(kind === undefined ? {} : { kind }),
    ...(owner === undefined ? {} : { owner }),
  };
}
