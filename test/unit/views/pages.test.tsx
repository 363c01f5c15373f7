// Every page in every state and language: what scripts and the security policy rely on, and what must be escaped.
import type { VNode } from 'preact';
import { describe, expect, test } from 'vitest';
import { CliAuthApprovePage } from '../../../views/cli-auth-approve.tsx';
import { CliAuthCodePage } from '../../../views/cli-auth-code.tsx';
import { CliAuthResultPage } from '../../../views/cli-auth-result.tsx';
import type { Shell } from '../../../views/components/page.tsx';
import { ErrorPage } from '../../../views/error.tsx';
import { HomePage } from '../../../views/home.tsx';
import type { Locale } from '../../../views/messages/messages-for.ts';
import type { Organization } from '../../../views/organization.ts';
import { renderPage } from '../../../views/render-page.ts';
import { SetUpLinkInvalidPage, SetUpPage } from '../../../views/set-up.tsx';
import { SignInPage } from '../../../views/sign-in.tsx';
import { credentialPages } from './credential-page-samples.tsx';
import { sessionPages } from './session-page-samples.tsx';
import { tokenPages } from './token-page-samples.tsx';

const assets = { style: '/assets/style.css', script: '/assets/script.js', icon: '/assets/icon.svg' };
const acme: Organization = { id: 'org_acme', name: 'Acme Corp', role: 'admin' };
const north: Organization = { id: 'org_north', name: 'Northwind', role: 'viewer' };
const now = new Date('2026-11-22T10:00:00Z');

const shellFor = (locale: Locale): Shell => ({ locale, assets });
const signedIn = (locale: Locale) => ({
  ...shellFor(locale),
  signedInAs: { email: 'ada@example.com', name: 'Ada' },
  signOut: { csrf: 'csrf-value' },
});

const approval = (locale: Locale) => ({
  shell: signedIn(locale),
  csrf: 'csrf-value',
  code: 'WDJB-MJHT',
  scopes: ['agents:manage', 'agents:execute', 'spaces:access', 'tasks:create'] as const,
  device: {
    name: 'ada-laptop',
    system: 'Linux',
    address: '203.0.113.24',
    requestedAt: new Date(now.getTime() - 125_000),
  },
  organizations: [acme],
  selectedId: acme.id,
  now,
});

const statuses = [400, 403, 404, 405, 413, 415, 429, 500, 503];

const pages: Record<string, (locale: Locale) => VNode> = {
  'home, signed out': (l) => <HomePage shell={shellFor(l)} organizations={[]} />,
  'home, signed in': (l) => <HomePage shell={signedIn(l)} organizations={[acme, north]} />,
  'sign in': (l) => <SignInPage shell={shellFor(l)} csrf="csrf-value" returnTo="/" purpose="cli" />,
  'sign in, wrong': (l) => (
    <SignInPage shell={shellFor(l)} csrf="csrf-value" returnTo="/" email="ada@example.com" problem="wrong" />
  ),
  'sign in, too many': (l) => (
    <SignInPage shell={shellFor(l)} csrf="csrf-value" returnTo="/" problem="too_many" retryAfterSeconds={300} />
  ),
  'sign in, stale': (l) => <SignInPage shell={shellFor(l)} csrf="csrf-value" returnTo="/" problem="stale" />,
  code: (l) => <CliAuthCodePage shell={signedIn(l)} />,
  'code, unknown': (l) => <CliAuthCodePage shell={shellFor(l)} code="WDJB-MJHT" problem="unknown" />,
  'code, malformed': (l) => <CliAuthCodePage shell={shellFor(l)} code="WDJ" problem="malformed" />,
  'code, too many': (l) => <CliAuthCodePage shell={shellFor(l)} problem="too_many" retryAfterSeconds={30} />,
  approve: (l) => <CliAuthApprovePage {...approval(l)} />,
  'approve, a choice': (l) => <CliAuthApprovePage {...approval(l)} organizations={[acme, north]} />,
  'approve, no organization': (l) => <CliAuthApprovePage {...approval(l)} organizations={[]} />,
  approved: (l) => <CliAuthResultPage shell={signedIn(l)} outcome="approved" />,
  cancelled: (l) => <CliAuthResultPage shell={signedIn(l)} outcome="cancelled" />,
  expired: (l) => <CliAuthResultPage shell={signedIn(l)} outcome="expired" />,
  used: (l) => <CliAuthResultPage shell={signedIn(l)} outcome="used" />,
  'set-up': (l) => <SetUpPage shell={shellFor(l)} csrf="csrf-value" token="one-time" />,
  'set-up, stale': (l) => <SetUpPage shell={shellFor(l)} csrf="csrf-value" token="one-time" stale />,
  'set-up, link invalid': (l) => <SetUpLinkInvalidPage shell={shellFor(l)} />,
  ...Object.fromEntries(
    statuses.map((status) => [
      `error ${status}`,
      (l: Locale) => <ErrorPage shell={shellFor(l)} status={status} requestId="req_1" retryAfterSeconds={30} />,
    ]),
  ),
  ...tokenPages,
  ...credentialPages,
  ...sessionPages,
};

