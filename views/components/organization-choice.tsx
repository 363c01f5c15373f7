// Which of one's organizations, as a field named `organization`.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import type { Organization } from '../organization.ts';
import { inertText } from '../text/inert-text.ts';
import { describedBy, type Explained, Explanation } from './explanation.tsx';

type Props = Explained & { organizations: readonly Organization[]; selectedId: string; locale: Locale };

export function OrganizationChoice({ organizations, selectedId, locale, ...explained }: Props) {
  const { common } = messagesFor(locale);
  return (
    <div class="field">
      <label for="organization">{common.organization}</label>
      <select
        id="organization"
        name="organization"
        aria-invalid={explained.problem === undefined ? undefined : 'true'}
        aria-describedby={describedBy('organization', explained)}
      >
        {organizations.map(({ id, name, role }) => (
          <option key={id} value={id} selected={id === selectedId}>
            {`${inertText(name)} (${common.roles[role]})`}
          </option>
        ))}
      </select>
      <Explanation id="organization" {...explained} />
    </div>
  );
}
