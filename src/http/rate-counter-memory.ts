import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateCounters } from './rate-counter.ts';
import { counterOver } from './rate-counter-limiter.ts';

/** Counters of this process alone. */
export function createMemoryCounters(): RateCounters {
  return {
    counter: (name, { points, seconds }) =>
      counterOver(new RateLimiterMemory({ keyPrefix: name, points, duration: seconds })),
    isReady: async () => true,
    close: async () => {},
  };
}
