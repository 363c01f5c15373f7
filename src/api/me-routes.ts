// /api/users/me: the person behind a credential, and the organization their session acts for.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { HttpError } from '../http/http-error.ts';
import type { ApiDependencies } from './dependencies.ts';
import { actorFor, requirePerson, requireSessionAndBody } from './principal.ts';
import { changeOrganization, parseBody } from './schemas.ts';

export function mountMe(router: Router, { accounts, resolver, sessions }: ApiDependencies): void {
  router.get('/api/users/me', describe);

  router.put('/api/users/me/organization', async (ctx) => {
    const { principal, body } = await requireSessionAndBody(ctx, resolver);
    const { organizationId } = parseBody(changeOrganization, body);
    if (!(await sessions.switchOrganization(principal.session, organizationId, actorFor(ctx, principal)))) {
      throw new HttpError(403, 'Not a member of this organization');
    }
    await describe(ctx);
  });

  async function describe(ctx: Context): Promise<void> {
    const principal = await requirePerson(ctx, resolver);
    if (principal.use === 'session') {
      const { session } = principal;
      ctx.body = {
        ...personOf(session),
        organizations: await accounts.memberships(session.personId),
        session: { id: session.id, createdAt: session.createdAt, expiresAt: session.expiresAt },
      };
    } else {
      const { token } = principal;
      const person = personOf(token);
      const { id, name, createdAt, expiresAt } = token;
      ctx.body = { ...person, organizations: [person.organization], token: { id, name, createdAt, expiresAt } };
    }
  }
}

interface ActingPerson {
  readonly personId: string;
  readonly email: string;
  readonly personName: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly role: string;
}

function personOf({ personId, email, personName, organizationId, organizationName, role }: ActingPerson) {
  return { id: personId, email, name: personName, organization: { id: organizationId, name: organizationName, role } };
}
