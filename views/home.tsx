// `/`: what this server is, who is signed in, and the way to a signed-in terminal.
import { ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Command } from './components/command.tsx';
import { Page, type Shell } from './components/page.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inTerminal } from './text/in-terminal.ts';

/** `organizations` are those of the person in `shell.signedInAs`; without one they are left out. */
type Props = { shell: Shell; organizations: readonly Organization[] };

export function HomePage({ shell, organizations }: Props) {
  const text = messagesFor(shell.locale);
  const person = shell.signedInAs;
  return (
    <Page shell={shell} title={person === undefined ? text.home.title : text.home.hello(person.name)}>
      {person === undefined ? (
        <Card heading={text.home.title} lead={text.home.lead}>
          <div class="actions">
            <ButtonLink href="/sign-in">{text.home.signIn}</ButtonLink>
          </div>
          <TerminalHint shell={shell} text={text} />
        </Card>
      ) : (
        <Card heading={<bdi>{text.home.hello(person.name)}</bdi>} lead={text.home.signedInLead}>
          <div class="actions">
            <ButtonLink href="/cli-auth">{text.common.enterCode}</ButtonLink>
          </div>
          <Organizations organizations={organizations} text={text} />
          <TokenLinks text={text} />
          <TerminalHint shell={shell} text={text} />
        </Card>
      )}
    </Page>
  );
}

function Organizations({ organizations, text }: { organizations: readonly Organization[]; text: Messages }) {
  return (
    <section class="part">
      <h2>{text.home.organizations}</h2>
      {organizations.length === 0 ? (
        <p class="hint">{text.home.noOrganization}</p>
      ) : (
        <ul class="rows">
          {organizations.map(({ id, name, role }) => (
            <li key={id}>
              <bdi class="clip">{name}</bdi>
              <span class="pill">{text.common.roles[role]}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function TokenLinks({ text }: { text: Messages }) {
  const { personal, organization } = text.tokens.kinds;
  return (
    <section class="part">
      <h2>{text.home.tokensTitle}</h2>
      <p class="hint">{text.home.tokensHint}</p>
      <div class="actions pair">
        <ButtonLink href="/settings/api-keys" look="secondary">
          {personal.tab}
        </ButtonLink>
        <ButtonLink href="/organization/tokens" look="secondary">
          {organization.tab}
        </ButtonLink>
      </div>
    </section>
  );
}

function TerminalHint({ shell, text }: { shell: Shell; text: Messages }) {
  return (
    <section class="part">
      <h2>{text.home.terminalTitle}</h2>
      <p class="hint">{text.home.terminalHint}</p>
      <Command>{inTerminal(shell, 'teamday auth login')}</Command>
    </section>
  );
}
