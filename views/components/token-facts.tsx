// What is known of one token, where somebody decides about it; and of its last use, also in the list.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import { inertText } from '../text/inert-text.ts';
import type { ShownToken } from '../tokens.ts';
import { Fact } from './fact.tsx';
import { OnDate, Relative } from './moment.tsx';

type Props = { token: ShownToken; now: Date; locale: Locale };

export function TokenFacts({ token, now, locale }: Props) {
  const { tokens: text, common } = messagesFor(locale);
  return (
    <dl class="facts">
      <Fact term={text.columns.name}>
        <bdi class="strong">{inertText(token.name, 100)}</bdi>
        <br />
        <code>{token.preview}</code>
      </Fact>
      {token.organization !== undefined && (
        <Fact term={common.organization}>
          <bdi>{inertText(token.organization, 100)}</bdi>
        </Fact>
      )}
      {token.scopes !== undefined && (
        <Fact term={text.scopes}>
          <ScopeList scopes={token.scopes} locale={locale} />
        </Fact>
      )}
      <Fact term={text.columns.created}>
        <OnDate at={token.createdAt} locale={locale} />
      </Fact>
      <Fact term={text.columns.lastUsed}>
        <LastUse token={token} now={now} locale={locale} />
      </Fact>
      <Fact term={text.columns.expires}>
        <Expiry token={token} now={now} locale={locale} />
      </Fact>
    </dl>
  );
}

/** "2 hours ago", and by what. */
export function LastUse({ token: { lastUsed }, now, locale }: Props) {
  const { tokens: text } = messagesFor(locale);
  if (lastUsed === undefined) return <span class="soft">{text.never}</span>;
  const by = [lastUsed.address, lastUsed.userAgent].filter((each) => each !== undefined);
  return (
    <>
      <Relative at={lastUsed.at} now={now} locale={locale} />
      {by.map((each) => (
        <bdi key={each} class="detail">
          {inertText(each, 60)}
        </bdi>
      ))}
    </>
  );
}

/** "in 90 days", and the date. */
export function Expiry({ token: { expiresAt }, now, locale }: Props) {
  const { tokens: text } = messagesFor(locale);
  if (expiresAt === null) return <span class="soft">{text.unlimited}</span>;
  return (
    <>
      <Relative at={expiresAt} now={now} locale={locale} />
      <span class="detail">
        <OnDate at={expiresAt} locale={locale} />
      </span>
    </>
  );
}

export function ScopeList({ scopes, locale }: { scopes: readonly string[]; locale: Locale }) {
  const { tokens: text } = messagesFor(locale);
  return (
    <span class="scopes">
      {scopes.map((scope) => (
        <span key={scope} class="pill">
          {scope === 'all' ? text.allServices : scope}
        </span>
      ))}
    </span>
  );
}
