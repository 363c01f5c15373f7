// The frame of Settings and Organization Settings: what there is to set, and the one that is shown.
import type { ComponentChildren } from 'preact';
import { messagesFor } from '../messages/messages-for.ts';
import type { Organization } from '../organization.ts';
import { Page, type Shell } from './page.tsx';

/** The sections, in the order they are shown in. What `admins` may see is left out for others. */
const PERSONAL = [
  { section: 'apiKeys', path: 'api-keys' },
  { section: 'sessions', path: 'sessions' },
  { section: 'password', path: 'password' },
] as const;
const ORGANIZATION = [
  { section: 'organizationTokens', path: 'tokens' },
  { section: 'members', path: 'members' },
  { section: 'organizationSessions', path: 'sessions', admins: true },
  { section: 'credentials', path: 'credentials', admins: true },
  { section: 'audit', path: 'audit', admins: true },
  { section: 'policy', path: 'policy', admins: true },
] as const;

export type Section = (typeof PERSONAL | typeof ORGANIZATION)[number]['section'];

type Props = {
  shell: Shell;
  title: string;
  current: Section;
  /** The one whose settings are shown, or the first of the visitor's; none: they are in no organization. */
  organization: Organization | undefined;
  children: ComponentChildren;
};

export function SettingsPage({ shell, title, current, organization, children }: Props) {
  const { settings: text } = messagesFor(shell.locale);
  const link = (section: Section, href: string) => (
    <a key={section} href={href} aria-current={section === current ? 'page' : undefined}>
      {text.sections[section]}
    </a>
  );
  const ofOrganization = ORGANIZATION.filter((one) => !('admins' in one) || organization?.role === 'admin');
  return (
    <Page shell={shell} title={title} width="full">
      <div class="settings">
        <nav class="sections" aria-label={text.title}>
          <div>
            <p>{text.personal}</p>
            {PERSONAL.map(({ section, path }) => link(section, `/settings/${path}`))}
          </div>
          <div>
            <p>{text.organization}</p>
            {ofOrganization.map(({ section, path }) =>
              link(
                section,
                organization === undefined ? `/organization/${path}` : `/organizations/${organization.id}/${path}`,
              ),
            )}
          </div>
        </nav>
        <div>{children}</div>
      </div>
    </Page>
  );
}
