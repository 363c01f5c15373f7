// /settings, /organization and /organizations/{orgId}: mounts what can be set there, under the addresses that lead to it.
import type Router from '@koa/router';
import { NoOrganizationPage } from '../../views/token-list.tsx';
import { DAY, SECOND } from '../clock.ts';
import { HttpError } from '../http/http-error.ts';
import { mountNewToken } from './new-token-routes.tsx';
import { signedIn } from './organization-area.tsx';
import { one, redirect } from './sign-in-routes.tsx';
import { enterOrganization, enterPersonal, organizationPath, PERSONAL_PATH } from './token-area.ts';
import type { TokenPageDependencies } from './token-pages.tsx';
import { mountTokens } from './token-routes.tsx';

/** How long a form is remembered that has made its token: it makes no second one. */
const REMEMBERED_SECONDS = (14 * DAY) / SECOND;

/** Of an organization: without its id they lead to the visitor's first. */
const ORGANIZATION_SECTIONS = ['tokens', 'members', 'sessions', 'credentials', 'audit', 'policy'];

export function mountSettings(router: Router, dependencies: TokenPageDependencies): void {
  const { accounts, counters, pages } = dependencies;
  const sentForms = counters.counter('token-form', { points: 1, seconds: REMEMBERED_SECONDS });
  const areas = [
    { path: PERSONAL_PATH, enter: enterPersonal(accounts, pages) },
    { path: organizationPath({ id: ':orgId' }), enter: enterOrganization(accounts, pages) },
  ];
  for (const { path, enter } of areas) {
    mountNewToken(router, path, enter, dependencies, sentForms);
    mountTokens(router, path, enter, dependencies);
  }

  for (const path of ['/settings', '/settings/profile']) router.get(path, (ctx) => redirect(ctx, PERSONAL_PATH));
  router.get('/organization', (ctx) => redirect(ctx, '/organization/tokens'));

  for (const section of ORGANIZATION_SECTIONS) {
    router.get(`/organization/${section}`, async (ctx) => {
      const visit = await signedIn(ctx, pages);
      if (visit === undefined) return;
      const organizations = await accounts.memberships(visit.session.personId);
      if (organizations.length === 0) return pages.show(ctx, <NoOrganizationPage shell={visit.shell} />);
      const wanted = one(ctx.query['organization']);
      const organization = wanted === undefined ? organizations[0] : organizations.find(({ id }) => id === wanted);
      if (organization === undefined) throw new HttpError(404, 'Not found');
      redirect(ctx, `/organizations/${organization.id}/${section}`);
    });
  }
}
