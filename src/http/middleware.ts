// What every request passes through before its route: it gets an id, is logged, and is looked over.
import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { monotonicMs, SECOND } from '../clock.ts';
import type { createClientAddress } from './client-address.ts';
import { HttpError } from './http-error.ts';
import type { LimitLogins } from './login-limit.ts';
import { actorOf, routeOf } from './request-context.ts';

export function identify(addressOf: ReturnType<typeof createClientAddress>): Middleware {
  return async (ctx, next) => {
    ctx.state['requestId'] = randomUUID();
    ctx.state['address'] = addressOf(ctx.req);
    ctx.set('x-request-id', ctx.state['requestId']);
    await next();
  };
}

/** Told of each request when its answer has gone: how long it took, under the pattern of its route. */
export type ObserveRequest = (method: string, route: string | undefined, status: number, seconds: number) => void;

/** Logs each request, never with its query: that can hold codes. */
export function logRequests(log: Logger, observe: ObserveRequest): Middleware {
  return async (ctx, next) => {
    const startedAt = monotonicMs();
    ctx.res.once('close', () => {
      const { requestId, address } = actorOf(ctx);
      const took = monotonicMs() - startedAt;
      const ms = Math.round(took);
      observe(ctx.method, routeOf(ctx), ctx.res.statusCode, took / SECOND);
      const routine = ctx.state['routine'] === true || /^\/(?:health|assets)\//.test(ctx.path);
      const level = routine ? 'debug' : 'info';
      log[level](
        { requestId, address, method: ctx.method, path: loggablePath(ctx.path), status: ctx.res.statusCode, ms },
        'request',
      );
    });
    await next();
  };
}

/** On a laptop, `localhost` and `127.0.0.1` are two sites to a browser: pages are shown on the one that PUBLIC_URL names. */
export function sameLoopback(publicUrl: string): Middleware {
  const { host, hostname } = new URL(publicUrl);
  const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
  return async (ctx, next) => {
    const given = ctx.get('host');
    const elsewhere = given !== host && loopback.test(given) && loopback.test(hostname);
    if (elsewhere && ctx.method === 'GET' && ctx.get('accept').includes('text/html'))
      ctx.redirect(publicUrl + ctx.path + ctx.search);
    else await next();
  };
}

/** Parts of paths are looked up: what can't be decoded, or has a NUL, stops here. */
export async function readablePath(ctx: Context, next: () => Promise<unknown>): Promise<void> {
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

/** Somebody may put a secret where an id belongs: parts that are as long as one are left out. */
function loggablePath(path: string): string {
  return path.replaceAll(/[^/]{32,}/g, '…');
}

/** What /oauth and /api say is true now, and not later. */
export async function notCached(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  if (ctx.path.startsWith('/oauth/') || ctx.path.startsWith('/api/')) {
    ctx.set('cache-control', 'no-store');
    ctx.set('x-content-type-options', 'nosniff');
  }
  await next();
}

export function limitDeviceAuthorizations(limitLogins: LimitLogins): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/oauth/device_authorization' && ctx.method === 'POST') await limitLogins(actorOf(ctx).address);
    await next();
  };
}
