// `/cli-auth` without a code that can be used: asks for the one the terminal shows. A GET to the same path,
// which changes nothing; approving is the next page's matter.
import { Alert } from './components/alert.tsx';
import { Button } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Field } from './components/field.tsx';
import { Page, type Shell } from './components/page.tsx';
import { messagesFor } from './messages/messages-for.ts';
import { inTime } from './text/relative-time.ts';

type Problem = { problem?: 'unknown' | 'malformed' } | { problem: 'too_many'; retryAfterSeconds: number };

/** `code` is what was typed, as it was typed. */
type Props = { shell: Shell; code?: string } & Problem;

export function CliAuthCodePage(props: Props) {
  const { shell, code = '' } = props;
  const text = messagesFor(shell.locale).code;
  const wrong = props.problem === 'unknown' || props.problem === 'malformed' ? { problem: text[props.problem] } : {};
  return (
    <Page shell={shell} title={text.title}>
      <Card heading={text.title} lead={text.lead}>
        {props.problem === 'too_many' && (
          <Alert tone="notice">{text.tooMany(inTime(props.retryAfterSeconds, shell.locale))}</Alert>
        )}
        <form method="get" action="/cli-auth">
          <Field
            label={text.label}
            name="code"
            value={code}
            autocomplete="off"
            hint={text.hint}
            kind="code"
            first
            {...wrong}
          />
          <div class="actions">
            <Button>{text.button}</Button>
          </div>
        </form>
      </Card>
    </Page>
  );
}
