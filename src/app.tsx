// The one place where routes are mounted: what a request passes through, in order, and which path belongs to whom.
import Router, { type RouterContext } from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import type { Logger } from 'pino';
import { ErrorPage } from '../views/error.tsx';
import { mountApi } from './api/api-routes.ts';
import { recordOwnUses } from './api/own-uses.ts';
import { mountHealth } from './health/health-routes.ts';
import { createClientAddress } from './http/client-address.ts';
import { errorResponses } from './http/error-responses.ts';
import { HttpError } from './http/http-error.ts';
import {
  identify,
  limitDeviceAuthorizations,
  logRequests,
  notCached,
  readablePath,
  sameLoopback,
} from './http/middleware.ts';
import { actorOf } from './http/request-context.ts';
import { mountLeakReports } from './leaks/leak-routes.ts';
import { type OidcProvider, PROVIDER_PATHS } from './oidc/provider.ts';
import type { RequestScope } from './oidc/request-scope.ts';
import { mountRevocation } from './revocation/revocation-routes.ts';
import type { Services } from './services.ts';
import { mountAssets } from './web/assets.ts';
import { mountAuditPages } from './web/audit-routes.tsx';
import { mountCliAuth } from './web/cli-auth-routes.tsx';
import { createCookies } from './web/cookies.ts';
import { mountCredentialPages } from './web/credential-routes.tsx';
import { mountDocs } from './web/docs-routes.tsx';
import { createFailedSignIns } from './web/failed-sign-ins.ts';
import { createForgeryGuard } from './web/forgery-guard.ts';
import { mountIncidentPages } from './web/incident-routes.tsx';
import { mountInvitations } from './web/invitation-accept-routes.tsx';
import { mountInvitationPages } from './web/invitation-routes.tsx';
import { mountLeakReportPage } from './web/leak-report-routes.tsx';
import { mountMemberPages } from './web/member-routes.tsx';
import { createPages, type Pages } from './web/pages.ts';
import { mountPassword } from './web/password-routes.tsx';
import { mountPolicyPage } from './web/policy-routes.tsx';
import { mountOrganizationSessions } from './web/session-organization-routes.tsx';
import { mountOwnSessions } from './web/session-routes.tsx';
import { mountSetUp } from './web/set-up-routes.tsx';
import { mountSettings } from './web/settings-routes.tsx';
import { createSignInAttempts } from './web/sign-in-attempts.ts';
import { mountSignIn } from './web/sign-in-routes.tsx';

