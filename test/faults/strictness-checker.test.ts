// The judge of strictness.test.ts, shown histories that are wrong, each in one way: it must see every one of them.
import { describe, expect, it } from 'vitest';
import { type Change, judge, type Sighting, type State } from '../support/history.ts';
import { seededRandom } from '../support/strictness-random.ts';

const MADE = change('member', 0, 10);

function change(to: State, sentAt: number, answeredAt?: number): Change {
  return { to, by: 'an act', sentAt, answeredAt };
}

function seen(state: State, sentAt: number, answeredAt: number): Sighting {
  return { state, instance: 'A', sentAt, answeredAt };
}

function faultsOf(changes: Change[], sightings: Sighting[]): string[] {
  return judge({ of: 'a token', changes: [MADE, ...changes], sightings }).violations.map(({ fault }) => fault);
}

describe('a revocation that was sent at 100 and answered at 200', () => {
  const revoked = change('inactive', 100, 200);
  const judged = (sighting: Sighting) => faultsOf([revoked], [sighting]);

  it.each<[string, Sighting, string[]]>([
    ['active, asked afterwards', seen('member', 201, 210), ['stale']],
    ['active, asked a day later', seen('member', 86_400_000, 86_400_001), ['stale']],
    ['inactive, asked afterwards', seen('inactive', 201, 210), []],
    ['inactive, answered before it was sent', seen('inactive', 50, 99), ['false inactive']],
    ['active, answered before it was sent', seen('member', 50, 99), []],
    ['active, asked before it was answered, and answered long after', seen('member', 199, 30_000), []],
    ['inactive, answered just after it was sent', seen('inactive', 50, 101), []],
    ['active, asked in the moment in which it was answered', seen('member', 200, 210), []],
    ['another role, before', seen('admin', 50, 99), ['stale']],
  ])('%s', (_, sighting, faults) => {
    expect(judged(sighting)).toEqual(faults);
  });
});

describe('a revocation that was never answered', () => {
  const unknown = change('inactive', 100);

  it('may have happened or not, at any time', () => {
    expect(faultsOf([unknown], [seen('member', 300, 310), seen('inactive', 400, 410)])).toEqual([]);
  });

  it('has not happened before it was sent', () => {
    expect(faultsOf([unknown], [seen('inactive', 50, 60)])).toEqual(['false inactive']);
  });

  it('has happened for good once it was seen', () => {
    expect(faultsOf([unknown], [seen('inactive', 400, 410), seen('member', 411, 420)])).toEqual(['revived']);
    expect(faultsOf([unknown], [seen('inactive', 400, 410), seen('member', 409, 420)])).toEqual([]);
  });

  it('is known from the success of a later one on', () => {
    const later = change('inactive', 500, 600);
    expect(faultsOf([unknown, later], [seen('member', 590, 595)])).toEqual([]);
    expect(faultsOf([unknown, later], [seen('member', 601, 610)])).toEqual(['stale']);
  });
});

describe('a change of role', () => {
  const demoted = change('viewer', 100, 200);

  it('is what is told afterwards', () => {
    expect(faultsOf([demoted], [seen('viewer', 201, 210)])).toEqual([]);
    expect(faultsOf([demoted], [seen('member', 201, 210)])).toEqual(['stale']);
    expect(faultsOf([demoted], [seen('inactive', 201, 210)])).toEqual(['false inactive']);
  });

  it('gives way to the next one', () => {
    const promoted = change('admin', 300, 400);
    expect(faultsOf([demoted, promoted], [seen('viewer', 390, 410), seen('admin', 390, 410)])).toEqual([]);
    expect(faultsOf([demoted, promoted], [seen('viewer', 401, 410)])).toEqual(['stale']);
    expect(faultsOf([demoted, promoted], [seen('member', 390, 410)])).toEqual(['stale']);
  });

  it('brings nothing back that ended while it was under way', () => {
    const [promoted, revoked] = [change('admin', 300), change('inactive', 350, 400)];
    expect(faultsOf([demoted, promoted, revoked], [seen('admin', 401, 410)])).toEqual(['stale']);
  });
});

describe('what is counted', () => {
  const pairs = (changes: Change[], sightings: Sighting[]) =>
    judge({ of: 'a token', changes: [MADE, ...changes], sightings }).pairs.get('an act') ?? 0;

  it('is a change that was acknowledged and looked at afterwards', () => {
    const revoked = change('inactive', 100, 200);
    expect(pairs([revoked], [seen('inactive', 201, 210), seen('inactive', 201, 210)])).toBe(1);
    expect(pairs([revoked], [seen('inactive', 199, 210)])).toBe(0);
    expect(pairs([revoked], [])).toBe(0);
    expect(pairs([change('inactive', 100)], [seen('inactive', 201, 210)])).toBe(0);
  });

  it('is each role, if it was looked at before the next, and no end twice', () => {
    const roles = [change('viewer', 100, 200), change('admin', 300, 400)];
    expect(pairs(roles, [seen('viewer', 210, 220), seen('admin', 410, 420)])).toBe(2);
    expect(pairs(roles, [seen('viewer', 210, 310), seen('admin', 410, 420)])).toBe(1);
    const ends = [change('inactive', 100, 200), change('inactive', 300, 400)];
    expect(pairs(ends, [seen('inactive', 210, 220), seen('inactive', 410, 420)])).toBe(1);
  });

  it('are introspections that could be right in one way, apart from those that could in two', () => {
    const sightings = [seen('member', 50, 60), seen('member', 150, 160), seen('inactive', 201, 210)];
    const { before, during, after } = judge({
      of: 'a token',
      changes: [MADE, change('inactive', 100, 200)],
      sightings,
    });
    expect({ before, during, after }).toEqual({ before: 1, during: 1, after: 1 });
  });
});

/** A history as a right server makes it: each change happens at one moment, each look sees the state of one. */
function trueHistory(seed: number): { changes: Change[]; sightings: Sighting[] } {
  const random = seededRandom(seed);
  const states = random.shuffled<State>(['viewer', 'admin', 'member']).slice(0, 1 + Math.floor(random.between(0, 3)));
  let now = 20;
  const happened: { at: number; to: State }[] = [{ at: 5, to: 'member' }];
  const changes = [...states, 'inactive' as const].map((to) => {
    const sentAt = now + random.between(1, 100);
    const at = sentAt + random.between(1, 50);
    now = at + random.between(1, 50);
    happened.push({ at, to });
    return change(to, sentAt, random.next() < 0.8 ? now : undefined);
  });
  const sightings = Array.from({ length: 50 }, () => {
    const at = random.between(11, now + 200);
    const { to } = happened.findLast((one) => one.at <= at) ?? happened[0] ?? { to: 'member' as const };
    return seen(to, Math.max(10, at - random.between(0, 60)), at + random.between(0, 60));
  });
  return { changes, sightings };
}

describe('a thousand histories that a seed makes up', () => {
  it('are all right, and none is any more when an answer after the end is turned round', () => {
    for (let seed = 0; seed < 1_000; seed += 1) {
      const { changes, sightings } = trueHistory(seed);
      expect([seed, faultsOf(changes, sightings)]).toEqual([seed, []]);
      const end = changes.at(-1)?.answeredAt;
      const after = sightings.find(({ sentAt }) => end !== undefined && sentAt > end);
      if (after === undefined) continue;
      expect([seed, faultsOf(changes, [{ ...after, state: 'member' }])]).toEqual([seed, ['stale']]);
    }
  });
});
