// A labelled input with its hint and its problem, tied together for assistive technology.
import type { JSX } from 'preact';
import { describedBy, type Explained, Explanation } from './explanation.tsx';

/** `code` is the user code of a device: large, fixed width, capitals. Nobody wants spelling help in it. */
const kinds = {
  text: { type: 'text' },
  email: { type: 'email', autocapitalize: 'none', spellcheck: false },
  password: { type: 'password' },
  moment: { type: 'datetime-local', step: 1 },
  token: { type: 'text', autocapitalize: 'none', spellcheck: false, class: 'secrets' },
  code: { type: 'text', autocapitalize: 'characters', spellcheck: false, class: 'code-input' },
} satisfies Record<string, JSX.IntrinsicElements['input']>;

type Props = Explained & {
  label: string;
  /** Also the id, so a name may appear once on a page. */
  name: string;
  kind?: keyof typeof kinds;
  value?: string;
  autocomplete: string;
  minlength?: number;
  /** The id of a message elsewhere on the page that tells why this field was refused. */
  problemId?: string;
  /** Where the cursor starts: one field of a page whose purpose is this form. */
  first?: boolean;
};

export function Field({ label, name, kind = 'text', hint, problem, problemId, first = false, ...input }: Props) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        required
        autofocus={first}
        aria-invalid={problem === undefined && problemId === undefined ? undefined : 'true'}
        aria-describedby={describedBy(name, { hint, problem }, problemId)}
        {...kinds[kind]}
        {...input}
      />
      <Explanation id={name} hint={hint} problem={problem} />
    </div>
  );
}
