// Everything under /api but the report of leaked credentials, and its description.
import type Router from '@koa/router';
import type { ApiDependencies } from './dependencies.ts';
import { mountMe } from './me-routes.ts';
import { mountMyTokens } from './my-token-routes.ts';
import { mountOpenApi } from './openapi.ts';
import { mountOrganizationTokens } from './organization-token-routes.ts';

export function mountApi(router: Router, dependencies: ApiDependencies, publicUrl: string): void {
  mountMe(router, dependencies);
  mountMyTokens(router, dependencies);
  mountOrganizationTokens(router, dependencies);
  mountOpenApi(router, publicUrl);
}
