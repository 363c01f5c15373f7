// Counters that the workers of one primary share without Redis: the primary counts, in its memory.
import { RateLimiterCluster, RateLimiterClusterMaster } from 'rate-limiter-flexible';
import type { RateCounters } from './rate-counter.ts';
import { counterOver } from './rate-counter-limiter.ts';

/** In the primary, before it starts workers. */
export function countForWorkers(): void {
  new RateLimiterClusterMaster();
}

/** In a worker. */
export function createClusterCounters(): RateCounters {
  return {
    counter: (name, { points, seconds }) =>
      counterOver(new RateLimiterCluster({ keyPrefix: name, points, duration: seconds })),
    isReady: async () => true,
    close: async () => {},
  };
}
