// Counters that the workers of one primary share without Redis: the primary counts, in its memory. While it doesn't answer
// each worker counts for itself.
import { RateLimiterCluster, RateLimiterClusterMaster, RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateCounter, RateCounters } from './rate-counter.ts';
import { counterOver } from './rate-counter-limiter.ts';

const TIMEOUT_MS = 500;

/** In the primary, before it starts workers. */
export function countForWorkers(): void {
  new RateLimiterClusterMaster();
}

/** In a worker. */
export function createClusterCounters(): RateCounters {
  return {
    counter: (name, { points, seconds }) => {
      const options = { keyPrefix: name, points, duration: seconds };
      const own = counterOver(new RateLimiterMemory(options));
      return orElse(counterOver(new RateLimiterCluster({ ...options, timeoutMs: TIMEOUT_MS })), own);
    },
    isReady: async () => true,
    close: async () => {},
  };
}

function orElse(shared: RateCounter, own: RateCounter): RateCounter {
  return {
    count: (key) => shared.count(key).catch(() => own.count(key)),
    take: (key) => shared.take(key).catch(() => own.take(key)),
    forgive: (key) => shared.forgive(key).catch(() => own.forgive(key)),
  };
}
