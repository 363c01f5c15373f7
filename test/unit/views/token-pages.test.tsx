// What the token pages say of tokens: their state in words, the value that is shown once, names that strangers chose.
import { expect, test } from 'vitest';
import { renderPage } from '../../../views/render-page.ts';
import { TokenCreatedPage } from '../../../views/token-created.tsx';
import { TokenListPage } from '../../../views/token-list.tsx';
import { NewTokenPage } from '../../../views/token-new.tsx';
import { type ShownToken, stateOf } from '../../../views/tokens.ts';
import { inDays, now, personal, shell, token } from './token-page-samples.tsx';

const { lastUsed: _, ...unused } = token;

test.each<[name: string, given: ShownToken, state: ReturnType<typeof stateOf>, words: string]>([
  ['in use', token, 'active', 'Active'],
  ['young and unused', unused, 'active', 'Active'],
  ['old and unused', { ...unused, createdAt: inDays(-31) }, 'unused', 'Never used'],
  [
    'old, unused and about to end',
    { ...unused, createdAt: inDays(-31), expiresAt: inDays(6) },
    'expiring',
    'in 6 days',
  ],
  ['unlimited', { ...token, expiresAt: null }, 'active', 'Active'],
  ['about to end', { ...token, expiresAt: inDays(7) }, 'expiring', 'Expires in 7 days'],
  ['at its end', { ...token, expiresAt: now }, 'expired', 'Expired'],
  [
    'replaced',
    { ...token, replaced: true, expiresAt: inDays(1) },
    'replaced',
    'works until Nov 23, 2026, 10:00 AM UTC',
  ],
  ['replaced, its grace over', { ...token, replaced: true, expiresAt: inDays(-1) }, 'expired', 'Expired'],
  ['of an organization that was left', { ...token, usable: false }, 'unusable', 'you left this organization'],
])('a token that is %s', (_name, given, state, words) => {
  expect(stateOf(given, now)).toBe(state);
  const html = renderPage(<TokenListPage shell={shell('en')} area={personal} tokens={[given]} now={now} />);
  expect(html.replaceAll('\u202f', ' ')).toContain(words);
  const mayBeRotated = state !== 'replaced' && state !== 'unusable' && !given.replaced;
  expect(html.includes('/settings/api-keys/tok_1/rotate')).toBe(mayBeRotated);
});

test('relative times have the exact one at hand', () => {
  const html = renderPage(<TokenListPage shell={shell('en')} area={personal} tokens={[token]} now={now} />);
  expect(html).toMatch(/<time datetime="2026-11-22T08:00:00.000Z" title="[^"]+ UTC" data-age="7200">2 hours ago</);
  expect(html).toMatch(/<time datetime="2027-02-19T10:00:00.000Z" title="[^"]+ UTC">in 89 days</);
});

test('what strangers wrote stays text, in its own direction', () => {
  const evil = `<img src=x onerror=alert(1)>\u202E${'W'.repeat(500)}`;
  const given = { ...token, name: evil, organization: evil, createdBy: evil, lastUsed: { at: now, userAgent: evil } };
  const html = renderPage(<TokenListPage shell={shell('en')} area={personal} tokens={[given]} now={now} />);
  expect(html).not.toMatch(/<img|\u202E|W{101}/);
  expect(html).toContain('<bdi class="strong">&lt;img src=x onerror=alert(1)');
});

test('the value of a new token is there in plain text, and in each command', () => {
  const html = renderPage(
    <TokenCreatedPage
      shell={shell('en')}
      area={personal}
      token={{ value: 'td_value', name: 'CI', organization: 'Acme Corp', expiresAt: null }}
      replaced={{ worksUntil: undefined, untilFirstUse: false }}
      publicUrl="https://id.example"
      exampleService="newsletter"
    />,
  );
  expect(html).toContain('<code id="token">td_value</code>');
  expect(html.match(/td_value/g)).toHaveLength(5);
  expect(html).toMatch(/<button type="button"[^>]* hidden data-copy="token"/);
});

test('the cursor starts where something is wrong', () => {
  const html = renderPage(
    <NewTokenPage
      shell={shell('en')}
      csrf="c"
      formId="f"
      area={personal}
      typed={{ name: 'CI', expiresIn: 'custom', customDays: '400', organization: 'org_acme', scopes: [] }}
      expiry={{ choices: [{ days: 7, until: inDays(7) }], maxDays: 365, now }}
      services={{}}
      problems={{ expiry: 'expiryInvalid' }}
    />,
  );
  expect(html.match(/ autofocus/g)).toHaveLength(1);
  expect(html).toMatch(/<input id="custom_days"[^>]* autofocus/);
  expect(html).toContain('aria-describedby="expires_in-problem"');
});
