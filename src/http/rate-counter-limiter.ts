import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateCounter } from './rate-counter.ts';

/** A RateCounter over one of rate-limiter-flexible's limiters. */
export function counterOver(limiter: RateLimiterAbstract): RateCounter {
  const consume = async (key: string) => {
    try {
      return { exceeded: false, result: await limiter.consume(key) };
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return { exceeded: true, result: refused };
      throw refused;
    }
  };
  return {
    async count(key) {
      const { exceeded, result } = await consume(key);
      return exceeded ? secondsLeft(result) : undefined;
    },
    async take(key) {
      const { exceeded, result } = await consume(key);
      return { exceeded, remaining: Math.max(0, result.remainingPoints), resetSeconds: secondsLeft(result) };
    },
    async forgive(key) {
      await limiter.reward(key);
    },
  };
}

function secondsLeft({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
