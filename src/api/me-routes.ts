// /api/users/me: the person behind a credential, and the organization their session acts for.
import type Router from '@koa/router';
import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import { readJson } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { actorOf } from '../http/request-context.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { requireSession } from './bearer.ts';

const organizationChange = z.strictObject({ organizationId: z.string().min(1).max(100) });

export function mountMe(router: Router, accounts: Accounts, sessions: Sessions, resolver: CredentialResolver): void {
  router.get('/api/users/me', async (ctx) => {
    ctx.body = await describe(await requireSession(ctx, resolver));
  });

  router.put('/api/users/me/organization', async (ctx) => {
    const session = await requireSession(ctx, resolver);
    const change = organizationChange.safeParse(await readJson(ctx));
    if (!change.success) throw new HttpError(400, 'The body must be {"organizationId": "org_…"}');
    const actor = { ...actorOf(ctx), personId: session.personId, credential: `session:${session.id}` };
    if (!(await sessions.switchOrganization(session, change.data.organizationId, actor))) {
      throw new HttpError(403, 'Not a member of this organization');
    }
    ctx.body = await describe(await requireSession(ctx, resolver));
  });

  async function describe(session: LiveSession) {
    return {
      id: session.personId,
      email: session.email,
      name: session.personName,
      organization: { id: session.organizationId, name: session.organizationName, role: session.role },
      organizations: await accounts.memberships(session.personId),
      session: {
        id: session.id,
        createdAt: session.createdAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
      },
    };
  }
}
