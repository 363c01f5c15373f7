// Moments in words, in both languages, at the edges of their units.
import { expect, test } from 'vitest';
import { ageInSeconds, ago, fromNow, inTime } from '../../../views/text/relative-time.ts';

test('an age is whole seconds and never negative', () => {
  const now = new Date('2026-11-22T10:00:00.900Z');
  expect(ageInSeconds(new Date('2026-11-22T09:57:55Z'), now)).toBe(125);
  expect(ageInSeconds(new Date('2026-11-22T10:00:05Z'), now)).toBe(0);
});

test.each([
  [0, 'just now', 'právě teď'],
  [59, 'just now', 'právě teď'],
  [60, '1 minute ago', 'před 1 minutou'],
  [125, '2 minutes ago', 'před 2 minutami'],
  [3599, '59 minutes ago', 'před 59 minutami'],
  [3600, '1 hour ago', 'před 1 hodinou'],
  [86_399, '23 hours ago', 'před 23 hodinami'],
  [86_400, '1 day ago', 'před 1 dnem'],
  [30 * 86_400, '1 month ago', 'před 1 měsícem'],
  [400 * 86_400, '1 year ago', 'před 1 rokem'],
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

test.each([
  [0, 'in 1 minute', 'za 1 minutu'],
  [7_199, 'in 120 minutes', 'za 120 minut'],
  [7_200, 'in 2 hours', 'za 2 hodiny'],
  [86_400, 'in 24 hours', 'za 24 hodin'],
  [6 * 86_400 - 1, 'in 6 days', 'za 6 dní'],
  [365 * 86_400, 'in 365 days', 'za 365 dní'],
])('%i seconds from now, to the nearest', (seconds, english, czech) => {
  expect(fromNow(seconds, 'en')).toBe(english);
  expect(fromNow(seconds, 'cs')).toBe(czech);
});