export function createApp(services: Services, provider: OidcProvider, log: Logger): Koa {
  const { accounts, browserSessions, clock, config, counters, database, deviceLogins, keys, resolver, sessions } =
    services;
  const { limits } = config.settings;
  const { publicUrl } = config;

  const router = new Router({ sensitive: true, strict: true });
  const cookies = createCookies(publicUrl);
  const guard = createForgeryGuard(cookies, keys.formKey, publicUrl);
  const pages = createPages(browserSessions, cookies, guard, mountAssets(router), publicUrl);

  mountHealth(router, database, counters);
  mountRevocation(router, config.clients, resolver, sessions, services.tokens);
  mountApi(router, services, publicUrl);
  const leakReportsPerAddress = counters.counter('leak-report-address', limits.leakReportPerAddress);
  mountLeakReports(router, services.leakReports, leakReportsPerAddress);
  mountSignIn(router, {
    accounts,
    attempts: createSignInAttempts(counters, limits, cookies, keys.formKey, clock),
    browserSessions,
    cookies,
    guard,
    noteFailure: createFailedSignIns(database, counters, clock, (err) =>
      log.warn({ err }, 'a failed sign-in is not in the audit log'),
    ),
    pages,
    publicUrl,
  });
  mountCliAuth(router, { accounts, clock, counters, deviceLogins, guard, limits, pages });
  mountSetUp(router, services.setUp, guard, pages);
  mountSettings(router, {
    accounts,
    clock,
    cookies,
    counters,
    guard,
    pages,
    policies: services.policies,
    publicUrl,
    services: config.services,
    tokenPolicy: services.tokenPolicy,
    tokens: services.tokens,
  });
  const credentialPages = { accounts, clock, credentials: services.credentials, guard, pages, publicUrl };
  mountCredentialPages(router, credentialPages);
  mountIncidentPages(router, credentialPages);
  mountAuditPages(router, accounts, pages, services.trail);
  mountLeakReportPage(router, {
    guard,
    leakReports: services.leakReports,
    pages,
    perAddress: leakReportsPerAddress,
  });
  const sessionPages = { accounts, browserSessions, clock, cookies, guard, pages, signIns: services.signIns };
  mountOwnSessions(router, sessionPages);
  mountOrganizationSessions(router, sessionPages);
  mountPassword(router, {
    accounts,
    cookies,
    counters,
    guard,
    limit: limits.signInPerEmailAndAddress,
    pages,
    changePassword: services.changePassword,
  });
  const { invitations, members, policies, tokenPolicy } = services;
  const memberPages = { accounts, clock, cookies, guard, invitations, members, pages };
  mountMemberPages(router, memberPages);
  mountInvitationPages(router, memberPages);
  mountPolicyPage(router, { accounts, cookies, guard, pages, policies, tokenPolicy });
  mountInvitations(router, {
    accounts,
    browserSessions,
    cookies,
    guard,
    invitations,
    pages,
    perAddress: counters.counter('invitation-address', limits.invitationPerAddress),
  });
  mountDocs(router, pages, publicUrl);

  const app = new Koa();
  app.use(identify(createClientAddress(config.trustedProxies)));
  app.use(logRequests(log, services.metrics.observeRequest));
  app.use(
    errorResponses({
      showPage: errorPage(pages),
      onFault: (err, ctx) => log.error({ err, requestId: actorOf(ctx).requestId }, 'request failed'),
    }),
  );
  app.use(readablePath);
  app.use(notCached);
  app.use(sameLoopback(publicUrl));
  app.use(limitDeviceAuthorizations(services.limitLogins));
  app.use(oidcProvider(provider));
  app.use(recordOwnUses(services.background.usage, clock));
  app.use(router.routes());
  app.use(methodNotAllowed);
  app.on('error', (err) => log.warn({ err }, 'response could not be sent'));
  return app;
}

function oidcProvider(provider: OidcProvider): Middleware {
  return async (ctx, next) => {
    const method = PROVIDER_PATHS.get(ctx.path);
    if (method === undefined) return await next();
    ctx.state['route'] = ctx.path;
    if (ctx.method !== method && ctx.method !== 'OPTIONS' && !(method === 'GET' && ctx.method === 'HEAD'))
      throw notAllowed(method);
    ctx.respond = false; // the provider answers on its own
    const scope: RequestScope = actorOf(ctx);
    await provider.handle(ctx.req, ctx.res, scope);
    ctx.state['routine'] = scope.isRoutine === true;
  };
}

/** 405 with Allow, instead of 404, for a path that has other methods. */
async function methodNotAllowed(ctx: RouterContext, next: () => Promise<unknown>): Promise<void> {
  const methods = (ctx.matched ?? []).flatMap((layer) => layer.methods);
  if (methods.length > 0) throw notAllowed([...new Set(methods)].join(', '));
  await next();
}

function notAllowed(methods: string): HttpError {
  return new HttpError(405, `This address takes ${methods} only.`, {
    code: 'invalid_request',
    headers: { allow: methods },
  });
}

function errorPage(pages: Pages): (ctx: Context, error: HttpError) => void {
  return (ctx, error) => {
    const retryAfter = error.headers['retry-after'];
    const own = error.status < 500 && error.status !== 404 ? { detail: error.message } : {};
    const wait = retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) };
    const page = (
      <ErrorPage
        shell={pages.plainShell(ctx)}
        status={error.status}
        requestId={actorOf(ctx).requestId}
        {...own}
        {...wait}
      />
    );
    pages.show(ctx, page, error.status);
  };
}
