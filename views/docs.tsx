// `/docs`: the API for people to read, as the server describes it of itself. What operations say is in English.
import type { ComponentChildren } from 'preact';
import { Copyable } from './components/copyable.tsx';
import { Page, type Shell } from './components/page.tsx';
import type { Messages } from './messages/en.ts';
import { type Locale, messagesFor } from './messages/messages-for.ts';

export type ApiField = {
  /** `tokens[].id` for what is inside. */
  name: string;
  type: string;
  /** What its reader can't take for granted: in a body that it must be there, in an answer that it may not be. */
  presence?: 'required' | 'optional';
  /** As JSON. */
  default?: string;
  description?: string;
};

export type ApiOperation = {
  /** Unique, fit for a fragment. */
  id: string;
  method: string;
  path: string;
  summary: string;
  /** None: anybody may. */
  credentials: readonly string[];
  /** What may stand behind the `?`. */
  query: readonly ApiField[];
  body: readonly ApiField[];
  success: { status: number; description: string; fields: readonly ApiField[] };
  errors: readonly { status: string; description: string }[];
  /** A command for curl. */
  example: string;
};

export type ApiGroup = { name: string; operations: readonly ApiOperation[] };

export function DocsPage({ shell, groups }: { shell: Shell; groups: readonly ApiGroup[] }) {
  const { docs: text } = messagesFor(shell.locale);
  return (
    <Page shell={shell} title={text.title} width="full">
      <div class="settings">
        <nav class="sections contents" aria-label={text.contents} lang="en">
          {groups.map(({ name, operations }) => (
            <div key={name}>
              <p>{name}</p>
              {operations.map(({ id, summary }) => (
                <a key={id} href={`#${id}`}>
                  {summary}
                </a>
              ))}
            </div>
          ))}
        </nav>
        <div class="card reference-page">
          <h1>{text.title}</h1>
          <p class="lead">{text.lead}</p>
          <p class="links">
            <a href="/openapi.json">{text.machineReadable}</a>
            <a href="/.well-known/oauth-authorization-server">{text.oauth}</a>
          </p>
          {groups.map((group) => (
            <section key={group.name} class="part" lang="en">
              <h2 class="section-title">{group.name}</h2>
              {group.operations.map((operation) => (
                <Operation key={operation.id} operation={operation} text={text} locale={shell.locale} />
              ))}
            </section>
          ))}
        </div>
      </div>
    </Page>
  );
}

function Operation(props: { operation: ApiOperation; text: Messages['docs']; locale: Locale }) {
  const { operation, text, locale } = props;
  const { success } = operation;
  return (
    <article class="operation" id={operation.id}>
      <h3>{operation.summary}</h3>
      <p class="endpoint">
        <span class="pill">{operation.method}</span>
        <code>{operation.path}</code>
      </p>
      <p class="hint">
        <Own locale={locale}>{`${text.credentials}: `}</Own>
        {operation.credentials.length === 0 ? (
          <Own locale={locale}>{text.noCredentials}</Own>
        ) : (
          operation.credentials.join(', ')
        )}
      </p>
      <Fields heading={text.query} fields={operation.query} text={text} locale={locale} />
      <Fields heading={text.body} fields={operation.body} text={text} locale={locale} />
      <Fields
        heading={`${text.answer} ${success.status}`}
        note={success.description}
        fields={success.fields}
        text={text}
        locale={locale}
      />
      <h4 lang={locale}>{text.errors}</h4>
      <ul class="errors">
        {operation.errors.map(({ status, description }) => (
          <li key={status}>
            <code>{status}</code> {description}
          </li>
        ))}
      </ul>
      <Copyable id={`${operation.id}-example`} label={text.example} locale={locale} kind="command">
        {operation.example}
      </Copyable>
    </article>
  );
}

type FieldsProps = {
  heading: string;
  note?: string;
  fields: readonly ApiField[];
  text: Messages['docs'];
  locale: Locale;
};

function Fields({ heading, note, fields, text, locale }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <>
      <h4 lang={locale}>{heading}</h4>
      {note !== undefined && <p class="hint">{note}</p>}
      <table class="fields">
        <thead lang={locale}>
          <tr>
            <th scope="col">{text.field}</th>
            <th scope="col">{text.type}</th>
            <th scope="col">{text.description}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">
                <code>{field.name}</code>
              </th>
              <td class="soft">{field.type}</td>
              <td>
                {field.presence !== undefined && <Own locale={locale}>{`${text[field.presence]} `}</Own>}
                {field.default !== undefined && <Own locale={locale}>{`${text.byDefault(field.default)} `}</Own>}
                {field.description}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** A word of the page itself among those of the operations, which are in English. */
function Own({ locale, children }: { locale: Locale; children: ComponentChildren }) {
  return (
    <span class="soft" lang={locale}>
      {children}
    </span>
  );
}
