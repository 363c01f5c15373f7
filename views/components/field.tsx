// A labelled input with its hint and its problem, tied together for assistive technology.
import type { JSX } from 'preact';

/** `code` is the user code of a device: large, fixed width, capitals. Nobody wants spelling help in it. */
const kinds = {
  text: { type: 'text' },
  email: { type: 'email', autocapitalize: 'none', spellcheck: false },
  password: { type: 'password' },
  code: { type: 'text', autocapitalize: 'characters', spellcheck: false, class: 'code-input' },
} satisfies Record<string, JSX.IntrinsicElements['input']>;

type Props = {
  label: string;
  /** Also the id, so a name may appear once on a page. */
  name: string;
  kind?: keyof typeof kinds;
  value?: string;
  autocomplete: string;
  minlength?: number;
  hint?: string;
  /** What is wrong with what was entered, and what to enter instead. */
  problem?: string;
  /** The id of a message elsewhere on the page that tells why this field was refused. */
  problemId?: string;
  /** Where the cursor starts: one field of a page whose purpose is this form. */
  first?: boolean;
};

export function Field({ label, name, kind = 'text', hint, problem, problemId, first = false, ...input }: Props) {
  const explainedBy = problem === undefined ? problemId : `${name}-problem`;
  const describedBy = [explainedBy, hint === undefined ? undefined : `${name}-hint`].filter((id) => id !== undefined);
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        required
        autofocus={first}
        aria-invalid={explainedBy === undefined ? undefined : 'true'}
        aria-describedby={describedBy.length === 0 ? undefined : describedBy.join(' ')}
        {...kinds[kind]}
        {...input}
      />
      {problem !== undefined && (
        <p class="problem" id={`${name}-problem`}>
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
