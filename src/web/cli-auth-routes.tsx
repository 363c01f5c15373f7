// /cli-auth: the page where a person lets a CLI in (RFC 8628 §3.3). A GET shows, only a POST of the signed-in person's
// own form decides. Codes are looked up for signed-in people only, and counted, so that they can't be guessed.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { CliAuthApprovePage } from '../../views/cli-auth-approve.tsx';
import { CliAuthCodePage } from '../../views/cli-auth-code.tsx';
import { type CliAuthOutcome, CliAuthResultPage } from '../../views/cli-auth-result.tsx';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../clock.ts';
import type { Limit } from '../config.ts';
import { type DeviceAuthorization, isExpired } from '../device/device-authorization.ts';
import type { DeviceLogins } from '../device/device-logins.ts';
import { normalizeUserCode, showUserCode } from '../device/user-code.ts';
import { readForm } from '../http/body.ts';
import { addressGroup } from '../http/client-address.ts';
import { HttpError } from '../http/http-error.ts';
import { type Counted, countAll, forgiveAll, type RateCounters } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';
import { CLI_SCOPES } from '../oauth/device-grant.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import type { ForgeryGuard } from './forgery-guard.ts';
import type { Pages, PageVisit } from './pages.ts';
import { one, redirect } from './sign-in-routes.tsx';

export interface CliAuthDependencies {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly counters: RateCounters;
  readonly deviceLogins: DeviceLogins;
  readonly guard: ForgeryGuard;
  readonly limits: {
    readonly userCodePerPerson: Limit;
    readonly userCodePerAddress: Limit;
    readonly userCodeGlobal: Limit;
  };
  readonly pages: Pages;
}

export function mountCliAuth(
  router: Router,
  { accounts, clock, counters, deviceLogins, guard, limits, pages }: CliAuthDependencies,
): void {
  const perPerson = counters.counter('user-code-person', limits.userCodePerPerson);
  const perAddress = counters.counter('user-code-address', limits.userCodePerAddress);
  const global = counters.counter('user-code-global', limits.userCodeGlobal);

  router.get('/cli-auth', async (ctx) => {
    const visit = await pages.visit(ctx);
    const { shell, session } = visit;
    const typed = one(ctx.query['code']);
    if (typed === undefined || typed.trim() === '') return pages.show(ctx, <CliAuthCodePage shell={shell} />);
    const code = normalizeUserCode(typed);
    if (code === undefined)
      return pages.show(ctx, <CliAuthCodePage shell={shell} code={typed.slice(0, 40)} problem="malformed" />, 400);
    if (session === undefined) return redirect(ctx, `/sign-in?return_to=${encodeURIComponent(pageOf(code))}`);

    const guess = guessOf(ctx, session);
    const retryAfterSeconds = await countAll(guess);
    if (retryAfterSeconds !== undefined) return showTooMany(ctx, visit, code, retryAfterSeconds);
    const authorization = await find(session, code);
    if (authorization === undefined) {
      return pages.show(ctx, <CliAuthCodePage shell={shell} code={showUserCode(code)} problem="unknown" />, 404);
    }
    await forgiveAll(guess);
    await showAuthorization(ctx, visit, session, code, authorization);
  });

  router.post('/cli-auth', async (ctx) => {
    const form = await readForm(ctx);
    const visit = await pages.visit(ctx);
    const { session } = visit;
    const code = normalizeUserCode(form['code'] ?? '');
    if (code === undefined) return redirect(ctx, '/cli-auth');
    // An old form, or one of somebody who was signed in here before: shown again for who is signed in now.
    if (!guard.accepts(ctx, session, form['csrf']) || session === undefined) return redirect(ctx, pageOf(code));

    const { decision } = form;
    if (decision !== 'authorize' && decision !== 'cancel') throw new HttpError(400, 'Press Authorize or Cancel.');
    const guess = guessOf(ctx, session);
    const retryAfterSeconds = await countAll(guess);
    if (retryAfterSeconds !== undefined) return showTooMany(ctx, visit, code, retryAfterSeconds);
    const actor = { ...actorOf(ctx), personId: session.personId, credential: `session:${session.id}` };
    const decide = () =>
      decision === 'authorize'
        ? deviceLogins.approve(code, session, form['organization'] ?? '', actor)
        : deviceLogins.deny(code, session, actor);
    const forgiveIfGood = async (isDecided: boolean) => {
      if (isDecided || (await find(session, code)) !== undefined) await forgiveAll(guess);
    };
    const isDecided = await decide().catch(async (error: unknown) => {
      await forgiveIfGood(false).catch(() => {}); // what went wrong first is what is told
      throw error;
    });
    await forgiveIfGood(isDecided);
    redirect(ctx, pageOf(code)); // which shows what became of it
  });

  /** A code that is tried: counted before it is looked at, and forgiven when it was a good one. */
  function guessOf(ctx: Context, by: BrowserSession): readonly Counted[] {
    return [
      { counter: perPerson, key: by.personId },
      { counter: perAddress, key: addressGroup(actorOf(ctx).address) },
      { counter: global, key: 'all' },
    ];
  }

  /** The login behind a code as `by` may see it: what somebody else has decided looks like an unknown code. */
  async function find(by: BrowserSession, code: string): Promise<DeviceAuthorization | undefined> {
    const found = await deviceLogins.findByUserCode(code);
    return found?.state === 'pending' || found?.personId === by.personId ? found : undefined;
  }

  function showTooMany(ctx: Context, { shell }: PageVisit, code: string, retryAfterSeconds: number): void {
    ctx.set('retry-after', String(retryAfterSeconds));
    const page = { shell, code: showUserCode(code), retryAfterSeconds };
    pages.show(ctx, <CliAuthCodePage {...page} problem="too_many" />, 429);
  }

  async function showAuthorization(
    ctx: Context,
    { shell, csrf }: PageVisit,
    by: BrowserSession,
    code: string,
    authorization: DeviceAuthorization,
  ) {
    const outcome = outcomeOf(authorization, clock.now());
    if (outcome !== undefined) return pages.show(ctx, <CliAuthResultPage shell={shell} outcome={outcome} />);

    const organizations = await accounts.memberships(by.personId);
    const { device, createdAt } = authorization;
    const requested = new Set(authorization.scope.split(' '));
    pages.show(
      ctx,
      <CliAuthApprovePage
        shell={{ ...shell, signedInAs: { email: by.email, name: by.personName } }}
        csrf={csrf}
        code={showUserCode(code)}
        scopes={CLI_SCOPES.filter((scope) => requested.has(scope))}
        device={{
          ...(device.name === undefined ? {} : { name: device.name }),
          ...(device.system === undefined ? {} : { system: device.system }),
          address: device.address,
          requestedAt: createdAt,
        }}
        organizations={organizations}
        selectedId={organizations[0]?.id ?? ''}
        now={clock.now()}
      />,
    );
  }
}

function pageOf(code: string): string {
  return `/cli-auth?code=${showUserCode(code)}`;
}

function outcomeOf(authorization: DeviceAuthorization, now: Date): CliAuthOutcome | undefined {
  switch (authorization.state) {
    case 'pending':
      return isExpired(authorization, now) ? 'expired' : undefined;
    case 'denied':
      return 'cancelled';
    case 'approved':
      return isExpired(authorization, now) ? 'expired' : 'approved';
    case 'redeemed':
      return 'approved';
  }
}
