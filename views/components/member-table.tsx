// An organization's people: a table where there is room, a card each where there isn't.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import type { Organization } from '../organization.ts';
import { inertText } from '../text/inert-text.ts';
import { OnDate, Relative } from './moment.tsx';

export type ShownMember = {
  id: string;
  name: string;
  email: string;
  role: Organization['role'];
  joinedAt: Date;
  /** It is the visitor. */
  isSelf: boolean;
  /** For admins. */
  access?: MemberAccess;
};

type MemberAccess = {
  lastSignInAt: Date | null;
  hasPassword: boolean;
  disabled: boolean;
  sessions: number;
  tokens: number;
};

type Props = {
  /** Of the organization's pages. */
  path: string;
  members: readonly ShownMember[];
  isAdmin: boolean;
  now: Date;
  locale: Locale;
};

export function MemberTable({ path, members, isAdmin, now, locale }: Props) {
  const { members: text, common } = messagesFor(locale);
  const { columns } = text;
  return (
    <table class="tokens">
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.role}</th>
          <th scope="col">{columns.joined}</th>
          {isAdmin && <th scope="col">{columns.lastSignIn}</th>}
          {isAdmin && <th scope="col">{columns.access}</th>}
          <th scope="col">
            <span class="visually-hidden">{columns.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.id}>
            <th scope="row">
              <bdi class="strong">{inertText(member.name, 100)}</bdi>
              {member.isSelf && ` (${text.you})`}
              <bdi class="detail">{inertText(member.email, 260)}</bdi>
              {member.access?.disabled === true && <span class="state bad">{text.disabled}</span>}
            </th>
            <td data-label={columns.role}>{common.roles[member.role]}</td>
            <td data-label={columns.joined}>
              <OnDate at={member.joinedAt} locale={locale} />
            </td>
            {member.access !== undefined && <SignIn access={member.access} now={now} locale={locale} />}
            {member.access !== undefined && (
              <td data-label={columns.access}>
                <AccessList
                  access={member.access}
                  hrefs={{
                    sessions: `${path}/sessions?user=${member.id}`,
                    tokens: `${path}/credentials?kind=personal&owner=${member.id}`,
                  }}
                  locale={locale}
                />
              </td>
            )}
            <Actions path={`${path}/members/${member.id}`} member={member} isAdmin={isAdmin} locale={locale} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SignIn({ access, now, locale }: { access: MemberAccess; now: Date; locale: Locale }) {
  const { members: text } = messagesFor(locale);
  return (
    <td data-label={text.columns.lastSignIn}>
      {access.lastSignInAt === null ? (
        <span class="soft">{text.never}</span>
      ) : (
        <Relative at={access.lastSignInAt} now={now} locale={locale} />
      )}
      <span class="detail">{access.hasPassword ? text.methods.password : text.noMethod}</span>
    </td>
  );
}

type AccessProps = {
  access: Pick<MemberAccess, 'sessions' | 'tokens'>;
  /** Where they are listed. */
  hrefs?: { sessions: string; tokens: string };
  locale: Locale;
};

/** "2 CLI logins", "1 personal token". */
export function AccessList({ access: { sessions, tokens }, hrefs, locale }: AccessProps) {
  const { members: text } = messagesFor(locale);
  if (sessions === 0 && tokens === 0) return <span class="soft">{text.nothing}</span>;
  return (
    <>
      {sessions > 0 && <Line href={hrefs?.sessions} text={text.sessions(sessions)} />}
      {tokens > 0 && <Line href={hrefs?.tokens} text={text.tokens(tokens)} />}
    </>
  );
}

function Line({ href, text }: { href: string | undefined; text: string }) {
  return (
    <span class="line">
      {href === undefined ? (
        text
      ) : (
        <a class="button quiet" href={href}>
          {text}
        </a>
      )}
    </span>
  );
}

function Actions(props: { path: string; member: ShownMember; isAdmin: boolean; locale: Locale }) {
  const { path, member, isAdmin, locale } = props;
  const { members: text } = messagesFor(locale);
  const link = (act: string, label: string) => (
    <a class="button quiet" href={`${path}/${act}`}>
      {label}
      <span class="visually-hidden">{` ${inertText(member.name, 100)}`}</span>
    </a>
  );
  return (
    <td class="row-actions">
      {isAdmin && link('role', text.changeRole)}
      {isAdmin && link('revoke-all', text.revoke)}
      {member.isSelf ? link('remove', text.leave) : isAdmin && link('remove', text.remove)}
    </td>
  );
}