/** What a person reads: no markup, one space between words. */
const textOf = (html: string) =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, ' ');

describe.each(Object.entries(pages))('%s', (_, page) => {
  test.each(['en', 'cs'] as const)('%s', (locale) => {
    const html = renderPage(page(locale));
    expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${locale}">`));
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).not.toMatch(/undefined|NaN|\[object/);
    // The security policy allows neither inline scripts nor inline styles nor handlers.
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=|<style|<script(?! src=)/);
    const posts = html.match(/<form method="post"/g) ?? [];
    expect(html.match(/<input type="hidden" name="csrf" value="csrf-value"/g) ?? []).toHaveLength(posts.length);
    const ids = Array.from(html.matchAll(/\sid="([^"]+)"/g), (match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, names = ''] of html.matchAll(/aria-describedby="([^"]+)"/g)) {
      for (const id of names.split(' ')) expect(ids).toContain(id);
    }
  });
});

test.each(Object.entries(credentialPages))('what strangers wrote stays text in: %s', (_, page) => {
  expect(renderPage(page('en'))).not.toMatch(/<img|\u202E|W{201}/);
});

test('the approval page reads as documented', () => {
  const html = renderPage(<CliAuthApprovePage {...approval('en')} />);
  const text = textOf(html);
  expect(text).toContain('Authorize TeamDay CLI');
  expect(text).toContain('The TeamDay CLI is requesting access to your account.');
  expect(text).toContain('This will allow:✓ Manage agents✓ Execute agents✓ Access spaces✓ Create tasks');
  expect(text).toContain('ada-laptop · Linux · 203.0.113.24 · 2 minutes ago');
  expect(html).toContain('<input type="hidden" name="organization" value="org_acme"');
  expect(html).toContain('name="return_to" value="/cli-auth?code=WDJB-MJHT"');
  expect(html).toMatch(/name="decision" value="authorize">Authorize<.*name="decision" value="cancel">Cancel</);
});

test('several organizations are a choice that starts at the current one', () => {
  const html = renderPage(
    <CliAuthApprovePage {...approval('en')} organizations={[acme, north]} selectedId={north.id} />,
  );
  expect(html).toContain('<select id="organization" name="organization">');
  expect(html).toMatch(/<option value="org_acme">Acme Corp \(admin\)<\/option><option value="org_north" selected/);
});

test('without an organization nothing can be authorized', () => {
  const html = renderPage(<CliAuthApprovePage {...approval('en')} organizations={[]} />);
  expect(html).not.toContain('value="authorize"');
  expect(html).toContain('value="cancel"');
});

