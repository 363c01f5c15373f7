// Every page of sign-ins and of the password in every state, as pages.test.tsx looks at all pages.
import type { VNode } from 'preact';
import type { Locale } from '../../../views/messages/messages-for.ts';
import { PasswordPage } from '../../../views/password.tsx';
import { EndAllPage, EndOthersPage, EndSessionPage, SessionRefusalPage } from '../../../views/session-end.tsx';
import { OrganizationSessionsPage, OWN_SESSIONS, OwnSessionsPage } from '../../../views/session-list.tsx';
import type { ShownSession } from '../../../views/sessions.ts';
import { inDays, now, shell } from './token-page-samples.tsx';

const acme = { id: 'org_acme', name: 'Acme Corp', role: 'admin' } as const;
const north = { id: 'org_north', name: 'Northwind', role: 'admin' } as const;
const ada = { id: 'user_ada', name: 'Ada', email: 'ada@example.com' };
const area = { path: '/organizations/org_acme/sessions', organization: acme };

export const cli: ShownSession = {
  id: 'ses_1',
  kind: 'cli',
  client: 'TeamDay CLI',
  device: 'ada-laptop',
  system: 'Linux x64',
  organization: 'Acme Corp',
  createdAt: inDays(-1),
  address: '203.0.113.24',
  lastUsedAt: new Date(now.getTime() - 7_200_000),
  lastUsedAddress: '203.0.113.25',
  expiresAt: inDays(89),
  current: false,
};

export const browser: ShownSession = {
  id: 'ses_2',
  kind: 'browser',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  createdAt: inDays(-1),
  lastUsedAt: now,
  expiresAt: inDays(13),
  current: true,
};

const list = { sessions: [browser, cli], count: 2, now };
const own = { csrf: 'csrf-value', area: OWN_SESSIONS, organization: acme };
const theirs = { csrf: 'csrf-value', area, organization: acme };

export const sessionPages: Record<string, (locale: Locale) => VNode> = {
  sessions: (l) => <OwnSessionsPage shell={shell(l)} organization={undefined} {...list} ended={3} />,
  'sessions, a page of many': (l) => (
    <OwnSessionsPage
      shell={shell(l)}
      organization={acme}
      {...list}
      count={4000}
      olderHref="/o"
      newestHref="/n"
      ended={0}
    />
  ),
  'sessions of an organization': (l) => (
    <OrganizationSessionsPage
      shell={shell(l)}
      area={area}
      organization={acme}
      organizations={[acme, north]}
      people={[ada, { ...ada, id: 'user_bob' }]}
      personId={ada.id}
      {...list}
      sessions={[{ ...cli, person: ada }]}
    />
  ),
  'sessions of an organization, none': (l) => (
    <OrganizationSessionsPage
      {...{ shell: shell(l), area, organization: acme, organizations: [acme], people: [], now }}
      sessions={[]}
      count={0}
    />
  ),
  'end a session': (l) => <EndSessionPage shell={shell(l)} {...theirs} session={{ ...cli, person: ada }} now={now} />,
  'end this browser’s': (l) => <EndSessionPage shell={shell(l)} {...own} session={browser} now={now} stale />,
  'end all others': (l) => <EndOthersPage shell={shell(l)} {...own} count={3} />,
  'end all of a person': (l) => <EndAllPage shell={shell(l)} {...theirs} person={ada} count={3} />,
  'end all': (l) => <EndAllPage shell={shell(l)} {...theirs} count={3} />,
  'end all, wrong name': (l) => <EndAllPage shell={shell(l)} {...theirs} count={3} wrong="acme" />,
  'session refused': (l) => <SessionRefusalPage shell={shell(l)} area={area} why="forbidden" requestId="req_1" />,
  password: (l) => <PasswordPage shell={shell(l)} csrf="csrf-value" organization={acme} changed />,
  'password, refused': (l) => (
    <PasswordPage
      shell={shell(l)}
      csrf="csrf-value"
      organization={acme}
      problems={{ current: 'wrong', next: 'tooShort' }}
      stale
      retryAfterSeconds={60}
    />
  ),
};
