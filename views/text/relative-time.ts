// Moments as a person says them ("2 minutes ago", "in 30 seconds"), grammar and plurals left to Intl.
// assets/script.js repeats the rule of `ago` to keep an open page true.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import { perLocale } from './per-locale.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest that fits is said; below a minute it is "just now". */
const UNITS = [
  [365 * DAY, 'year'],
  [30 * DAY, 'month'],
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
] as const;

const formatFor = perLocale((locale) => new Intl.RelativeTimeFormat(locale));

/** Whole seconds from `at` to `now`; a moment in the future counts as now. */
export function ageInSeconds(at: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000));
}

/** "just now" below a minute, then "2 minutes ago", "3 hours ago", "4 days ago", "5 months ago". */
export function ago(seconds: number, locale: Locale): string {
  const unit = UNITS.find(([size]) => seconds >= size);
  if (unit === undefined) return messagesFor(locale).common.justNow;
  const [size, name] = unit;
  return formatFor(locale).format(-Math.floor(seconds / size), name);
}

/** "in 30 seconds", "in 5 minutes"; rounded up, so that waiting this long is always enough. */
export function inTime(seconds: number, locale: Locale): string {
  const format = formatFor(locale);
  if (seconds <= 90) return format.format(Math.max(1, Math.ceil(seconds)), 'second');
  if (seconds <= 90 * MINUTE) return format.format(Math.ceil(seconds / MINUTE), 'minute');
  return format.format(Math.ceil(seconds / HOUR), 'hour');
}

/** "in 20 minutes", "in 30 hours", "in 90 days", to the nearest: of a moment whose date stands beside it. */
export function fromNow(seconds: number, locale: Locale): string {
  const format = formatFor(locale);
  if (seconds < 2 * HOUR) return format.format(Math.max(1, Math.round(seconds / MINUTE)), 'minute');
  if (seconds < 2 * DAY) return format.format(Math.round(seconds / HOUR), 'hour');
  return format.format(Math.round(seconds / DAY), 'day');
}
