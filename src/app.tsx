// The one place where routes are mounted: what a request passes through, in order, and which path belongs to whom.
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import type { Logger } from 'pino';
import { ErrorPage } from '../views/error.tsx';
import { mountApi } from './api/api-routes.ts';
import { monotonicMs } from './clock.ts';
import { mountHealth } from './health/health-routes.ts';
import { createClientAddress } from './http/client-address.ts';
import { errorResponses } from './http/error-responses.ts';
import { HttpError, tooManyRequests } from './http/http-error.ts';
import { actorOf } from './http/request-context.ts';
import { mountIntrospection } from './introspection/introspection-routes.ts';
import { mountLeakReports } from './leaks/leak-routes.ts';
import { type OidcProvider, PROVIDER_PATHS } from './oidc/provider.ts';
import { mountRevocation } from './revocation/revocation-routes.ts';
import type { Services } from './services.ts';
import { mountAssets } from './web/assets.ts';
import { mountCliAuth } from './web/cli-auth-routes.tsx';
import { createCookies } from './web/cookies.ts';
import { createForgeryGuard } from './web/forgery-guard.ts';
import { createPages, type Pages } from './web/pages.ts';
import { mountSetUp } from './web/set-up-routes.tsx';
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
  mountIntrospection(router, {
    authentication: services.resourceServerAuthentication,
    clock,
    issuer: publicUrl,
    resolver,
    usage: services.background.usage,
  });
  mountRevocation(router, config.clients, resolver, sessions);
  mountApi(
    router,
    { accounts, resolver, sessions, tokenPolicy: services.tokenPolicy, tokens: services.tokens },
    publicUrl,
  );
  mountLeakReports(router, services.leakReports, counters.counter('leak-report-address', limits.leakReportPerAddress));
  mountSignIn(router, { accounts, browserSessions, cookies, counters, guard, limits, pages, publicUrl });
  mountCliAuth(router, { accounts, clock, counters, deviceLogins, guard, limits, pages });
  mountSetUp(router, services.setUp, guard, pages);

  const app = new Koa();
  app.use(identify(createClientAddress(config.trustedProxies)));
  app.use(logRequests(log));
  app.use(
    errorResponses({
      showPage: errorPage(pages),
      onFault: (err, ctx) => log.error({ err, requestId: actorOf(ctx).requestId }, 'request failed'),
    }),
  );
  app.use(readablePath);
  app.use(notCached);
  app.use(sameLoopback(publicUrl));
  app.use(
    limitDeviceAuthorizations(counters.counter('device-authorization-address', limits.deviceAuthorizationPerAddress)),
  );
  app.use(oidcProvider(provider));
  app.use(router.routes());
  app.use(methodNotAllowed(router));
  app.on('error', (err) => log.warn({ err }, 'response could not be sent'));
  return app;
}

function identify(addressOf: ReturnType<typeof createClientAddress>): Middleware {
  return async (ctx, next) => {
    ctx.state['requestId'] = randomUUID();
    ctx.state['address'] = addressOf(ctx.req);
    ctx.set('x-request-id', ctx.state['requestId']);
    await next();
  };
}

/** Never the query: it can hold codes. */
function logRequests(log: Logger): Middleware {
  return async (ctx, next) => {
    const startedAt = monotonicMs();
    ctx.res.once('close', () => {
      const { requestId, address } = actorOf(ctx);
      const ms = Math.round(monotonicMs() - startedAt);
      const level = ctx.path.startsWith('/health/') || ctx.path.startsWith('/assets/') ? 'debug' : 'info';
      log[level]({ requestId, address, method: ctx.method, path: ctx.path, status: ctx.res.statusCode, ms }, 'request');
    });
    await next();
  };
}

/** On a laptop, `localhost` and `127.0.0.1` are two sites to a browser: pages are shown on the one that PUBLIC_URL names. */
function sameLoopback(publicUrl: string): Middleware {
  const { host, hostname } = new URL(publicUrl);
  const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
  return async (ctx, next) => {
    const given = ctx.get('host');
    const elsewhere = given !== host && loopback.test(given) && loopback.test(hostname);
    if (elsewhere && ctx.method === 'GET' && ctx.get('accept').includes('text/html')) ctx.redirect(publicUrl + ctx.url);
    else await next();
  };
}

/** Parts of paths are looked up: what can't be decoded, or has a NUL, stops here. */
async function readablePath(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  if (!isReadable(ctx.path)) throw new HttpError(400, 'This address is malformed.', { code: 'invalid_request' });
  await next();
}

function isReadable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}

/** What /oauth and /api say is true now, and not later. */
async function notCached(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  if (ctx.path.startsWith('/oauth/') || ctx.path.startsWith('/api/')) {
    ctx.set('cache-control', 'no-store');
    ctx.set('x-content-type-options', 'nosniff');
  }
  await next();
}

/** Each of them writes a row, and anybody may ask. */
function limitDeviceAuthorizations(counter: ReturnType<Services['counters']['counter']>): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/oauth/device_authorization' && ctx.method === 'POST') {
      const retryAfterSeconds = await counter.count(actorOf(ctx).address);
      if (retryAfterSeconds !== undefined)
        throw tooManyRequests('Too many logins were started from this address. Wait a little.', retryAfterSeconds);
    }
    await next();
  };
}

function oidcProvider(provider: OidcProvider): Middleware {
  return async (ctx, next) => {
    const method = PROVIDER_PATHS.get(ctx.path);
    if (method === undefined) return await next();
    if (ctx.method !== method && ctx.method !== 'OPTIONS' && !(method === 'GET' && ctx.method === 'HEAD'))
      throw notAllowed(method);
    ctx.respond = false; // the provider answers on its own
    await provider.handle(ctx.req, ctx.res, actorOf(ctx));
  };
}

/** 405 with Allow, instead of 404, for a path that has other methods. */
function methodNotAllowed(router: Router): Middleware {
  return async (ctx, next) => {
    const methods = router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods);
    if (methods.length > 0) throw notAllowed([...new Set(methods)].join(', '));
    await next();
  };
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
