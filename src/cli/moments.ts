// Times as people type them: `--since "1 week ago"`, `yesterday`, `2026-11-22`, in the terminal's time zone.
import { type Clock, dateOf, edgeOfDay } from './clock.ts';
import { usageError } from './errors.ts';

/** Days and months in an order that depends on who reads them. */
const AMBIGUOUS = /^\d{1,4}[./]\d/;
const WEEK = 7 * 86_400_000;

/** Milliseconds since 1970. Throws a usage error. */
export async function momentOf(option: 'since' | 'until', text: string, clock: Clock): Promise<number> {
  const now = clock.now();
  const wanted = text.trim();
  const { casual } = await import('chrono-node/en'); // no other command waits for it
  const [result, ...more] = AMBIGUOUS.test(wanted) ? [] : casual.parse(wanted, dateOf(now));
  if (result === undefined || more.length > 0 || result.end || result.text.length !== wanted.length) {
    throw usageError(`--${option} is not a time: "${text}"`, [
      'Write it like "1 week ago", yesterday, 2026-11-22, or 2026-11-22T10:00:00Z',
    ]);
  }
  const { start } = result;
  const moment = start.date().getTime();
  // "monday" is the nearest one: of what has happened, the last.
  const isWeekday = start.isCertain('weekday') && !start.isCertain('day');
  const isComingWeekday = isWeekday && edgeOfDay(moment, 'beginning') > now;
  const past = isComingWeekday ? moment - WEEK : moment;
  return start.isCertain('hour') ? past : edgeOfDay(past, option === 'since' ? 'beginning' : 'end');
}
