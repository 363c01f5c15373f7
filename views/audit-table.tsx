// Audit records: a table where there is room, a card each where there isn't.
import { type AuditFilter, auditAddress, type Outcome, type ShownRecord } from './audited.ts';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import { exactTime } from './text/dates.ts';
import { inertText } from './text/inert-text.ts';

type Props = { organizationId: string; records: readonly ShownRecord[]; locale: Locale };

const tones: Record<Outcome, 'good' | 'care' | 'bad'> = { success: 'good', denied: 'care', failure: 'bad' };

export function AuditTable({ organizationId, records, locale }: Props) {
  const { columns } = messagesFor(locale).audit;
  return (
    <table class="tokens audit">
      <thead>
        <tr>
          <th scope="col">{columns.what}</th>
          <th scope="col">{columns.when}</th>
          <th scope="col">{columns.who}</th>
          <th scope="col">{columns.on}</th>
          <th scope="col">{columns.from}</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <tr key={record.id}>
            <th scope="row">
              <What record={record} locale={locale} />
            </th>
            <td data-label={columns.when}>
              <Moment at={record.at} locale={locale} />
            </td>
            <td data-label={columns.who}>
              <Who record={record} organizationId={organizationId} locale={locale} />
            </td>
            <td data-label={columns.on}>
              {record.person !== undefined && <bdi class="line">{inertText(record.person, 100)}</bdi>}
              <Reference name={record.target} organizationId={organizationId} />
            </td>
            <td data-label={columns.from} class="place">
              {record.address === undefined ? <span class="soft">–</span> : <bdi>{inertText(record.address)}</bdi>}
              {record.userAgent !== undefined && <bdi class="detail">{inertText(record.userAgent, 60)}</bdi>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function What({ record: { action, outcome, details }, locale }: { record: ShownRecord; locale: Locale }) {
  const { actions, outcomes } = messagesFor(locale).audit;
  return (
    <>
      <span class="strong line">{actions[action] ?? action}</span>
      <code class="detail">{action}</code>
      {outcome !== 'success' && <span class={`state ${tones[outcome]}`}>{outcomes[outcome]}</span>}
      {details.map(({ name, value }) => (
        <span key={name} class="detail">
          {`${inertText(name, 40)}: `}
          <bdi>{inertText(value, 100)}</bdi>
        </span>
      ))}
    </>
  );
}

/** What acts of nobody's are done by. */
const SERVERS_OWN: readonly string[] = ['first_start', 'maintenance'];

type OfOrganization = { organizationId: string };

function Who({ record, organizationId, locale }: { record: ShownRecord; locale: Locale } & OfOrganization) {
  const { unknown, operator, server } = messagesFor(locale).audit.actors;
  const { actor, credential } = record;
  const nobody = credential === 'command' ? operator : SERVERS_OWN.includes(credential ?? '') ? server : unknown;
  return (
    <>
      {actor === undefined ? <span class="soft line">{nobody}</span> : <bdi class="line">{inertText(actor, 100)}</bdi>}
      {credential !== undefined && <Reference name={credential} organizationId={organizationId} />}
    </>
  );
}

const FILTERS: readonly (readonly [kind: string, filter: keyof AuditFilter])[] = [
  ['token', 'token'],
  ['session', 'session'],
  ['person', 'user'],
];

/** A token, a sign-in or a person leads to all that there is about it. */
function Reference({ name, organizationId }: { name: string } & OfOrganization) {
  const [, kind, id] = /^(token|session|person):([\w-]+)$/.exec(name) ?? [];
  const filter = FILTERS.find(([of]) => of === kind)?.[1];
  if (filter === undefined || id === undefined) return <code class="detail">{inertText(name, 100)}</code>;
  return (
    <a class="detail" href={auditAddress(organizationId, { [filter]: id })}>
      <code>{id}</code>
    </a>
  );
}

export function Moment({ at, locale }: { at: Date; locale: Locale }) {
  return (
    <time datetime={at.toISOString()} title={at.toISOString()}>
      {exactTime(at, locale)}
    </time>
  );
}
