// Moments in words, in both languages, at the edges of their units.
import { expect, test } from 'vitest';
import { ageInSeconds, ago, inTime } from '../../../views/text/relative-time.ts';

test('an age is whole seconds and never negative', () => {
  const now = new Date('2026-11-22T10:00:00.900Z');
  expect(ageInSeconds(new Date('2026-11-22T09:57:55Z'), now)).toBe(125);
  expect(ageInSeconds(new Date('2026-11-22T10:00:05Z'), now)).toBe(0);
});

test.each([
  [0, 'now', 'nyní'],
  [59, 'now', 'nyní'],
  [60, '1 minute ago', 'před 1 minutou'],
  [125, '2 minutes ago', 'před 2 minutami'],
  [3599, '59 minutes ago', 'před 59 minutami'],
  [3600, '1 hour ago', 'před 1 hodinou'],
])('%i seconds ago', (seconds, english, czech) => {
  expect(ago(seconds, 'en')).toBe(english);
  expect(ago(seconds, 'cs')).toBe(czech);
});

test.each([
  [0, 'in 1 second', 'za 1 sekundu'],
  [30, 'in 30 seconds', 'za 30 sekund'],
  [90, 'in 90 seconds', 'za 90 sekund'],
  [91, 'in 2 minutes', 'za 2 minuty'],
  [300, 'in 5 minutes', 'za 5 minut'],
  [5401, 'in 2 hours', 'za 2 hodiny'],
])('in %i seconds, rounded up', (seconds, english, czech) => {
  expect(inTime(seconds, 'en')).toBe(english);
  expect(inTime(seconds, 'cs')).toBe(czech);
});
