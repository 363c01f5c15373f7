// Which services a new organization token may use: one checkbox each, named scope_… after its service.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import { Choice, Choices } from './choices.tsx';

type Props = {
  locale: Locale;
  /** Name -> what it gives access to. */
  services: Readonly<Record<string, string>>;
  chosen: readonly string[];
  refused: boolean;
  first: boolean;
};

export function ScopeChoice({ locale, services, chosen, refused, first }: Props) {
  const { form: text } = messagesFor(locale).tokens;
  const all = { all: text.all, ...services };
  return (
    <Choices
      id="scopes"
      legend={text.scopes}
      hint={text.scopesHint}
      problem={refused ? text.scopesRequired : undefined}
    >
      {Object.entries(all).map(([scope, description]) => (
        <Choice
          key={scope}
          kind="checkbox"
          name={`scope_${scope}`}
          value="on"
          checked={chosen.includes(scope)}
          first={first && scope === 'all'}
          note={description}
        >
          <code>{scope}</code>
        </Choice>
      ))}
    </Choices>
  );
}
