// How often somebody may try passwords. Counted per address, and per account from one address; per account from anywhere
// only at a far higher limit, and never for a browser that this person has signed in with before: or else anybody could
// lock a person out by trying wrong passwords in their name.
import { createHmac, type KeyObject } from 'node:crypto';
import type { Context } from 'koa';
import { after, type Clock, DAY } from '../clock.ts';
import type { Limit } from '../config.ts';
import { sameBytes } from '../digest.ts';
import { addressGroup } from '../http/client-address.ts';
import { type Counted, countAll, forgiveAll, type RateCounters } from '../http/rate-counter.ts';
import { actorOf } from '../http/request-context.ts';
import type { Cookies } from './cookies.ts';

const COOKIE = 'known';
const KNOWN_FOR = 365 * DAY;

export interface SignInLimits {
  readonly signInPerAddress: Limit;
  readonly signInPerEmailAndAddress: Limit;
  readonly signInPerEmail: Limit;
}

export interface SignInAttempts {
  /** Counts one. Undefined: go on; else the seconds to wait. */
  count(ctx: Context, email: string | undefined): Promise<number | undefined>;
  /** It was the right password: the attempt is forgiven, and the browser known from now on. */
  succeeded(ctx: Context, email: string): Promise<void>;
}

export function createSignInAttempts(
  counters: RateCounters,
  limits: SignInLimits,
  cookies: Cookies,
  key: KeyObject,
  clock: Clock,
): SignInAttempts {
  const perAddress = counters.counter('sign-in-address', limits.signInPerAddress);
  const perEmailAndAddress = counters.counter('sign-in-email-address', limits.signInPerEmailAndAddress);
  const perEmail = counters.counter('sign-in-email', limits.signInPerEmail);
  const perKnownBrowser = counters.counter('sign-in-known', limits.signInPerEmailAndAddress);

  const mark = (email: string) => createHmac('sha256', key).update(`known browser ${email}`).digest();
  const isKnown = (ctx: Context, email: string) => {
    const cookie = cookies.get(ctx, COOKIE);
    return cookie !== undefined && sameBytes(Buffer.from(cookie, 'base64url'), mark(email));
  };

  function counted(ctx: Context, email: string | undefined): Counted[] {
    const address = addressGroup(actorOf(ctx).address);
    if (email === undefined) return [{ counter: perAddress, key: address }];
    if (isKnown(ctx, email)) return [{ counter: perKnownBrowser, key: email }];
    return [
      { counter: perAddress, key: address },
      { counter: perEmailAndAddress, key: `${email} ${address}` },
      { counter: perEmail, key: email },
    ];
  }

  return {
    count: (ctx, email) => countAll(counted(ctx, email)),
    async succeeded(ctx, email) {
      await forgiveAll(counted(ctx, email));
      cookies.set(ctx, COOKIE, mark(email).toString('base64url'), after(clock.now(), KNOWN_FOR));
    },
  };
}
