// The two things that look like buttons: one submits a form, one goes somewhere.
import type { ComponentChildren } from 'preact';

/** `quiet` looks like a link, for what is beside the point of the page; `danger` can't be undone. */
export type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

type ButtonProps = { look?: Look; name?: string; value?: string; children: ComponentChildren };

export function Button({ look = 'primary', children, ...attributes }: ButtonProps) {
  return (
    <button type="submit" class={`button ${look}`} {...attributes}>
      {children}
    </button>
  );
}

export function ButtonLink({
  look = 'primary',
  href,
  children,
}: {
  look?: Look;
  href: string;
  children: ComponentChildren;
}) {
  return (
    <a class={`button ${look}`} href={href}>
      {children}
    </a>
  );
}
