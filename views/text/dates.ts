// Dates and numbers of days as each language writes them. In UTC: the server doesn't know where its reader is.
import type { Locale } from '../messages/messages-for.ts';

/** "Nov 22, 2026" */
export function dateText(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

/** "Nov 22, 2026, 10:00 AM UTC" */
export function exactTime(at: Date, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(at)} UTC`;
}

/** "90 days" */
export function daysText(days: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days);
}
