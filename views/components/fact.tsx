// One line of a `dl.facts`: what it is, and how it is here.
import type { ComponentChildren } from 'preact';

export function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
