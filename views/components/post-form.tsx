// Forms that change something: always POST, always with the token against cross-site requests.
import type { ComponentChildren } from 'preact';
import { Button, type Look } from './button.tsx';

type Props = {
  action: string;
  csrf: string;
  hidden?: Record<string, string>;
  /** `listing`: there is a table in it, which wants room. */
  look?: 'listing';
  children: ComponentChildren;
};

export function PostForm({ action, csrf, hidden = {}, look, children }: Props) {
  return (
    <form method="post" action={action} class={look}>
      {Object.entries({ csrf, ...hidden }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}

/** `returnTo` is the path to come back to once somebody has signed in again. */
export function SignOutForm(props: { csrf: string; returnTo?: string; look?: Look; children: ComponentChildren }) {
  const hidden = props.returnTo === undefined ? {} : { return_to: props.returnTo };
  return (
    <PostForm action="/sign-out" csrf={props.csrf} hidden={hidden}>
      <Button look={props.look ?? 'secondary'}>{props.children}</Button>
    </PostForm>
  );
}
