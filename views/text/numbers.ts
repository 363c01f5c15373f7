import type { Locale } from '../messages/messages-for.ts';

/** "12,345" */
export function numberText(number: number, locale: Locale): string {
  return new Intl.NumberFormat(locale).format(number);
}
