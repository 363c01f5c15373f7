// A list of an organization's credentials, each to be ticked, inside the form that revokes what is ticked.
import { Expiry, LastUse, ScopeList } from './components/token-facts.tsx';
import { Status } from './components/token-table.tsx';
import { pathsOf, type ShownCredential } from './credential.ts';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import { inertText } from './text/inert-text.ts';

type Props = {
  organizationId: string;
  credentials: readonly ShownCredential[];
  /** In an incident: what can be replaced is offered for that. The address of this server's pages. */
  replaceAt?: string;
  now: Date;
  locale: Locale;
};

export function CredentialTable({ credentials, now, locale, ...more }: Props) {
  const { credentials: text, tokens } = messagesFor(locale);
  return (
    <table class="tokens">
      <thead>
        <tr>
          <th scope="col">{text.columns.credential}</th>
          <th scope="col">{text.columns.owner}</th>
          <th scope="col">{tokens.columns.lastUsed}</th>
          <th scope="col">{tokens.columns.expires}</th>
          <th scope="col">{tokens.columns.status}</th>
          <th scope="col">
            <span class="visually-hidden">{text.columns.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {credentials.map((credential) => (
          <tr key={credential.id}>
            <th scope="row">
              <label class="tick">
                <input type="checkbox" name={credential.id} value="on" aria-label={text.select(nameOf(credential))} />
                <bdi class="strong">{nameOf(credential)}</bdi>
              </label>
              <span class="detail">
                <code>{credential.preview}</code>
                {` · ${text[credential.kind]}`}
              </span>
              {credential.scopes !== undefined && <ScopeList scopes={credential.scopes} locale={locale} />}
            </th>
            <td class="owner" data-label={text.columns.owner}>
              <bdi>{inertText(credential.owner.name, 100)}</bdi>
              {credential.owner.email !== undefined && (
                <bdi class="detail">{inertText(credential.owner.email, 100)}</bdi>
              )}
            </td>
            <td data-label={tokens.columns.lastUsed}>
              <LastUse token={credential} now={now} locale={locale} />
            </td>
            <td data-label={tokens.columns.expires}>
              <Expiry token={credential} now={now} locale={locale} />
            </td>
            <td data-label={tokens.columns.status}>
              <Status token={credential} unusable={text.ownerGone} now={now} locale={locale} />
            </td>
            <td class="row-actions">
              <Actions credential={credential} locale={locale} {...more} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type ActionsProps = Pick<Props, 'organizationId' | 'replaceAt' | 'locale'> & { credential: ShownCredential };

function Actions({ organizationId, credential, replaceAt, locale }: ActionsProps) {
  const { credentials: text } = messagesFor(locale);
  const paths = pathsOf(organizationId);
  const { id, kind, mine, owner, replaced } = credential;
  const mayRotate = (kind === 'organization' || mine) && !replaced && credential.usable;
  const which = <span class="visually-hidden">{` ${nameOf(credential)}`}</span>;
  return (
    <>
      {replaceAt !== undefined && mayRotate && (
        <a class="button quiet" href={paths.rotate(credential)}>
          {text.rotate}
          {which}
        </a>
      )}
      {replaceAt !== undefined && !mine && credential.usable && kind === 'personal' && owner.email !== undefined && (
        <a class="button quiet" href={letterTo(owner.email, credential, replaceAt, locale)}>
          {text.ask}
          {which}
        </a>
      )}
      <button class="button quiet" type="submit" name="only" value={id}>
        {text.revoke}
        {which}
      </button>
      <a class="button quiet" href={paths.audit(id)}>
        {text.activity}
        {which}
      </a>
    </>
  );
}

/** RFC 6068: a mail that the admin's own program opens, filled in. */
function letterTo(email: string, credential: ShownCredential, publicUrl: string, locale: Locale): string {
  const { credentials: text } = messagesFor(locale);
  const subject = encodeURIComponent(text.askSubject(nameOf(credential)));
  const body = text.askBody(nameOf(credential), publicUrl + pathsOf('').rotate({ ...credential, kind: 'personal' }));
  return `mailto:${encodeURIComponent(email)}?subject=${subject}&body=${encodeURIComponent(body.replaceAll('\n', '\r\n'))}`;
}

function nameOf({ name }: ShownCredential): string {
  return inertText(name, 100);
}
