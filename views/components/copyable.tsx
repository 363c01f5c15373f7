// A text to take away: one click copies it, and without the script one click selects all of it.
import { type Locale, messagesFor } from '../messages/messages-for.ts';

type Props = {
  /** Unique on the page. */
  id: string;
  label: string;
  locale: Locale;
  /** A `command` is shown behind a prompt that isn't copied; a `secret` is what the page is about. */
  kind: 'command' | 'secret';
  children: string;
};

export function Copyable({ id, label, locale, kind, children }: Props) {
  const { tokens: text } = messagesFor(locale);
  return (
    <div class={`copyable ${kind}-text`}>
      <div class="copyable-head">
        <p>{label}</p>
        <p class="copied" role="status" />
        <button
          type="button"
          class={`button ${kind === 'secret' ? 'secondary' : 'quiet'}`}
          hidden
          data-copy={id}
          data-copied={text.copied}
        >
          {text.copy}
          <span class="visually-hidden">{` ${label}`}</span>
        </button>
      </div>
      <pre class="command">
        {kind === 'command' && (
          <span class="prompt" aria-hidden="true">
            ${' '}
          </span>
        )}
        <code id={id}>{children}</code>
      </pre>
    </div>
  );
}
