// Sign-ins as the pages show them, and what one is called.
import { type Locale, messagesFor } from './messages/messages-for.ts';
import { browserName } from './text/browser-name.ts';
import { inertText } from './text/inert-text.ts';

export type ShownSession = {
  id: string;
  kind: 'browser' | 'cli';
  /** Name of the program; of a browser none. */
  client?: string;
  /** As the device told it. */
  device?: string;
  system?: string;
  userAgent?: string;
  /** Name of the one it acts for; left out where that is clear. */
  organization?: string;
  /** Whose it is; left out where that is clear. */
  person?: { name: string; email: string };
  createdAt: Date;
  /** Where it began. */
  address?: string;
  lastUsedAt: Date;
  lastUsedAddress?: string;
  expiresAt: Date;
  /** The browser that shows the page. */
  current: boolean;
};

/** Where sign-ins are listed: a person's own, or an organization's. */
export type SessionArea = { path: string; organization?: { id: string; name: string } };

/** "ada-laptop", or "Firefox on Linux". */
export function sessionName({ kind, device, userAgent }: ShownSession, locale: Locale): string {
  const { sessions: text } = messagesFor(locale);
  if (kind === 'cli') return inertText(device ?? '', 60) || text.unnamedDevice;
  const { browser = text.browser, system } = browserName(userAgent ?? '');
  return system === undefined ? browser : text.onSystem(browser, system);
}
