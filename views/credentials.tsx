// /organizations/{id}/credentials: everything that acts for the organization, filtered, to be revoked one or several.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SelectField } from './components/select-field.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { type CredentialFilter, pathsOf, type ShownCredential } from './credential.ts';
import { CredentialTable } from './credential-table.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inertText } from './text/inert-text.ts';
import { numberText } from './text/numbers.ts';

export const FILTERS = [
  'never_used',
  'unused_90_days',
  'expiring',
  'unlimited',
  'beyond_policy',
] as const satisfies readonly CredentialFilter[];

export type Chosen = { filter?: CredentialFilter; kind?: ShownCredential['kind']; owner?: string };

type Props = {
  shell: Shell;
  csrf: string;
  organization: Organization;
  chosen: Chosen;
  owners: readonly { id: string; name: string }[];
  credentials: readonly ShownCredential[];
  total: number;
  /** Leads to the next page. */
  nextCursor?: string;
  /** `later`: not the first page; `unknownCursor`: the page that was asked for isn't there. */
  page: 'first' | 'later' | 'unknownCursor';
  now: Date;
};

export function CredentialsPage(props: Props) {
  const { shell, csrf, organization, chosen, credentials, total, nextCursor, page, now } = props;
  const { locale } = shell;
  const { credentials: text } = messagesFor(locale);
  const paths = pathsOf(organization.id);
  return (
    <SettingsPage shell={shell} title={text.title} current="credentials" organization={organization}>
      <section class="card">
        <div class="toolbar">
          <div>
            <h1>{text.title}</h1>
            <bdi class="soft">{inertText(organization.name, 100)}</bdi>
          </div>
          <ButtonLink href={paths.incident} look="secondary">
            {text.openIncident}
          </ButtonLink>
        </div>
        <p class="hint">{text.lead}</p>
        {page === 'unknownCursor' && <Alert tone="notice">{text.unknownCursor}</Alert>}
        <Filters {...props} />
        <p class="hint" role="status">
          {text.found(numberText(total, locale))}
        </p>
        {credentials.length === 0 ? (
          <div class="empty">
            <p class="strong">{text.none}</p>
            <p class="hint">{text.noneHint}</p>
          </div>
        ) : (
          <PostForm action={paths.revoke} csrf={csrf} look="listing">
            <Selection locale={locale} />
            <CredentialTable organizationId={organization.id} credentials={credentials} now={now} locale={locale} />
          </PostForm>
        )}
        <nav class="links">
          {page === 'later' && <a href={addressOf(paths.credentials, chosen)}>{text.first}</a>}
          {nextCursor !== undefined && (
            <a href={addressOf(paths.credentials, { ...chosen, cursor: nextCursor })}>{text.next}</a>
          )}
        </nav>
      </section>
    </SettingsPage>
  );
}

function Filters({ shell: { locale }, organization, chosen, owners }: Props) {
  const { credentials: text } = messagesFor(locale);
  const { filters } = text;
  return (
    <form class="filters" method="get" action={pathsOf(organization.id).credentials}>
      <SelectField
        name="filter"
        label={filters.show}
        selected={chosen.filter}
        options={[{ value: '', text: filters.all }, ...FILTERS.map((value) => ({ value, text: filters[value] }))]}
      />
      <SelectField
        name="kind"
        label={filters.kind}
        selected={chosen.kind}
        options={[
          { value: '', text: filters.all },
          { value: 'personal', text: filters.kinds.personal },
          { value: 'organization', text: filters.kinds.organization },
        ]}
      />
      <SelectField
        name="owner"
        label={filters.owner}
        selected={chosen.owner}
        options={[
          { value: '', text: filters.anybody },
          ...owners.map(({ id, name }) => ({ value: id, text: inertText(name) })),
        ]}
      />
      <Button look="secondary">{filters.apply}</Button>
    </form>
  );
}

/** Before the table: who works by keyboard or listens meets the button without passing all rows, and Enter means it. */
export function Selection({ locale }: Pick<Shell, 'locale'>) {
  const { credentials: text } = messagesFor(locale);
  return (
    <div class="selection">
      <Button look="danger">{text.revokeSelected}</Button>
      <label class="tick" hidden data-selects>
        <input type="checkbox" />
        {text.selectAll}
      </label>
    </div>
  );
}

function addressOf(path: string, query: Chosen & { cursor?: string }): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
