// Counters that all instances share. While Redis is away each instance counts for itself: slower to notice, never wrong.
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateCounters } from './rate-counter.ts';
import { counterOver } from './rate-counter-limiter.ts';

const TIMEOUT_MS = 500;

/**
 * @param url redis://host:port/db
 * @param onError told when the connection is lost
 */
export async function createRedisCounters(url: string, onError: (error: Error) => void): Promise<RateCounters> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  let away = false;
  const onceAnOutage = (error: Error) => {
    if (!away) onError(error);
    away = true;
  };
  redis.on('error', onceAnOutage).on('ready', () => {
    away = false;
  });
  await redis.connect().catch(() => {}); // told by onError; it goes on trying
  return {
    counter(name, { points, seconds }) {
      const options = { keyPrefix: `teamday-identity:${name}`, points, duration: seconds };
      return counterOver(
        new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: new RateLimiterMemory(options) }),
      );
    },
    async isReady() {
      return await redis.ping().then(
        () => true,
        () => false,
      );
    },
    async close() {
      redis.off('error', onceAnOutage).on('error', () => {});
      redis.disconnect();
    },
  };
}
