// A list of tokens: a table where there is room, a card each where there isn't.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import { exactTime } from '../text/dates.ts';
import { inertText } from '../text/inert-text.ts';
import { ageInSeconds, fromNow } from '../text/relative-time.ts';
import { type ShownToken, stateOf, type TokenArea, type TokenState } from '../tokens.ts';
import { OnDate } from './moment.tsx';
import { Expiry, LastUse, ScopeList } from './token-facts.tsx';

type Props = { area: TokenArea; tokens: readonly ShownToken[]; now: Date; locale: Locale };

const tones: Record<TokenState, 'good' | 'care' | 'bad' | 'neutral'> = {
  active: 'good',
  expiring: 'care',
  unused: 'neutral',
  replaced: 'care',
  expired: 'bad',
  unusable: 'bad',
};

export function TokenTable({ area, tokens, now, locale }: Props) {
  const { tokens: text } = messagesFor(locale);
  const { columns } = text;
  return (
    <table class="tokens">
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.created}</th>
          <th scope="col">{columns.lastUsed}</th>
          <th scope="col">{columns.expires}</th>
          <th scope="col">{columns.status}</th>
          {area.mayChange && (
            <th scope="col">
              <span class="visually-hidden">{columns.actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">
              <bdi class="strong">{inertText(token.name, 100)}</bdi>
              <code class="detail">{token.preview}</code>
              {token.organization !== undefined && <bdi class="detail">{inertText(token.organization, 100)}</bdi>}
              {token.scopes !== undefined && <ScopeList scopes={token.scopes} locale={locale} />}
            </th>
            <td data-label={columns.created}>
              <OnDate at={token.createdAt} locale={locale} />
              {token.createdBy !== undefined && (
                <bdi class="detail">{text.createdBy(inertText(token.createdBy, 100))}</bdi>
              )}
            </td>
            <td data-label={columns.lastUsed}>
              <LastUse token={token} now={now} locale={locale} />
            </td>
            <td data-label={columns.expires}>
              <Expiry token={token} now={now} locale={locale} />
            </td>
            <td data-label={columns.status}>
              <Status token={token} now={now} locale={locale} />
            </td>
            {area.mayChange && (
              <td class="row-actions">
                {!token.replaced && token.usable && (
                  <Action href={`${area.path}/${token.id}/rotate`} label={text.rotate} token={token} />
                )}
                <Action href={`${area.path}/${token.id}/revoke`} label={text.revoke} token={token} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type StatusProps = { token: ShownToken; unusable?: string; now: Date; locale: Locale };

/** `unusable`: what is said to others than its owner of a token whose owner has left. */
export function Status({ token, unusable, now, locale }: StatusProps) {
  const state = stateOf(token, now);
  const text = state === 'unusable' && unusable !== undefined ? unusable : stateText(token, state, now, locale);
  return <span class={`state ${tones[state]}`}>{text}</span>;
}

function stateText({ expiresAt }: ShownToken, state: TokenState, now: Date, locale: Locale): string {
  const { states: text } = messagesFor(locale).tokens;
  if (expiresAt !== null && state === 'expiring') return text.expiring(fromNow(ageInSeconds(now, expiresAt), locale));
  if (expiresAt !== null && state === 'replaced') return text.replaced(exactTime(expiresAt, locale));
  return state === 'expiring' || state === 'replaced' ? text.active : text[state];
}

/** Its name says which token, for whoever hears it without the row. */
function Action({ href, label, token }: { href: string; label: string; token: ShownToken }) {
  return (
    <a class="button quiet" href={href}>
      {label}
      <span class="visually-hidden">{` ${inertText(token.name, 100)}`}</span>
    </a>
  );
}
