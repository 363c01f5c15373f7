// Why nothing can be done with a token, or by this person, on a page that leads back to the list.
import type { Shell } from './components/page.tsx';
import { ErrorPage } from './error.tsx';
import { messagesFor } from './messages/messages-for.ts';
import type { TokenArea } from './tokens.ts';

/** `left`: the organization that the token is bound to, or the sign-in. */
export type TokenRefusal = 'viewer' | 'left' | 'gone' | 'replaced';

export const REFUSAL_STATUS: Record<TokenRefusal, number> = { viewer: 403, left: 403, gone: 404, replaced: 409 };

type Props = { shell: Shell; area: TokenArea; why: TokenRefusal; requestId: string };

export function TokenRefusalPage({ shell, area, why, requestId }: Props) {
  const { tokens: text } = messagesFor(shell.locale);
  return (
    <ErrorPage
      shell={shell}
      status={REFUSAL_STATUS[why]}
      {...text.refusals[why]}
      requestId={requestId}
      back={{ href: area.path, label: text.backToList }}
    />
  );
}