test('what a device says of itself stays text', () => {
  const device = {
    name: `<img src=x onerror=alert(1)>\u202E${'W'.repeat(500)}`,
    system: '"><script>alert(1)</script>',
    address: '2001:db8::1',
    requestedAt: now,
  };
  const html = renderPage(<CliAuthApprovePage {...approval('en')} device={device} />);
  expect(html).not.toMatch(/<img|<script>|\u202E|W{50}/);
  expect(html).toContain('<bdi class="strong">&lt;img src=x onerror=alert(1)');
  const unnamed = { address: '203.0.113.24', requestedAt: now };
  expect(textOf(renderPage(<CliAuthApprovePage {...approval('en')} device={unnamed} />))).toContain(
    'Unnamed device · 203.0.113.24 · just now',
  );
});

test('success reads as documented', () => {
  const text = textOf(renderPage(<CliAuthResultPage shell={signedIn('en')} outcome="approved" />));
  expect(text).toContain('✓ Authorization successful!');
  expect(text).toContain('You can close this window and return to your terminal.');
});

test.each(['cancelled', 'expired', 'used'] as const)('a login that is %s says how to start again', (outcome) => {
  expect(textOf(renderPage(<CliAuthResultPage shell={signedIn('en')} outcome={outcome} />))).toMatch(
    /this command.*:\s*\$ teamday auth login/,
  );
});

test('a refused sign-in keeps the email, ties the message to both fields and starts at the password', () => {
  const html = renderPage(
    <SignInPage shell={shellFor('en')} csrf="c" returnTo="/x?a=1&b=2" email={'"><b>@x'} problem="wrong" />,
  );
  expect(html).toContain('value="&quot;>&lt;b>@x"');
  expect(html).toContain('name="return_to" value="/x?a=1&amp;b=2"');
  expect(html.match(/aria-invalid="true" aria-describedby="sign-in-problem"/g)).toHaveLength(2);
  expect(html).toMatch(/id="sign-in-problem" role="alert"/);
  expect(html).toMatch(/<input id="password"[^>]* autofocus/);
  expect(html).not.toMatch(/<input id="email"[^>]* autofocus/);
});

test('a wrong code is shown again as it was typed', () => {
  const html = renderPage(<CliAuthCodePage shell={shellFor('en')} code="wdjb mjh" problem="malformed" />);
  expect(html).toContain('value="wdjb mjh"');
  expect(html).toContain('aria-describedby="code-problem code-hint"');
});

test('an error says what the route knows better, in its place, and always the id', () => {
  const own = renderPage(
    <ErrorPage shell={shellFor('en')} status={403} title="Not yours" detail="Ask its owner." requestId="req_7" />,
  );
  expect(textOf(own)).toMatch(/403Not yoursAsk its owner\..*Request ID: req_7/);
  expect(textOf(renderPage(<ErrorPage shell={shellFor('en')} status={418} requestId="r" />))).toContain(
    'We couldn’t read that request',
  );
  expect(textOf(renderPage(<ErrorPage shell={shellFor('en')} status={502} requestId="r" />))).toContain(
    'Something went wrong on our side',
  );
});

test('set-up keeps what was entered, except the password, and starts at the first wrong field', () => {
  const html = renderPage(
    <SetUpPage
      shell={shellFor('en')}
      csrf="c"
      token="one-time"
      values={{ organization: 'Acme', name: 'Ada', email: 'ada@' }}
      problems={{ email: 'emailMalformed', password: 'passwordTooShort' }}
    />,
  );
  expect(html).toContain('<input type="hidden" name="token" value="one-time"');
  expect(html).toContain('value="Acme"');
  expect(html).toMatch(/<input id="email"[^>]* autofocus/);
  expect(html.match(/ autofocus/g)).toHaveLength(1);
  expect(html).not.toMatch(/<input id="password"[^>]* value=/);
  expect(html).toContain('aria-describedby="password-problem password-hint"');
});
