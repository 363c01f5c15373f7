// `/credentials/revoke`: for whoever has found a token, without signing in. Posts tokens (a text that holds them) and
// csrf to the same path. The answer is one and the same, whatever was sent.
import { Alert } from './components/alert.tsx';
import { Badge } from './components/badge.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { describedBy, Explanation } from './components/explanation.tsx';
import { Page, type Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { inTime } from './text/relative-time.ts';

type Props = {
  shell: Shell;
  csrf: string;
  /** As it was typed. */
  typed?: string;
  problem?: 'required' | 'tooMany' | 'stale' | { retryAfterSeconds: number };
};

export function LeakReportPage({ shell, csrf, typed = '', problem }: Props) {
  const { leak: text, common } = messagesFor(shell.locale);
  const explained = {
    hint: text.hint,
    problem: problem === 'required' || problem === 'tooMany' ? text[problem] : undefined,
  };
  return (
    <Page shell={shell} title={text.title} width="wide">
      <Card heading={text.title} lead={text.lead}>
        {problem === 'stale' && <Alert tone="notice">{common.stale}</Alert>}
        {typeof problem === 'object' && (
          <Alert tone="notice">{text.limited(inTime(problem.retryAfterSeconds, shell.locale))}</Alert>
        )}
        <PostForm action="/credentials/revoke" csrf={csrf}>
          <div class="field">
            <label for="tokens">{text.label}</label>
            <textarea
              id="tokens"
              name="tokens"
              class="secrets"
              rows={6}
              required
              autofocus
              spellcheck={false}
              autocapitalize="none"
              autocomplete="off"
              aria-invalid={explained.problem === undefined ? undefined : 'true'}
              aria-describedby={describedBy('tokens', explained)}
              value={typed}
            />
            <Explanation id="tokens" {...explained} />
          </div>
          <Alert tone="warning">{text.warning}</Alert>
          <div class="actions">
            <Button>{text.button}</Button>
          </div>
        </PostForm>
      </Card>
    </Page>
  );
}

export function LeakReportedPage({ shell }: { shell: Shell }) {
  const { leak: text } = messagesFor(shell.locale);
  return (
    <Page shell={shell} title={text.title}>
      <div class="centred">
        <Card top={<Badge icon="check" tone="good" />} heading={text.thanks} lead={text.thanksDetail}>
          <div class="actions">
            <ButtonLink href="/credentials/revoke" look="secondary">
              {text.another}
            </ButtonLink>
          </div>
        </Card>
      </div>
    </Page>
  );
}
