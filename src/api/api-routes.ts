// Everything under /api but the report of leaked credentials, and its description.
import type Router from '@koa/router';
import { mountAudit } from './audit-routes.ts';
import { mountCredentials } from './credential-routes.ts';
import type { ApiDependencies } from './dependencies.ts';
import { mountMe } from './me-routes.ts';
import { mountInvitations } from './member-invitation-routes.ts';
import { mountPolicy } from './member-policy-routes.ts';
import { mountMembers } from './member-routes.ts';
import { mountMyTokens } from './my-token-routes.ts';
import { mountOpenApi } from './openapi.ts';
import { mountOrganizationTokens } from './organization-token-routes.ts';
import { mountSessions } from './session-routes.ts';

export function mountApi(router: Router, dependencies: ApiDependencies, publicUrl: string): void {
  mountMe(router, dependencies);
  mountMyTokens(router, dependencies);
  mountOrganizationTokens(router, dependencies);
  mountCredentials(router, dependencies);
  mountMembers(router, dependencies);
  mountInvitations(router, dependencies);
  mountPolicy(router, dependencies);
  mountSessions(router, dependencies);
  mountAudit(router, dependencies);
  mountOpenApi(router, publicUrl);
}
