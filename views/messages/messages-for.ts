// Which languages there are, and their texts. How a request chooses its language is the routes' matter.
import { cs } from './cs.ts';
import { en, type Messages } from './en.ts';

export type Locale = 'en' | 'cs';

const messages: Record<Locale, Messages> = { en, cs };

export function messagesFor(locale: Locale): Messages {
  return messages[locale];
}
