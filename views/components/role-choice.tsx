// What somebody may do in an organization, as a field named `role`.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import type { Organization } from '../organization.ts';
import { Choice, Choices } from './choices.tsx';

const ROLES: readonly Organization['role'][] = ['admin', 'member', 'viewer'];

/** `chosen` is what was typed: it may be none of them. */
type Props = { locale: Locale; chosen: string; refused: boolean; first: boolean };

export function RoleChoice({ locale, chosen, refused, first }: Props) {
  const { members, common } = messagesFor(locale);
  const { legend, notes, invalid } = members.roleForm;
  return (
    <Choices id="role" legend={legend} problem={refused ? invalid : undefined}>
      {ROLES.map((role, index) => (
        <Choice
          key={role}
          name="role"
          value={role}
          checked={chosen === role}
          first={first && index === 0}
          note={notes[role]}
        >
          {common.roles[role]}
        </Choice>
      ))}
    </Choices>
  );
}
