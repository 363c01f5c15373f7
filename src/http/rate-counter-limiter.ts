import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateCounter } from './rate-counter.ts';

/** A RateCounter over one of rate-limiter-flexible's limiters. */
export function counterOver(limiter: RateLimiterAbstract): RateCounter {
  return {
    async count(key) {
      try {
        await limiter.consume(key);
        return undefined;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
        throw refused;
      }
    },
    async forgive(key) {
      await limiter.reward(key);
    },
  };
}
