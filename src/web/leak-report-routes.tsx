// /credentials/revoke: the page of leak reports, for anybody. Counts together with POST /api/credentials/revoke.
import type Router from '@koa/router';
import { LeakReportedPage, LeakReportPage } from '../../views/leak-report.tsx';
import { readForm } from '../http/body.ts';
import { addressGroup } from '../http/client-address.ts';
import type { RateCounter } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';
import type { LeakReports } from '../leaks/leak-reports.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import type { Pages } from './pages.ts';

const MAX_CREDENTIALS = 100;
/** No credential is shorter: words of the text around them aren't counted. */
const SHORTEST_CREDENTIAL = 40;

export interface LeakReportPageDependencies {
  readonly guard: ForgeryGuard;
  readonly leakReports: LeakReports;
  readonly pages: Pages;
  readonly perAddress: RateCounter;
}

export function mountLeakReportPage(
  router: Router,
  { guard, leakReports, pages, perAddress }: LeakReportPageDependencies,
): void {
  router.get('/credentials/revoke', async (ctx) => {
    const { shell, csrf } = await pages.visit(ctx);
    pages.show(ctx, <LeakReportPage shell={shell} csrf={csrf} />);
  });

  router.post('/credentials/revoke', async (ctx) => {
    const form = await readForm(ctx);
    const { shell, csrf, session } = await pages.visit(ctx);
    const typed = form['tokens'] ?? '';
    const again = { shell, csrf, typed };
    if (!guard.accepts(ctx, session, form['csrf']))
      return pages.show(ctx, <LeakReportPage {...again} problem="stale" />, 403);
    if (typed.trim() === '') return pages.show(ctx, <LeakReportPage {...again} problem="required" />, 422);
    const credentials = credentialsIn(typed);
    if (credentials.length > MAX_CREDENTIALS)
      return pages.show(ctx, <LeakReportPage {...again} problem="tooMany" />, 422);

    const actor = actorOf(ctx);
    const retryAfterSeconds = await perAddress.count(addressGroup(actor.address));
    if (retryAfterSeconds !== undefined) {
      ctx.set('retry-after', String(retryAfterSeconds));
      return pages.show(ctx, <LeakReportPage {...again} problem={{ retryAfterSeconds }} />, 429);
    }
    await leakReports.report(credentials, { ...actor, credential: 'leak_report' });
    pages.show(ctx, <LeakReportedPage shell={shell} />);
  });
}

/** What may be a credential in a pasted text: between whatever no credential contains, and without a sentence's dots. */
function credentialsIn(text: string): string[] {
  const words = text.split(/[^A-Za-z0-9_.-]+/).map((word) => word.replace(/^\.+|\.+$/g, ''));
  return [...new Set(words.filter((word) => word.length >= SHORTEST_CREDENTIAL))];
}
