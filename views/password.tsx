// Settings → Password. Posts current, next and csrf to the same path.
import { Alert } from './components/alert.tsx';
import { Button } from './components/button.tsx';
import { Field } from './components/field.tsx';
import type { Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import { SettingsPage } from './components/settings-page.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { inTime } from './text/relative-time.ts';

type PasswordProblem = keyof Messages['password']['problems'];

type Props = {
  shell: Shell;
  csrf: string;
  /** The visitor's first. */
  organization: Organization | undefined;
  problems?: { current?: PasswordProblem; next?: PasswordProblem };
  /** The form was too old. */
  stale?: boolean;
  /** Too many attempts. */
  retryAfterSeconds?: number;
  /** The last form changed it. */
  changed?: boolean;
};

export function PasswordPage(props: Props) {
  const { shell, csrf, organization, problems = {}, stale = false, retryAfterSeconds, changed = false } = props;
  const { password: text, common } = messagesFor(shell.locale);
  const shared = (name: 'current' | 'next') => {
    const problem = problems[name];
    return { name, kind: 'password' as const, ...(problem === undefined ? {} : { problem: text.problems[problem] }) };
  };
  return (
    <SettingsPage shell={shell} title={text.title} current="password" organization={organization}>
      <section class="card">
        <h1>{text.title}</h1>
        {changed && (
          <Alert tone="success">
            {text.changed} {text.changedTokens}
          </Alert>
        )}
        <p class="lead">{text.lead}</p>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        {retryAfterSeconds !== undefined && (
          <Alert tone="notice">{text.tooMany(inTime(retryAfterSeconds, shell.locale))}</Alert>
        )}
        {Object.keys(problems).length > 0 && <Alert tone="problem">{text.problem}</Alert>}
        <PostForm action="/settings/password" csrf={csrf}>
          <input type="hidden" name="username" autocomplete="username" value={shell.signedInAs?.email ?? ''} />
          <Field
            {...shared('current')}
            label={text.current}
            autocomplete="current-password"
            first={!changed && (problems.current !== undefined || problems.next === undefined)}
          />
          <Field
            {...shared('next')}
            label={text.next}
            autocomplete="new-password"
            hint={text.nextHint}
            minlength={8}
            first={problems.current === undefined && problems.next !== undefined}
          />
          <div class="actions">
            <Button>{text.submit}</Button>
          </div>
        </PostForm>
        <div class="part">
          <p class="hint">{text.tokensNote}</p>
          <p class="links">
            <a href="/settings/api-keys">{text.tokensLink}</a>
          </p>
        </div>
      </section>
    </SettingsPage>
  );
}
