// …/{id}/revoke: names the token, who used it last, and what will break. Posts csrf to the same path.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { TokenFacts } from './components/token-facts.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { type ShownToken, sectionOf, type TokenArea } from './tokens.ts';

/** `stale`: the form was too old. */
type Props = { shell: Shell; csrf: string; area: TokenArea; token: ShownToken; stale?: boolean; now: Date };

export function RevokeTokenPage({ shell, csrf, area, token, stale = false, now }: Props) {
  const { tokens: text, common } = messagesFor(shell.locale);
  return (
    <SettingsPage
      shell={shell}
      title={text.revocation.title}
      current={sectionOf(area)}
      organization={area.organization ?? area.organizations[0]}
    >
      <Card heading={text.revocation.title}>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        <TokenFacts token={token} now={now} locale={shell.locale} />
        <Alert tone="warning">{text.revocation.warning}</Alert>
        <PostForm action={`${area.path}/${token.id}/revoke`} csrf={csrf}>
          <div class="actions row">
            <Button look="danger">{text.revocation.submit}</Button>
            <ButtonLink href={area.path} look="secondary">
              {common.cancel}
            </ButtonLink>
          </div>
        </PostForm>
      </Card>
    </SettingsPage>
  );
}
