// How uses are counted in memory: nothing counted twice or lost when writing fails, and no more kept than there is room for.
import { describe, expect, it } from 'vitest';
import { createWays } from '../../../src/usage/ways.ts';

const HOUR = 3_600_000;
const TEN = new Date('2026-11-22T10:00:00Z');
const later = (milliseconds: number) => new Date(TEN.getTime() + milliseconds);
const use = (route: string, address?: string) => ({
  service: 'newsletter',
  method: 'get',
  route,
  address,
  userAgent: 'curl',
});

describe('uses', () => {
  it('are taken once, and put back when they could not be written', () => {
    const ways = createWays();
    ways.count('token:tok_1', 'org_a', use('/a'), TEN);
    ways.count('token:tok_1', 'org_a', use('/a'), later(1));
    const taken = ways.take([...ways.waiting]);
    expect(taken).toMatchObject([{ requests: 2, firstAt: TEN, lastAt: later(1) }]);
    expect(ways.waiting.size).toBe(0);

    ways.count('token:tok_1', 'org_a', use('/a'), later(2));
    ways.putBack(taken, later(3));
    expect(ways.take([...ways.waiting])).toMatchObject([{ requests: 3, firstAt: TEN, lastAt: later(2) }]);
    expect(ways.take([...ways.waiting])).toEqual([]);
  });

  it('of a gateway that names no service have a name all the same', () => {
    const ways = createWays();
    ways.count('token:tok_1', 'org_a', { ...use('/a'), service: '' }, TEN);
    expect(ways.take([...ways.waiting])).toMatchObject([{ use: { service: '(not told)' } }]);
  });

  it('of hours long over are not kept through an outage', () => {
    const ways = createWays();
    for (let hour = 0; hour < 10; hour += 1) {
      ways.count('token:tok_1', 'org_a', use('/a'), later(hour * HOUR));
      ways.putBack(ways.take([...ways.waiting]), later(hour * HOUR));
    }
    expect(ways.take([...ways.waiting]).map(({ requests }) => requests)).toEqual([1, 1]);
  });

  it('count together beyond a hundred ways an hour, and apart again in the next', () => {
    const ways = createWays();
    for (let n = 0; n < 150; n += 1) ways.count('token:tok_1', 'org_a', use(`/${n}`, '203.0.113.7'), TEN);
    ways.count('token:tok_1', 'org_a', use(`/${'x'.repeat(5_000)}`), TEN);
    const taken = ways.take([...ways.waiting]);
    expect(taken).toHaveLength(101);
    expect(taken.at(-1)).toMatchObject({ use: { route: '(other)', address: '(other)' }, requests: 51 });
    ways.count('token:tok_1', 'org_a', use('/new'), later(HOUR));
    expect(ways.take([...ways.waiting])).toMatchObject([{ use: { route: '/new', method: 'GET' } }]);
  });

  it('of any number of credentials leave the memory bounded', () => {
    const ways = createWays();
    for (let n = 0; n < 200_000; n += 1) ways.count(`token:tok_${n}`, 'org_a', use('/a'), TEN);
    expect(ways.waiting.size).toBeLessThanOrEqual(100_000);
    for (const credential of ways.waiting) credential.writtenAt = TEN;
    ways.take([...ways.waiting]);
    ways.tidy(later(60_000), TEN);
    ways.count('token:tok_new', 'org_a', use('/a'), later(60_001));
    expect([...ways.waiting].map(({ name }) => name)).toEqual(['token:tok_new']);
  });
});
