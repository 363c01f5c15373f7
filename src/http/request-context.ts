// What every route may know of a request: its id, who sent it from where. Set once, in app.ts.
import type { Context } from 'koa';
import type { Actor } from '../audit/audit-log.ts';

export interface RequestContext {
  /** Shown to people on error pages and in X-Request-Id; the same in the log and the audit records. */
  readonly requestId: string;
  readonly address: string;
  readonly userAgent: string | undefined;
}

const MAX_USER_AGENT = 256;

/** The sender of `ctx`, as audit records want it. */
export function actorOf(ctx: Context): Actor & RequestContext {
  const { requestId, address } = ctx.state as { requestId: string; address: string };
  return { requestId, address, userAgent: userAgentOf(ctx.headers) };
}

/** The pattern that the path of `ctx` matched, once the router has seen it. For metrics: paths themselves are without number. */
export function routeOf(ctx: Context): string | undefined {
  const { route = (ctx as { _matchedRoute?: string })._matchedRoute } = ctx.state as { route?: string };
  return route;
}

/** What a request's sender says of themselves, cut to what is kept. */
export function userAgentOf({
  'user-agent': userAgent,
}: {
  readonly 'user-agent'?: string | undefined;
}): string | undefined {
  return userAgent?.slice(0, MAX_USER_AGENT) || undefined;
}
