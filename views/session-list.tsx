// Settings → Sessions and Organization Settings → Sessions: who is signed in where, and the ways to end it.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { OrganizationChoice } from './components/organization-choice.tsx';
import type { Shell } from './components/page.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { SessionTable } from './session-table.tsx';
import type { SessionArea, ShownSession } from './sessions.ts';
import { inertText } from './text/inert-text.ts';

type ListProps = {
  shell: Shell;
  sessions: readonly ShownSession[];
  /** On all pages. */
  count: number;
  /** Of the next page. */
  olderHref?: string;
  /** Of the first page, on others. */
  newestHref?: string;
  /** How many the last form ended. */
  ended?: number;
  now: Date;
};

type OwnProps = ListProps & {
  /** The visitor's first. */
  organization: Organization | undefined;
};

export function OwnSessionsPage(props: OwnProps) {
  const { shell, organization, count } = props;
  const { sessions: text } = messagesFor(shell.locale);
  return (
    <SettingsPage shell={shell} title={text.title} current="sessions" organization={organization}>
      <section class="card">
        <div class="toolbar">
          <h1>{text.title}</h1>
          {count > 1 && (
            <ButtonLink href={`${OWN_SESSIONS.path}/end-others`} look="secondary">
              {text.endOthers}
            </ButtonLink>
          )}
        </div>
        <p class="lead">{text.lead}</p>
        <Ended {...props} />
        <SessionTable area={OWN_SESSIONS} sessions={props.sessions} now={props.now} locale={shell.locale} />
        <Paging {...props} />
      </section>
    </SettingsPage>
  );
}

export const OWN_SESSIONS: SessionArea = { path: '/settings/sessions' };

type OrganizationProps = ListProps & {
  area: SessionArea;
  organization: Organization;
  /** Those that the visitor administers, to switch between. */
  organizations: readonly Organization[];
  /** Whose sign-ins there are. */
  people: readonly { id: string; name: string; email: string }[];
  /** Whose are shown; none: everyone's. */
  personId?: string;
};

export function OrganizationSessionsPage(props: OrganizationProps) {
  const { shell, area, organization, organizations, people, personId, sessions } = props;
  const { sessions: text, tokens: common } = messagesFor(shell.locale);
  const person = people.find(({ id }) => id === personId);
  const query = personId === undefined ? '' : `?user=${encodeURIComponent(personId)}`;
  return (
    <SettingsPage shell={shell} title={text.title} current="organizationSessions" organization={organization}>
      <section class="card">
        <div class="toolbar">
          <div>
            <h1>{text.title}</h1>
            {organizations.length < 2 && <bdi class="soft">{inertText(organization.name, 100)}</bdi>}
          </div>
          {sessions.length > 0 && (
            <ButtonLink href={`${area.path}/end-all${query}`} look="secondary">
              {person === undefined ? text.endAll : text.endAllOf(inertText(person.name, 40))}
            </ButtonLink>
          )}
        </div>
        <p class="lead">{text.organizationLead}</p>
        <Ended {...props} />
        {organizations.length > 1 && (
          <form class="switch" method="get" action="/organization/sessions">
            <OrganizationChoice organizations={organizations} selectedId={organization.id} locale={shell.locale} />
            <Button look="secondary">{common.show}</Button>
          </form>
        )}
        {(people.length > 1 || personId !== undefined) && (
          <form class="switch" method="get" action={area.path}>
            <div class="field">
              <label for="user">{text.person}</label>
              <select id="user" name="user">
                <option value="">{text.everyone}</option>
                {people.map(({ id, name, email }) => (
                  <option key={id} value={id} selected={id === personId}>
                    {`${inertText(name, 60)} (${inertText(email, 60)})`}
                  </option>
                ))}
              </select>
            </div>
            <Button look="secondary">{text.show}</Button>
          </form>
        )}
        {sessions.length === 0 ? (
          <div class="empty">
            <p class="strong">{personId === undefined ? text.none : text.noneOf}</p>
          </div>
        ) : (
          <SessionTable area={area} sessions={sessions} now={props.now} locale={shell.locale} />
        )}
        <Paging {...props} />
      </section>
    </SettingsPage>
  );
}

function Ended({ shell, ended }: ListProps) {
  const { sessions: text } = messagesFor(shell.locale);
  if (ended === undefined) return null;
  const number = new Intl.NumberFormat(shell.locale).format(ended);
  return <Alert tone={ended > 0 ? 'success' : 'notice'}>{ended > 0 ? text.ended(number) : text.endedNone}</Alert>;
}

/** Where all are on the page there is nothing to say. */
function Paging({ shell, sessions, count, olderHref, newestHref }: ListProps) {
  const { sessions: text } = messagesFor(shell.locale);
  if (olderHref === undefined && newestHref === undefined) return null;
  const number = new Intl.NumberFormat(shell.locale);
  return (
    <div class="links">
      <span class="soft">{text.shown(number.format(sessions.length), number.format(count))}</span>
      {newestHref !== undefined && <a href={newestHref}>{text.newest}</a>}
      {olderHref !== undefined && <a href={olderHref}>{text.older}</a>}
    </div>
  );
}
