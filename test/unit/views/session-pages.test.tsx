// What the pages of sign-ins call them, and what is shown of names that devices and strangers chose.
import { expect, test } from 'vitest';
import { renderPage } from '../../../views/render-page.ts';
import { OwnSessionsPage } from '../../../views/session-list.tsx';
import { type ShownSession, sessionName } from '../../../views/sessions.ts';
import { browser, cli } from './session-page-samples.tsx';
import { now, shell } from './token-page-samples.tsx';

const mozilla = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const apple = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const { device: _, ...unnamed } = cli;

test.each<[called: string, session: ShownSession]>([
  ['ada-laptop', cli],
  ['Unnamed device', unnamed],
  ['Unnamed device', { ...cli, device: '\u202e\u200b' }],
  ['Firefox on Linux', browser],
  ['Chrome on Windows', { ...browser, userAgent: `${mozilla} Chrome/153.0.0.0 Safari/537.36` }],
  ['Edge on Windows', { ...browser, userAgent: `${mozilla} Chrome/153.0.0.0 Safari/537.36 Edg/153.0.0.0` }],
  ['Safari on iPhone', { ...browser, userAgent: `${apple} Version/18.0 Mobile/15E148 Safari/604.1` }],
  ['Chrome on iPhone', { ...browser, userAgent: `${apple} CriOS/153.0.0.0 Mobile/15E148 Safari/604.1` }],
  ['Browser on macOS', { ...browser, userAgent: 'something of a Macintosh' }],
  ['Browser', { ...browser, userAgent: '<script>' }],
])('one is called %s', (called, session) => {
  expect(sessionName(session, 'en')).toBe(called);
});

test('what a device says of itself stays text, in its own direction', () => {
  const evil = `<img src=x onerror=alert(1)>\u202E${'W'.repeat(500)}`;
  const session = { ...cli, device: evil, system: evil, client: evil, organization: evil, lastUsedAddress: evil };
  const list = { sessions: [session], count: 1, now };
  const html = renderPage(<OwnSessionsPage shell={shell('en')} organization={undefined} {...list} />);
  expect(html).not.toMatch(/<img|\u202E|W{61}/);
  expect(html).toContain('<bdi class="strong">&lt;img src=x onerror=alert(1)');
});
