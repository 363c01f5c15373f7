// Invitations that wait for an answer.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import type { Organization } from '../organization.ts';
import { inertText } from '../text/inert-text.ts';
import { OnDate, Relative } from './moment.tsx';

export type ShownInvitation = {
  id: string;
  email: string;
  role: Organization['role'];
  createdAt: Date;
  expiresAt: Date;
};

/** `path` is that of the organization's pages. */
type Props = { path: string; invitations: readonly ShownInvitation[]; now: Date; locale: Locale };

export function InvitationTable({ path, invitations, now, locale }: Props) {
  const { invitations: text, common } = messagesFor(locale);
  const { columns } = text;
  return (
    <table class="tokens">
      <thead>
        <tr>
          <th scope="col">{columns.email}</th>
          <th scope="col">{columns.role}</th>
          <th scope="col">{columns.sent}</th>
          <th scope="col">{columns.expires}</th>
          <th scope="col">
            <span class="visually-hidden">{columns.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {invitations.map(({ id, email, role, createdAt, expiresAt }) => (
          <tr key={id}>
            <th scope="row">
              <bdi class="strong">{inertText(email, 260)}</bdi>
            </th>
            <td data-label={columns.role}>{common.roles[role]}</td>
            <td data-label={columns.sent}>
              <OnDate at={createdAt} locale={locale} />
            </td>
            <td data-label={columns.expires}>
              {expiresAt <= now ? (
                <span class="state bad">{text.expired}</span>
              ) : (
                <Relative at={expiresAt} now={now} locale={locale} />
              )}
            </td>
            <td class="row-actions">
              <a class="button quiet" href={`${path}/invitations/${id}/resend`}>
                {text.resend}
                <span class="visually-hidden">{` ${inertText(email, 260)}`}</span>
              </a>
              <a class="button quiet" href={`${path}/invitations/${id}/revoke`}>
                {text.withdraw}
                <span class="visually-hidden">{` ${inertText(email, 260)}`}</span>
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
