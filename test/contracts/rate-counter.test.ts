// What the routes rely on, of whichever store counts.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RateCounters } from '../../src/http/rate-counter.ts';
import { createMemoryCounters } from '../../src/http/rate-counter-memory.ts';
import { createRedisCounters } from '../../src/http/rate-counter-redis.ts';
import { type Backend, createBackend } from '../support/backends.ts';
import { until } from '../support/until.ts';

let backend: Backend;
let counters: RateCounters;

beforeAll(async () => {
  backend = await createBackend();
  const url = backend.env['REDIS_URL'];
  counters = url === undefined ? createMemoryCounters() : await createRedisCounters(url, () => {});
  await until('the counters', async () => (await counters.isReady()) || undefined);
});
afterAll(async () => {
  await counters?.close();
  await backend?.dispose();
});

describe('a rate counter', () => {
  it('lets so many through, then says how long to wait', async () => {
    const counter = counters.counter('three', { points: 3, seconds: 60 });
    expect(await Promise.all([1, 2, 3].map(() => counter.count('ada')))).toEqual([undefined, undefined, undefined]);
    const wait = await counter.count('ada');
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(60);
  });

  it('counts each key, and each limit, by itself', async () => {
    const [one, other] = ['one', 'other'].map((name) => counters.counter(name, { points: 1, seconds: 60 }));
    expect(await one?.count('ada')).toBeUndefined();
    expect(await one?.count('bob')).toBeUndefined();
    expect(await other?.count('ada')).toBeUndefined();
    expect(await one?.count('ada')).toBeGreaterThan(0);
  });

  it('is exact under 100 at once', async () => {
    const counter = counters.counter('exact', { points: 10, seconds: 60 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => counter.count('ada')));
    expect(answers.filter((wait) => wait === undefined).length).toBe(10);
  });

  it('forgets what it forgives', async () => {
    const counter = counters.counter('forgiving', { points: 1, seconds: 60 });
    await counter.count('ada');
    await counter.forgive('ada');
    expect(await counter.count('ada')).toBeUndefined();
  });

  it('starts anew when the time is over', async () => {
    const counter = counters.counter('short', { points: 1, seconds: 1 });
    await counter.count('ada');
    expect(await counter.count('ada')).toBe(1);
    await sleep(1_200);
    expect(await counter.count('ada')).toBeUndefined();
  });
});
