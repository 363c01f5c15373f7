// POST /api/credentials/revoke: report leaked credentials, without signing in.
import type Router from '@koa/router';
import { parseBody, reportLeakedTokens } from '../api/schemas.ts';
import { readJson } from '../http/body.ts';
import { addressGroup } from '../http/client-address.ts';
import { tooManyRequests } from '../http/http-error.ts';
import type { RateCounter } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';
import type { LeakReports } from './leak-reports.ts';

/** A hundred of the longest. */
const LIMIT = 640 * 1024;

export function mountLeakReports(router: Router, leakReports: LeakReports, perAddress: RateCounter): void {
  router.post('/api/credentials/revoke', async (ctx) => {
    const actor = actorOf(ctx);
    const retryAfterSeconds = await perAddress.count(addressGroup(actor.address));
    if (retryAfterSeconds !== undefined) throw tooManyRequests('Rate limit exceeded', retryAfterSeconds);
    const { tokens } = parseBody(reportLeakedTokens, await readJson(ctx, LIMIT));
    await leakReports.report(tokens, { ...actor, credential: 'leak_report' });
    ctx.status = 202;
    ctx.body = { success: true };
  });
}
