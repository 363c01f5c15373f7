import type { Locale } from '../messages/messages-for.ts';

/** What is made once for each language: the formatters of Intl cost far more to make than to use. */
export function perLocale<T>(make: (locale: Locale) => T): (locale: Locale) => T {
  const made = new Map<Locale, T>();
  return (locale) => {
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}
