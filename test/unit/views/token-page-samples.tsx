// Every page of tokens in every state, as pages.test.tsx looks at all pages.
import type { VNode } from 'preact';
import { apiReference } from '../../../src/web/api-reference.ts';
import type { Shell } from '../../../views/components/page.tsx';
import { DocsPage } from '../../../views/docs.tsx';
import { LeakReportedPage, LeakReportPage } from '../../../views/leak-report.tsx';
import type { Locale } from '../../../views/messages/messages-for.ts';
import type { Organization } from '../../../views/organization.ts';
import { TokenCreatedPage } from '../../../views/token-created.tsx';
import { NoOrganizationPage, TokenListPage } from '../../../views/token-list.tsx';
import { NewTokenPage } from '../../../views/token-new.tsx';
import { TokenRefusalPage } from '../../../views/token-refusal.tsx';
import { RevokeTokenPage } from '../../../views/token-revoke.tsx';
import { RotateTokenPage } from '../../../views/token-rotate.tsx';
import type { ShownToken, TokenArea } from '../../../views/tokens.ts';

export const now = new Date('2026-11-22T10:00:00Z');
export const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

const acme: Organization = { id: 'org_acme', name: 'Acme Corp', role: 'admin' };
const north: Organization = { id: 'org_north', name: 'Northwind', role: 'viewer' };
const assets = { style: '/assets/style.css', script: '/assets/script.js' };

export const shell = (locale: Locale): Shell => ({
  locale,
  assets,
  signedInAs: { email: 'ada@example.com', name: 'Ada' },
  signOut: { csrf: 'csrf-value' },
});

export const personal: TokenArea = {
  kind: 'personal',
  path: '/settings/api-keys',
  organizations: [acme, north],
  mayChange: true,
};
const organization: TokenArea = {
  kind: 'organization',
  path: '/organizations/org_acme/tokens',
  organizations: [acme, north],
  organization: acme,
  mayChange: true,
};

export const token: ShownToken = {
  id: 'tok_1',
  name: 'CI Pipeline',
  preview: 'td_****a1b2c3d4',
  organization: 'Acme Corp',
  createdAt: inDays(-1),
  expiresAt: inDays(89),
  lastUsed: { at: new Date(now.getTime() - 7_200_000), address: '203.0.113.24', userAgent: 'curl/8.5.0' },
  replaced: false,
  usable: true,
};

const tokens: ShownToken[] = [
  token,
  { ...token, id: 'tok_2', expiresAt: inDays(6) },
  { ...token, id: 'tok_3', expiresAt: inDays(1), replaced: true },
  { ...token, id: 'tok_4', expiresAt: inDays(-2) },
  { ...token, id: 'tok_5', expiresAt: null, usable: false },
];

const form = {
  csrf: 'csrf-value',
  formId: 'f'.repeat(43),
  typed: { name: 'CI', expiresIn: '90', customDays: '', organization: acme.id, scopes: [] },
  expiry: { choices: [7, 90].map((days) => ({ days, until: inDays(days) })), maxDays: 365, now },
  services: { newsletter: 'Subscribers' },
};

const created = {
  token: { value: 'td_value', name: 'CI', organization: 'Acme Corp', expiresAt: inDays(90) },
  publicUrl: 'https://id.example',
  exampleService: 'newsletter',
};

const page = { csrf: 'csrf-value', area: personal, token, now };
const rotation = { ...page, grace: '86400', untilFirstUse: false };

export const tokenPages: Record<string, (locale: Locale) => VNode> = {
  'tokens, none': (l) => <TokenListPage shell={shell(l)} area={personal} tokens={[]} now={now} />,
  tokens: (l) => <TokenListPage shell={shell(l)} area={personal} tokens={tokens} notice="revoked" now={now} />,
  'tokens of an organization': (l) => (
    <TokenListPage
      shell={shell(l)}
      area={organization}
      tokens={[{ ...token, scopes: ['all'], createdBy: 'Ada' }]}
      notice="again"
      now={now}
    />
  ),
  'tokens, for a viewer': (l) => (
    <TokenListPage shell={shell(l)} area={{ ...organization, mayChange: false }} tokens={tokens} now={now} />
  ),
  'tokens, no organization': (l) => <NoOrganizationPage shell={shell(l)} />,
  'new token': (l) => <NewTokenPage shell={shell(l)} {...form} area={personal} />,
  'new token, one organization': (l) => (
    <NewTokenPage shell={shell(l)} {...form} area={{ ...personal, organizations: [acme] }} />
  ),
  'new token, no organization': (l) => (
    <NewTokenPage shell={shell(l)} {...form} area={{ ...personal, organizations: [] }} />
  ),
  'new token, refused': (l) => (
    <NewTokenPage
      shell={shell(l)}
      {...form}
      area={organization}
      problems={{ name: 'nameRequired', scopes: 'scopesRequired', expiry: 'expiryInvalid' }}
    />
  ),
  'new token, noticed': (l) => (
    <NewTokenPage
      shell={shell(l)}
      {...form}
      area={personal}
      problems={{ organization: 'organizationGone' }}
      notices={[
        { notice: 'stale' },
        { notice: 'nameIgnored' },
        { notice: 'expiryIgnored' },
        { notice: 'limited', retryAfterSeconds: 600 },
      ]}
    />
  ),
  'token created': (l) => <TokenCreatedPage shell={shell(l)} area={personal} {...created} />,
  'token created, in another’s place': (l) => (
    <TokenCreatedPage
      shell={shell(l)}
      area={organization}
      {...created}
      replaced={{ worksUntil: inDays(1), untilFirstUse: true }}
    />
  ),
  rotate: (l) => <RotateTokenPage shell={shell(l)} {...rotation} />,
  'rotate, asked again': (l) => <RotateTokenPage shell={shell(l)} {...rotation} grace="" problem="graceInvalid" />,
  'rotate, limited': (l) => <RotateTokenPage shell={shell(l)} {...rotation} problem={{ retryAfterSeconds: 60 }} />,
  revoke: (l) => <RevokeTokenPage shell={shell(l)} {...page} stale />,
  ...Object.fromEntries(
    (['viewer', 'left', 'gone', 'replaced'] as const).map((why) => [
      `refused, ${why}`,
      (l: Locale) => <TokenRefusalPage shell={shell(l)} area={organization} why={why} requestId="req_1" />,
    ]),
  ),
  'leak report': (l) => <LeakReportPage shell={shell(l)} csrf="csrf-value" />,
  'leak report, refused': (l) => <LeakReportPage shell={shell(l)} csrf="csrf-value" typed="x" problem="tooMany" />,
  'leak report, limited': (l) => (
    <LeakReportPage shell={shell(l)} csrf="csrf-value" typed="x" problem={{ retryAfterSeconds: 30 }} />
  ),
  'leak reported': (l) => <LeakReportedPage shell={shell(l)} />,
  'API documentation': (l) => <DocsPage shell={shell(l)} groups={apiReference('https://id.example')} />,
};
