// A labelled choice of one out of many.

type Props = {
  label: string;
  /** Also the id, so a name may appear once on a page. */
  name: string;
  selected: string | undefined;
  options: readonly { value: string; text: string }[];
};

export function SelectField({ label, name, selected = '', options }: Props) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        {options.map(({ value, text }) => (
          <option key={value} value={value} selected={value === selected}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
