// A question with a few answers to tick.
import type { ComponentChildren } from 'preact';
import { describedBy, type Explained, Explanation } from './explanation.tsx';

/** `id` is unique on the page. */
type ChoicesProps = Explained & { id: string; legend: string; children: ComponentChildren };

export function Choices({ id, legend, children, ...explained }: ChoicesProps) {
  return (
    <fieldset class="choices" aria-describedby={describedBy(id, explained)}>
      <legend>{legend}</legend>
      <Explanation id={id} {...explained} />
      <div class="options">{children}</div>
    </fieldset>
  );
}

type ChoiceProps = {
  kind?: 'radio' | 'checkbox';
  name: string;
  value: string;
  checked: boolean;
  /** Where the cursor starts. */
  first?: boolean;
  /** Beside the answer: what it comes to. */
  note?: ComponentChildren;
  children: ComponentChildren;
};

export function Choice({ kind = 'radio', name, value, checked, first = false, note, children }: ChoiceProps) {
  return (
    <label class="choice">
      <input type={kind} name={name} value={value} checked={checked} autofocus={first} />
      <span class="answer">{children}</span>
      {note !== undefined && <span class="note">{note}</span>}
    </label>
  );
}
