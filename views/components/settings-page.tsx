// The frame of Settings and Organization Settings: what there is to set, and the one that is shown.
import type { ComponentChildren } from 'preact';
import { messagesFor } from '../messages/messages-for.ts';
import type { TokenKind } from '../tokens.ts';
import { Page, type Shell } from './page.tsx';

const SECTIONS = [
  { kind: 'personal', href: '/settings/api-keys' },
  { kind: 'organization', href: '/organization/tokens' },
] as const;

type Props = { shell: Shell; title: string; current: TokenKind; children: ComponentChildren };

export function SettingsPage({ shell, title, current, children }: Props) {
  const { tokens: text } = messagesFor(shell.locale);
  return (
    <Page shell={shell} title={title} width="full">
      <div class="settings">
        <nav class="sections" aria-label={text.settings}>
          {SECTIONS.map(({ kind, href }) => (
            <div key={kind}>
              <p>{text.kinds[kind].group}</p>
              <a href={href} aria-current={kind === current ? 'page' : undefined}>
                {text.kinds[kind].tab}
              </a>
            </div>
          ))}
        </nav>
        <div>{children}</div>
      </div>
    </Page>
  );
}
