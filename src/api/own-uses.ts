// What credentials are used for at /api itself: noted like what services tell, once a request, however often it was resolved.
import type { Context, Middleware } from 'koa';
import type { Clock } from '../clock.ts';
import { actorOf, routeOf } from '../http/request-context.ts';
import type { Resolution } from '../introspection/resolve-credential.ts';
import { recordUse } from '../introspection/use-as-told.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';

/** No service's name, nor a client id: those have no spaces. */
export const OWN_SERVICE = 'TeamDay Identity';

/** Keeps as whom a request was let in first, for the organization it acted for then, until it is over. */
export function noteCaller(ctx: Context, resolution: Resolution): void {
  ctx.state['caller'] ??= resolution;
}

/** What a credential was refused counts too: who looks into a theft wants to see what was tried. */
export function recordOwnUses(usage: UsageRecorder, clock: Clock): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } finally {
      const { caller } = ctx.state as { caller?: Resolution };
      const { address, userAgent } = actorOf(ctx);
      const use = { service: OWN_SERVICE, method: ctx.method, route: routeOf(ctx), address, userAgent };
      if (caller !== undefined) recordUse(usage, caller, use, clock.now());
    }
  };
}
