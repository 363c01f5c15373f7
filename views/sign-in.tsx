// `/sign-in`: email and password. Posts email, password, return_to and csrf to the same path.
import { Alert } from './components/alert.tsx';
import { Button } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Field } from './components/field.tsx';
import { Page, type Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import { inTime } from './text/relative-time.ts';

type Problem = { problem?: 'wrong' | 'stale' } | { problem: 'too_many'; retryAfterSeconds: number };

/** `returnTo` is a path of this server that the route has checked; `email` what was typed before. */
type Props = { shell: Shell; csrf: string; returnTo: string; email?: string; purpose?: 'cli' } & Problem;

const PROBLEM_ID = 'sign-in-problem';

export function SignInPage(props: Props) {
  const { shell, csrf, returnTo, email = '', purpose } = props;
  const text = messagesFor(shell.locale);
  const problem = problemText(props, text);
  const refused = props.problem === 'wrong' ? { problemId: PROBLEM_ID } : {};
  return (
    <Page shell={shell} title={text.signIn.title}>
      <Card heading={text.signIn.title} lead={purpose === 'cli' ? text.signIn.cliLead : text.signIn.lead}>
        {problem !== undefined && (
          <Alert tone={props.problem === 'wrong' ? 'problem' : 'notice'} id={PROBLEM_ID}>
            {problem}
          </Alert>
        )}
        <PostForm action="/sign-in" csrf={csrf} hidden={{ return_to: returnTo }}>
          <Field
            label={text.common.email}
            name="email"
            kind="email"
            value={email}
            autocomplete="username"
            first={email === ''}
            {...refused}
          />
          <Field
            label={text.common.password}
            name="password"
            kind="password"
            autocomplete="current-password"
            first={email !== ''}
            {...refused}
          />
          <div class="actions">
            <Button>{text.signIn.button}</Button>
          </div>
        </PostForm>
      </Card>
    </Page>
  );
}

function problemText(props: Props, text: Messages): string | undefined {
  switch (props.problem) {
    case 'wrong':
      return text.signIn.wrong;
    case 'stale':
      return text.common.stale;
    case 'too_many':
      return text.signIn.tooMany(inTime(props.retryAfterSeconds, props.shell.locale));
    default:
      return undefined;
  }
}
