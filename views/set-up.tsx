// `/set-up?token=…`, the one-time link of a first start in production: the organization and its first admin.
// Posts organization, name, email, password, token and csrf to /set-up.
import { Alert } from './components/alert.tsx';
import { Badge } from './components/badge.tsx';
import { Button } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Command } from './components/command.tsx';
import { Field } from './components/field.tsx';
import { Page, type Shell } from './components/page.tsx';
import { PostForm } from './components/post-form.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';

type FieldName = 'organization' | 'name' | 'email' | 'password';
export type SetUpProblem = keyof Messages['setUp']['problems'];

type Props = {
  shell: Shell;
  csrf: string;
  token: string;
  /** What was entered before; never the password. */
  values?: Partial<Record<Exclude<FieldName, 'password'>, string>>;
  problems?: Partial<Record<FieldName, SetUpProblem>>;
  /** The form was too old: nothing is wrong with what was entered. */
  stale?: boolean;
};

export function SetUpPage({ shell, csrf, token, values = {}, problems = {}, stale = false }: Props) {
  const { setUp: text, common } = messagesFor(shell.locale);
  const fields: readonly FieldName[] = ['organization', 'name', 'email', 'password'];
  const first = fields.find((name) => problems[name] !== undefined) ?? 'organization';
  const shared = (name: FieldName) => {
    const problem = problems[name];
    return { name, first: name === first, ...(problem === undefined ? {} : { problem: text.problems[problem] }) };
  };
  return (
    <Page shell={shell} title={text.title}>
      <Card heading={text.title} lead={text.lead}>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        {Object.keys(problems).length > 0 && <Alert tone="problem">{text.problem}</Alert>}
        <PostForm action="/set-up" csrf={csrf} hidden={{ token }}>
          <Field
            {...shared('organization')}
            label={common.organization}
            value={values.organization ?? ''}
            autocomplete="organization"
            hint={text.organizationHint}
          />
          <Field {...shared('name')} label={text.name} value={values.name ?? ''} autocomplete="name" />
          <Field
            {...shared('email')}
            label={common.email}
            kind="email"
            value={values.email ?? ''}
            autocomplete="username"
          />
          <Field
            {...shared('password')}
            label={common.password}
            kind="password"
            autocomplete="new-password"
            hint={text.passwordHint}
            minlength={8}
          />
          <div class="actions">
            <Button>{text.button}</Button>
          </div>
        </PostForm>
      </Card>
    </Page>
  );
}

/** The link is unknown, too old, or was used. */
export function SetUpLinkInvalidPage({ shell }: { shell: Shell }) {
  const text = messagesFor(shell.locale).setUp.invalid;
  return (
    <Page shell={shell} title={text.title}>
      <Card top={<Badge icon="clock" tone="warning" />} heading={text.title} lead={text.detail}>
        <ol class="steps">
          <li>{text.restart}</li>
          <li>
            {text.command}
            <Command>teamday-identity users create --help</Command>
          </li>
        </ol>
      </Card>
    </Page>
  );
}
