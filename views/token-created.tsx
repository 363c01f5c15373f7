// The one page that shows a token's value: in the answer to the POST that made it, and never again.
import { Alert } from './components/alert.tsx';
import { ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Copyable } from './components/copyable.tsx';
import { Fact } from './components/fact.tsx';
import { OnDate } from './components/moment.tsx';
import type { Shell } from './components/page.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { ScopeList } from './components/token-facts.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { exactTime } from './text/dates.ts';
import { inTerminal } from './text/in-terminal.ts';
import { inertText } from './text/inert-text.ts';
import { sectionOf, type TokenArea } from './tokens.ts';

type CreatedToken = {
  value: string;
  name: string;
  /** Name of the organization it is bound to or belongs to. */
  organization: string;
  scopes?: readonly string[];
  expiresAt: Date | null;
};

/** What becomes of the token that the new one replaces. */
export type ReplacedToken = { worksUntil: Date | undefined; untilFirstUse: boolean };

type Props = {
  shell: Shell;
  area: TokenArea;
  token: CreatedToken;
  replaced?: ReplacedToken;
  publicUrl: string;
  /** A service to ask in the example of an organization's token. */
  exampleService: string;
};

export function TokenCreatedPage({ shell, area, token, replaced, publicUrl, exampleService }: Props) {
  const { locale } = shell;
  const { tokens: text, common } = messagesFor(locale);
  const { created } = text;
  return (
    <SettingsPage
      shell={shell}
      title={created.title}
      current={sectionOf(area)}
      organization={area.organization ?? area.organizations[0]}
    >
      <Card heading={created.title}>
        <Alert tone="warning">
          <strong>{created.once}</strong> {created.onceHint}
        </Alert>
        <Copyable id="token" label={created.token} locale={locale} kind="secret">
          {token.value}
        </Copyable>
        {replaced !== undefined && <p class="lead">{fateText(replaced, shell)}</p>}
        <dl class="facts">
          <Fact term={text.columns.name}>
            <bdi class="strong">{inertText(token.name, 100)}</bdi>
          </Fact>
          <Fact term={common.organization}>
            <bdi>{inertText(token.organization, 100)}</bdi>
          </Fact>
          {token.scopes !== undefined && (
            <Fact term={text.scopes}>
              <ScopeList scopes={token.scopes} locale={locale} />
            </Fact>
          )}
          <Fact term={text.columns.expires}>
            {token.expiresAt === null ? text.unlimited : <OnDate at={token.expiresAt} locale={locale} />}
          </Fact>
        </dl>
        <section class="part">
          <h2>{created.use}</h2>
          {commandsFor(shell, area.kind, token.value, publicUrl, exampleService).map(({ where, command }) => (
            <Copyable key={where} id={`use-${where}`} label={created[where]} locale={locale} kind="command">
              {command}
            </Copyable>
          ))}
        </section>
        <div class="actions row">
          <ButtonLink href={area.path}>{created.done}</ButtonLink>
        </div>
      </Card>
    </SettingsPage>
  );
}

function fateText({ worksUntil, untilFirstUse }: ReplacedToken, { locale }: Shell): string {
  const { created: text } = messagesFor(locale).tokens;
  if (worksUntil === undefined) return text.oldEnded;
  return (untilFirstUse ? text.oldEndsEarly : text.oldEnds)(exactTime(worksUntil, locale));
}

type Use = { where: 'request' | 'cli' | 'environment' | 'ci'; command: string };

/** A token is letters, digits, - and _: nothing in it needs more than quotes in a shell. */
function commandsFor(
  shell: Shell,
  kind: TokenArea['kind'],
  token: string,
  publicUrl: string,
  service: string,
): readonly Use[] {
  const [path, variable] =
    kind === 'personal' ? ['/api/users/me', 'TEAMDAY_API_TOKEN'] : [`/api/services/${service}`, 'TEAMDAY_ORG_TOKEN'];
  const server = kind === 'personal' && shell.server !== undefined ? `TEAMDAY_URL=${shell.server} ` : '';
  return [
    { where: 'request', command: `curl -H "Authorization: Bearer ${token}" ${publicUrl}${path}` },
    { where: 'cli', command: inTerminal(shell, `teamday auth set-key "${token}"`) },
    { where: 'environment', command: `export ${server}${variable}="${token}"` },
    { where: 'ci', command: `gh secret set ${variable} --body "${token}"` },
  ];
}
