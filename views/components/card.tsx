// The sheet a page stands on, with its heading.
import type { ComponentChildren } from 'preact';

type Props = {
  heading: ComponentChildren;
  lead?: ComponentChildren;
  top?: ComponentChildren;
  children?: ComponentChildren;
};

/** `top` is decoration above the heading. */
export function Card({ heading, lead, top, children }: Props) {
  return (
    <section class="card">
      {top}
      <h1>{heading}</h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}
