// Moments as a person says them ("2 minutes ago", "in 30 seconds"), grammar and plurals left to Intl.
// assets/script.js repeats the rule of `ago` to keep an open page true.
import type { Locale } from '../messages/messages-for.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Whole seconds from `at` to `now`; a moment in the future counts as now. */
export function ageInSeconds(at: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000));
}

/** "now" below a minute, then "2 minutes ago", then "3 hours ago". */
export function ago(seconds: number, locale: Locale): string {
  const format = formatFor(locale);
  if (seconds < MINUTE) return format.format(0, 'second');
  if (seconds < HOUR) return format.format(-Math.floor(seconds / MINUTE), 'minute');
  return format.format(-Math.floor(seconds / HOUR), 'hour');
}

/** "in 30 seconds", "in 5 minutes"; rounded up, so that waiting this long is always enough. */
export function inTime(seconds: number, locale: Locale): string {
  const format = formatFor(locale);
  if (seconds <= 90) return format.format(Math.max(1, Math.ceil(seconds)), 'second');
  if (seconds <= 90 * MINUTE) return format.format(Math.ceil(seconds / MINUTE), 'minute');
  return format.format(Math.ceil(seconds / HOUR), 'hour');
}

function formatFor(locale: Locale): Intl.RelativeTimeFormat {
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
}
