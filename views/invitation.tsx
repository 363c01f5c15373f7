// /invitations/{secret}, the link of a mail: who invites whom to what, and the way in. Posts csrf to the same path, and
// name and password where an account is made. A GET changes nothing.
import { Alert } from './components/alert.tsx';
import { Badge } from './components/badge.tsx';
import { Button, ButtonLink } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Fact } from './components/fact.tsx';
import { Field } from './components/field.tsx';
import { Page, type Shell } from './components/page.tsx';
import { PostForm, SignOutForm } from './components/post-form.tsx';
import type { Messages } from './messages/en.ts';
import { messagesFor } from './messages/messages-for.ts';
import type { Organization } from './organization.ts';
import { exactTime } from './text/dates.ts';
import { inertText } from './text/inert-text.ts';

export type RegistrationProblem = keyof Messages['invitations']['accept']['problems'];

/** `join`: as who is signed in. `switch`: somebody else is. `signIn`: to the account that there is. `register`: none. */
export type InvitationStep =
  | { step: 'join' | 'switch' | 'signIn' }
  | { step: 'register'; name: string; problems?: { name?: RegistrationProblem; password?: RegistrationProblem } };

type Props = {
  shell: Shell;
  csrf: string;
  /** Of this page. */
  path: string;
  invitation: {
    organization: string;
    inviter: string;
    email: string;
    role: Organization['role'];
    expiresAt: Date;
  };
  next: InvitationStep;
  /** The form was too old. */
  stale?: boolean;
};

export function InvitationPage(props: Props) {
  const { shell, invitation, stale = false } = props;
  const { invitations, common } = messagesFor(shell.locale);
  const { accept: text } = invitations;
  const title = text.title(inertText(invitation.organization, 100));
  return (
    <Page shell={shell} title={title}>
      <Card heading={<bdi>{title}</bdi>} lead={<bdi>{text.lead(inertText(invitation.inviter, 100))}</bdi>}>
        {stale && <Alert tone="notice">{common.stale}</Alert>}
        <dl class="facts">
          <Fact term={text.for}>
            <bdi class="strong">{inertText(invitation.email, 260)}</bdi>
          </Fact>
          <Fact term={text.role}>{common.roles[invitation.role]}</Fact>
          <Fact term={text.until}>{exactTime(invitation.expiresAt, shell.locale)}</Fact>
        </dl>
        <Next {...props} />
      </Card>
    </Page>
  );
}

function Next({ shell, csrf, path, next }: Props) {
  const { accept: text } = messagesFor(shell.locale).invitations;
  switch (next.step) {
    case 'join':
      return (
        <PostForm action={path} csrf={csrf}>
          <div class="actions">
            <Button>{text.join}</Button>
          </div>
        </PostForm>
      );
    case 'switch':
      return (
        <>
          <Alert tone="warning">{text.otherPerson(inertText(shell.signedInAs?.email ?? '', 260))}</Alert>
          <div class="actions">
            <SignOutForm csrf={csrf} returnTo={path}>
              {text.signOut}
            </SignOutForm>
          </div>
        </>
      );
    case 'signIn':
      return (
        <>
          <p class="hint">{text.signInHint}</p>
          <div class="actions">
            <ButtonLink href={`/sign-in?return_to=${encodeURIComponent(path)}`}>{text.signIn}</ButtonLink>
          </div>
        </>
      );
    case 'register':
      return <Registration shell={shell} csrf={csrf} path={path} next={next} />;
  }
}

type RegistrationProps = Pick<Props, 'shell' | 'csrf' | 'path'> & {
  next: Extract<InvitationStep, { step: 'register' }>;
};

function Registration({ shell, csrf, path, next: { name, problems = {} } }: RegistrationProps) {
  const { invitations, common } = messagesFor(shell.locale);
  const { accept: text } = invitations;
  const isRefused = problems.name !== undefined || problems.password !== undefined;
  const first = problems.name === undefined && problems.password !== undefined ? 'password' : 'name';
  return (
    <section class="part">
      <h2>{text.newAccount}</h2>
      {isRefused && <Alert tone="problem">{text.problem}</Alert>}
      <PostForm action={path} csrf={csrf}>
        <Field
          label={text.name}
          name="name"
          value={name}
          autocomplete="name"
          first={first === 'name'}
          problem={problems.name && text.problems[problems.name]}
        />
        <Field
          label={common.password}
          name="password"
          kind="password"
          autocomplete="new-password"
          hint={text.passwordHint}
          minlength={8}
          first={first === 'password'}
          problem={problems.password && text.problems[problems.password]}
        />
        <div class="actions">
          <Button>{text.create}</Button>
        </div>
      </PostForm>
    </section>
  );
}

/** The link is unknown, used, withdrawn or too old: which of these is not told. */
export function InvitationInvalidPage({ shell }: { shell: Shell }) {
  const { invitations, home, common } = messagesFor(shell.locale);
  const { invalid: text } = invitations;
  const isSignedIn = shell.signedInAs !== undefined;
  return (
    <Page shell={shell} title={text.title}>
      <Card top={<Badge icon="clock" tone="warning" />} heading={text.title} lead={text.detail}>
        {!isSignedIn && <p class="hint">{text.joined}</p>}
        <div class="actions">
          <ButtonLink href={isSignedIn ? '/' : '/sign-in'} look="secondary">
            {isSignedIn ? common.backHome : home.signIn}
          </ButtonLink>
        </div>
      </Card>
    </Page>
  );
}
