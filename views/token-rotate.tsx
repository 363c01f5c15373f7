// …/{id}/rotate: a new token in an old one's place. Posts grace (seconds), until_first_use and csrf to the same path.
import { Alert } from './components/alert.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Choice, Choices } from './components/choices.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import { TokenFacts } from './components/token-facts.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { inTime } from './text/relative-time.ts';
import { type ShownToken, sectionOf, type TokenArea } from './tokens.ts';

/** Seconds for which the old token may go on working. */
export const GRACES = [0, 3_600, 86_400, 604_800] as const;

type Props = {
  shell: Shell;
  csrf: string;
  area: TokenArea;
  token: ShownToken;
  /** As it was chosen, or what is suggested. */
  grace: string;
  untilFirstUse: boolean;
  problem?: 'stale' | 'graceInvalid' | { retryAfterSeconds: number };
  now: Date;
};

export function RotateTokenPage({ shell, csrf, area, token, grace, untilFirstUse, problem, now }: Props) {
  const { locale } = shell;
  const { tokens: text, common } = messagesFor(locale);
  const { rotation } = text;
  return (
    <SettingsPage
      shell={shell}
      title={rotation.title}
      current={sectionOf(area)}
      organization={area.organization ?? area.organizations[0]}
    >
      <Card heading={rotation.title} lead={rotation.lead}>
        {problem === 'stale' && <Alert tone="notice">{common.stale}</Alert>}
        {typeof problem === 'object' && (
          <Alert tone="notice">{text.form.limited(inTime(problem.retryAfterSeconds, locale))}</Alert>
        )}
        <TokenFacts token={token} now={now} locale={locale} />
        <PostForm action={`${area.path}/${token.id}/rotate`} csrf={csrf}>
          <Choices
            id="grace"
            legend={rotation.grace}
            problem={problem === 'graceInvalid' ? rotation.graceInvalid : undefined}
          >
            {GRACES.map((seconds) => (
              <Choice key={seconds} name="grace" value={String(seconds)} checked={grace === String(seconds)}>
                {rotation.graces[seconds]}
              </Choice>
            ))}
            <Choice
              kind="checkbox"
              name="until_first_use"
              value="on"
              checked={untilFirstUse}
              note={rotation.untilFirstUseHint}
            >
              {rotation.untilFirstUse}
            </Choice>
          </Choices>
          <div class="actions row">
            <Button>{rotation.submit}</Button>
            <ButtonLink href={area.path} look="secondary">
              {common.cancel}
            </ButtonLink>
          </div>
        </PostForm>
      </Card>
    </SettingsPage>
  );
}
