// /organizations/{id}/audit: who did what, by which credential, from where; and of one credential what it was used for.

import type { JSX } from 'preact';
import { AuditedTokenFacts, UsageTable } from './audit-credential.tsx';
import { AuditTable } from './audit-table.tsx';
import {
  type AuditedToken,
  type AuditFilter,
  auditAddress,
  exportAddress,
  type ShownRecord,
  type ShownUsage,
} from './audited.ts';
import { Alert } from './components/alert.tsx';
import { Button } from './components/button.tsx';
import type { Shell } from './components/page.tsx';
import { SelectField } from './components/select-field.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import type { Messages } from './messages/en.ts';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';

export type AuditProblem = keyof Messages['audit']['problems'];

type Props = {
  shell: Shell;
  organization: Organization;
  filter: AuditFilter;
  /** All that there are. */
  actions: readonly string[];
  /** What can't be searched for; then there are no records. */
  problem?: AuditProblem;
  /** Where one credential is looked for. `token` left out: a sign-in, or an unknown one. */
  credential?: { token?: AuditedToken; usage: readonly ShownUsage[] };
  records: readonly ShownRecord[];
  isFirstPage: boolean;
  nextCursor?: string;
};

export function AuditPage(props: Props) {
  const { shell, organization, filter, problem, credential, records, isFirstPage, nextCursor } = props;
  const { locale } = shell;
  const { audit: text } = messagesFor(locale);
  const { id } = organization;
  const isOfNobody = problem === undefined && filter.user === undefined && filter.token === undefined;
  return (
    <SettingsPage shell={shell} title={text.title} current="audit" organization={organization}>
      <section class="card">
        <h1>{text.title}</h1>
        <bdi class="soft">{inertText(organization.name, 100)}</bdi>
        <p class="hint">{text.lead}</p>
        {problem !== undefined && <Alert tone="problem">{text.problems[problem]}</Alert>}
        <Filters {...props} />
        {credential !== undefined && <OneCredential filter={filter} {...credential} locale={locale} />}
        <h2 class="section-title">{text.records}</h2>
        {records.length === 0 ? (
          <>
            <p class="hint">{text.none}</p>
            {isOfNobody && <p class="hint">{text.ofPersons}</p>}
          </>
        ) : (
          <AuditTable organizationId={id} records={records} locale={locale} />
        )}
        <nav class="links" aria-label={text.pages}>
          {!isFirstPage && <a href={auditAddress(id, filter)}>{text.newest}</a>}
          {nextCursor !== undefined && <a href={auditAddress(id, { ...filter, cursor: nextCursor })}>{text.older}</a>}
          {records.length > 0 && <a href={exportAddress(id, filter, 'csv')}>{text.exportCsv}</a>}
          {records.length > 0 && <a href={exportAddress(id, filter, 'jsonl')}>{text.exportJsonl}</a>}
        </nav>
      </section>
    </SettingsPage>
  );
}

function OneCredential({
  filter,
  token,
  usage,
  locale,
}: Props['credential'] & { filter: AuditFilter; locale: Locale }) {
  const { audit: text } = messagesFor(locale);
  return (
    <>
      <h2 class="section-title">{filter.token === undefined ? text.signIn : text.token}</h2>
      {filter.token !== undefined && token === undefined && <p class="hint">{text.unknownToken}</p>}
      {token === undefined ? (
        <p>
          <code>{inertText(filter.token ?? filter.session ?? '', 100)}</code>
        </p>
      ) : (
        <AuditedTokenFacts token={token} locale={locale} />
      )}
      <h2 class="section-title">{text.usage.heading}</h2>
      <p class="hint">{text.usage.hint}</p>
      <UsageTable usage={usage} locale={locale} />
    </>
  );
}

/** A GET: its address can be kept and sent. */
function Filters({ shell: { locale }, organization, filter, actions }: Props) {
  const { filters, actions: names } = messagesFor(locale).audit;
  return (
    <form class="filters search" method="get" action={auditAddress(organization.id)}>
      <FilterField name="token" label={filters.token} value={filter.token} />
      {filter.session !== undefined && <FilterField name="session" label={filters.session} value={filter.session} />}
      <FilterField name="user" label={filters.user} value={filter.user} />
      <SelectField
        name="action"
        label={filters.action}
        selected={filter.action}
        options={[
          { value: '', text: filters.anything },
          ...actions.map((value) => ({ value, text: names[value] ?? value })),
        ]}
      />
      <FilterField name="since" kind="date" label={filters.since} value={filter.since?.slice(0, 10)} />
      <FilterField name="until" kind="date" label={filters.until} value={filter.until?.slice(0, 10)} />
      <Button look="secondary">{filters.apply}</Button>
    </form>
  );
}

const kinds = { text: { type: 'text' }, date: { type: 'date' } } satisfies Record<
  string,
  JSX.IntrinsicElements['input']
>;

type FilterFieldProps = {
  name: keyof AuditFilter;
  kind?: keyof typeof kinds;
  label: string;
  value: string | undefined;
};

function FilterField({ name, kind = 'text', label, value }: FilterFieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input id={name} name={name} value={value} autocomplete="off" spellcheck={false} {...kinds[kind]} />
    </div>
  );
}
