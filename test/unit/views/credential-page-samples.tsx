// Every page of an organization's credentials and of an incident, as pages.test.tsx looks at all pages.
import type { VNode } from 'preact';
import type { Breakage, ShownCredential } from '../../../views/credential.ts';
import { CredentialsPage } from '../../../views/credentials.tsx';
import { CredentialsRevokedPage, RevokeCredentialsPage } from '../../../views/credentials-revoke.tsx';
import { IncidentPage } from '../../../views/incident.tsx';
import { RemainingRevokedPage, RevokeRemainingPage } from '../../../views/incident-revoke.tsx';
import type { Locale } from '../../../views/messages/messages-for.ts';
import type { Organization } from '../../../views/organization.ts';
import { inDays, now, shell, token } from './token-page-samples.tsx';

const organization: Organization = { id: 'org_acme', name: 'Acme Corp', role: 'admin' };
const evil = `<img src=x>\u202e${'W'.repeat(500)}`;
const before = '2026-11-22T10:00:00Z';

const busy: ShownCredential = {
  ...token,
  kind: 'personal',
  owner: { id: 'user_1', name: 'Bea', email: 'bea@example.com' },
  mine: false,
};
const credentials: ShownCredential[] = [
  busy,
  { ...busy, id: 'tok_2', mine: true, expiresAt: null },
  { ...busy, id: 'tok_3', kind: 'organization', scopes: ['newsletter'], owner: { id: 'user_2', name: evil } },
  { ...busy, id: 'tok_4', name: evil, usable: false },
  { ...busy, id: 'tok_5', replaced: true, expiresAt: inDays(1) },
];
const use = {
  service: 'newsletter',
  requests: 12_345,
  lastAt: inDays(-1),
  routes: ['POST /api/subscribers', evil],
  addresses: ['203.0.113.24'],
};
const wouldBreak: Breakage[] = [
  { credential: busy, lastAt: inDays(-1), services: [use] },
  { credential: { ...busy, id: 'tok_4', name: evil }, lastAt: inDays(-2), services: [] },
];
const list = (l: Locale) => ({
  shell: shell(l),
  csrf: 'csrf-value',
  organization,
  chosen: {},
  owners: [],
  credentials,
  total: 5,
  now,
  page: 'first' as const,
});
const plan = (l: Locale) => ({
  shell: shell(l),
  csrf: 'csrf-value',
  organization,
  selected: credentials,
  wouldBreak,
  notFound: [],
  now,
});
const incident = (l: Locale) => ({
  shell: shell(l),
  csrf: 'csrf-value',
  organization,
  before,
  since: before,
  now,
  progress: {
    personal: { total: 4, remaining: 4 },
    organization: { total: 1, remaining: 1 },
    session: { total: 3, remaining: 1 },
  },
  sessions: [{ id: 'ses_1', person: evil, device: 'ada-laptop, Linux', lastUsedAt: now }],
  remaining: credentials,
  publicUrl: 'https://id.example',
});
const none = { total: 0, remaining: 0 };

export const credentialPages: Record<string, (locale: Locale) => VNode> = {
  credentials: (l) => <CredentialsPage {...list(l)} nextCursor="tok_5" />,
  'credentials, a later page, filtered': (l) => (
    <CredentialsPage
      {...list(l)}
      chosen={{ filter: 'expiring', kind: 'personal', owner: 'user_1' }}
      owners={[{ id: 'user_1', name: evil }]}
      page="later"
    />
  ),
  'credentials, none': (l) => <CredentialsPage {...list(l)} credentials={[]} total={0} page="unknownCursor" />,
  'credentials to revoke': (l) => <RevokeCredentialsPage {...plan(l)} notFound={['tok_6']} stale before={before} />,
  'credentials to revoke, unused': (l) => <RevokeCredentialsPage {...plan(l)} wouldBreak={[]} />,
  'credentials to revoke, none': (l) => <RevokeCredentialsPage {...plan(l)} selected={[]} wouldBreak={[]} />,
  'credentials revoked': (l) => (
    <CredentialsRevokedPage shell={shell(l)} organization={organization} revoked={credentials} notFound={['tok_6']} />
  ),
  'credentials revoked, none': (l) => (
    <CredentialsRevokedPage shell={shell(l)} organization={organization} revoked={[]} notFound={['tok_6']} />
  ),
  incident: (l) => <IncidentPage {...incident(l)} leaked={busy} nextCursor="tok_5" />,
  'incident, revoked': (l) => <IncidentPage {...incident(l)} leaked={{ ...busy, revokedAt: now }} stale />,
  'incident, not found': (l) => <IncidentPage {...incident(l)} notFound beforeUnfit />,
  'incident, over': (l) => (
    <IncidentPage
      {...incident(l)}
      progress={{ personal: none, organization: none, session: none }}
      sessions={[]}
      remaining={[]}
    />
  ),
  'all to revoke': (l) => <RevokeRemainingPage {...plan(l)} before={before} total={5} />,
  'all to revoke, mistyped': (l) => <RevokeRemainingPage {...plan(l)} before={before} total={600} problem="mistyped" />,
  'all to revoke, none': (l) => (
    <RevokeRemainingPage {...plan(l)} before={before} selected={[]} wouldBreak={[]} total={0} problem="stale" />
  ),
  'all revoked': (l) => (
    <RemainingRevokedPage shell={shell(l)} organization={organization} before={before} revoked={5} remaining={1} />
  ),
};
