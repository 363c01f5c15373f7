// The end of `/cli-auth`: what became of the request, and what to do now.
import { Badge } from './components/badge.tsx';
import { ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Command } from './components/command.tsx';
import { SpokenTick } from './components/icons.tsx';
import { Page, type Shell } from './components/page.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { inTerminal } from './text/in-terminal.ts';

export type CliAuthOutcome = 'approved' | 'cancelled' | 'expired' | 'used';

const badges = {
  approved: <Badge icon="check" tone="good" />,
  cancelled: <Badge icon="cross" tone="neutral" />,
  expired: <Badge icon="clock" tone="warning" />,
  used: <Badge icon="warning" tone="warning" />,
};

export function CliAuthResultPage({ shell, outcome }: { shell: Shell; outcome: CliAuthOutcome }) {
  const text = messagesFor(shell.locale).result;
  const { title, detail } = text[outcome];
  const heading = (
    <>
      {outcome === 'approved' && <SpokenTick />}
      {title}
    </>
  );
  return (
    <Page shell={shell} title={title}>
      <div class="centred">
        <Card top={badges[outcome]} heading={heading} lead={detail}>
          {outcome !== 'approved' && (
            <>
              <Command>{inTerminal(shell, 'teamday auth login')}</Command>
              <div class="actions">
                <ButtonLink href="/cli-auth" look="secondary">
                  {text.anotherCode}
                </ButtonLink>
              </div>
            </>
          )}
        </Card>
      </div>
    </Page>
  );
}
