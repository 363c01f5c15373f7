// Dates and numbers of days as each language writes them. In UTC: the server doesn't know where its reader is.
import type { Locale } from '../messages/messages-for.ts';
import { perLocale } from './per-locale.ts';

const date = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }));
const exact = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }),
);
const days = perLocale((locale) => new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }));

/** "Nov 22, 2026" */
export function dateText(at: Date, locale: Locale): string {
  return date(locale).format(at);
}

/** "Nov 22, 2026, 10:00 AM UTC" */
export function exactTime(at: Date, locale: Locale): string {
  return `${exact(locale).format(at)} UTC`;
}

/** "90 days" */
export function daysText(count: number, locale: Locale): string {
  return days(locale).format(count);
}
