// The token that an audit search is about, and what it was used for.

import { Moment } from './audit-table.tsx';
import type { AuditedToken, ShownUsage } from './audited.ts';
import { Fact } from './components/fact.tsx';
import { type Locale, messagesFor } from './messages/messages-for.ts';
import { inertText } from './text/inert-text.ts';
import { numberText } from './text/numbers.ts';

export function AuditedTokenFacts({ token, locale }: { token: AuditedToken; locale: Locale }) {
  const { audit: text, tokens } = messagesFor(locale);
  const { revoked, lastUsed, expiresAt, owner } = token;
  return (
    <dl class="facts">
      <Fact term={tokens.columns.name}>
        <bdi class="strong line">{inertText(token.name, 100)}</bdi>
        <code>{token.preview}</code>
      </Fact>
      <Fact term={text.owner}>
        {owner === undefined ? (
          text.ofOrganization(inertText(token.createdBy, 100))
        ) : (
          <bdi>{inertText(owner, 200)}</bdi>
        )}
      </Fact>
      <Fact term={tokens.columns.created}>
        <Moment at={token.createdAt} locale={locale} />
      </Fact>
      <Fact term={tokens.columns.expires}>
        {expiresAt === null ? <span class="soft">{tokens.unlimited}</span> : <Moment at={expiresAt} locale={locale} />}
      </Fact>
      <Fact term={text.revoked}>
        {revoked === undefined ? (
          <span class="state good">{text.notRevoked}</span>
        ) : (
          <>
            <Moment at={revoked.at} locale={locale} />
            <span class="detail">{text.reasons[revoked.reason] ?? revoked.reason}</span>
          </>
        )}
      </Fact>
      <Fact term={tokens.columns.lastUsed}>
        {lastUsed === undefined ? (
          <span class="soft">{tokens.never}</span>
        ) : (
          <>
            <Moment at={lastUsed.at} locale={locale} />
            {lastUsed.address !== undefined && <bdi class="detail">{lastUsed.address}</bdi>}
          </>
        )}
      </Fact>
    </dl>
  );
}

export function UsageTable({ usage, locale }: { usage: readonly ShownUsage[]; locale: Locale }) {
  const { columns, usage: text } = messagesFor(locale).audit;
  if (usage.length === 0) return <p class="hint">{text.none}</p>;
  return (
    <table class="tokens audit">
      <thead>
        <tr>
          <th scope="col">{columns.service}</th>
          <th scope="col">{columns.route}</th>
          <th scope="col">{columns.from}</th>
          <th scope="col">{columns.requests}</th>
          <th scope="col">{columns.when}</th>
        </tr>
      </thead>
      <tbody>
        {usage.map((use) => (
          <tr key={[use.service, use.method, use.route, use.address].join(' ')}>
            <th scope="row" class="name">
              <bdi class="strong">{inertText(use.service)}</bdi>
            </th>
            <td data-label={columns.route}>
              {use.route === undefined ? (
                <Untold locale={locale} />
              ) : (
                <code>{inertText([use.method, use.route].join(' '), 100)}</code>
              )}
            </td>
            <td data-label={columns.from} class="place">
              {use.address === undefined ? <Untold locale={locale} /> : <bdi>{inertText(use.address)}</bdi>}
            </td>
            <td data-label={columns.requests} class="count">
              {numberText(use.requests, locale)}
            </td>
            <td data-label={columns.when}>
              <span class="line">
                {`${columns.first} `}
                <Moment at={use.firstAt} locale={locale} />
              </span>
              <span class="line">
                {`${columns.last} `}
                <Moment at={use.lastAt} locale={locale} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Untold({ locale }: { locale: Locale }) {
  return <span class="soft">{messagesFor(locale).audit.usage.notTold}</span>;
}
