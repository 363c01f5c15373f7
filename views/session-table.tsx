// A list of sign-ins, and what is known of one where somebody decides about it.
import { Fact } from './components/fact.tsx';
import { OnDate, Relative } from './components/moment.tsx';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import { type SessionArea, type ShownSession, sessionName } from './sessions.ts';
import { inertText } from './text/inert-text.ts';

type Props = { area: SessionArea; sessions: readonly ShownSession[]; now: Date; locale: Locale };

export function SessionTable({ area, sessions, now, locale }: Props) {
  const { sessions: text } = messagesFor(locale);
  const { columns } = text;
  const ofPeople = area.organization !== undefined;
  return (
    <table class="tokens">
      <thead>
        <tr>
          {ofPeople && <th scope="col">{text.person}</th>}
          <th scope="col">{columns.where}</th>
          <th scope="col">{columns.signedIn}</th>
          <th scope="col">{columns.lastUsed}</th>
          <th scope="col">{columns.expires}</th>
          <th scope="col">
            <span class="visually-hidden">{columns.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.id}>
            {session.person !== undefined && (
              <th scope="row">
                <Person person={session.person} />
              </th>
            )}
            {ofPeople ? (
              <td data-label={columns.where}>
                <Where session={session} locale={locale} />
              </td>
            ) : (
              <th scope="row">
                <Where session={session} locale={locale} />
              </th>
            )}
            <td data-label={columns.signedIn}>
              <Beginning session={session} locale={locale} />
            </td>
            <td data-label={columns.lastUsed}>
              <LastUse session={session} now={now} locale={locale} />
            </td>
            <td data-label={columns.expires}>
              <Relative at={session.expiresAt} now={now} locale={locale} />
            </td>
            <td class="row-actions">
              <a class="button quiet" href={`${area.path}/${session.id}/end`}>
                {session.current ? text.signOutHere : text.end}
                <span class="visually-hidden">{` ${sessionName(session, locale)}`}</span>
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function SessionFacts({ session, now, locale }: { session: ShownSession; now: Date; locale: Locale }) {
  const { sessions: text } = messagesFor(locale);
  const { columns } = text;
  return (
    <dl class="facts">
      {session.person !== undefined && (
        <Fact term={text.person}>
          <Person person={session.person} />
        </Fact>
      )}
      <Fact term={columns.where}>
        <Where session={session} locale={locale} />
      </Fact>
      <Fact term={columns.signedIn}>
        <Beginning session={session} locale={locale} />
      </Fact>
      <Fact term={columns.lastUsed}>
        <LastUse session={session} now={now} locale={locale} />
      </Fact>
    </dl>
  );
}

export function Person({ person }: { person: { name: string; email: string } }) {
  return (
    <>
      <bdi class="strong">{inertText(person.name, 100)}</bdi>
      <bdi class="detail">{inertText(person.email, 100)}</bdi>
    </>
  );
}

function Where({ session, locale }: { session: ShownSession; locale: Locale }) {
  const { sessions: text } = messagesFor(locale);
  const details = [session.client, session.system, session.organization].filter((each) => each !== undefined);
  return (
    <>
      <bdi class="strong">{sessionName(session, locale)}</bdi>
      {session.current && (
        <span class="detail">
          <span class="state good">{text.thisBrowser}</span>
        </span>
      )}
      {details.map((each) => (
        <bdi key={each} class="detail">
          {inertText(each, 60)}
        </bdi>
      ))}
    </>
  );
}

function Beginning({ session: { createdAt, address }, locale }: { session: ShownSession; locale: Locale }) {
  return (
    <>
      <OnDate at={createdAt} locale={locale} />
      {address !== undefined && <bdi class="detail">{address}</bdi>}
    </>
  );
}

function LastUse({ session, now, locale }: { session: ShownSession; now: Date; locale: Locale }) {
  const { lastUsedAt, lastUsedAddress } = session;
  return (
    <>
      <Relative at={lastUsedAt} now={now} locale={locale} />
      {lastUsedAddress !== undefined && <bdi class="detail">{inertText(lastUsedAddress, 60)}</bdi>}
    </>
  );
}
