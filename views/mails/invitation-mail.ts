// The mail that carries an invitation. Its link is a secret: composed when it is sent, stored nowhere.
import { type Locale, messagesFor } from '../messages/messages-for.ts';
import type { Organization } from '../organization.ts';
import { exactTime } from '../text/dates.ts';
import { inertText } from '../text/inert-text.ts';

interface MailInvitation {
  readonly organization: string;
  readonly inviter: string;
  readonly email: string;
  readonly role: Organization['role'];
  readonly expiresAt: Date;
  readonly link: string;
}

interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Names are what people chose: shown on one line, cut where they are long. */
export function invitationMail(invitation: MailInvitation, locale: Locale): MailText {
  const { common } = messagesFor(locale);
  return texts[locale]({
    ...invitation,
    organization: inertText(invitation.organization),
    inviter: inertText(invitation.inviter),
    role: common.roles[invitation.role],
    until: exactTime(invitation.expiresAt, locale),
  });
}

type Words = Omit<MailInvitation, 'role' | 'expiresAt'> & { readonly role: string; readonly until: string };

const texts: Record<Locale, (words: Words) => MailText> = {
  en: ({ organization, inviter, email, role, until, link }) => ({
    subject: `Invitation to ${organization} on TeamDay`,
    text: `${inviter} invites you (${email}) to join ${organization} on TeamDay as ${role}.

Open this link to see the invitation and to join:

  ${link}

The link works once, until ${until}. It is meant for you alone: do not pass it on.
If you don't know who this is from, ignore this mail. Nothing happens then.
`,
  }),
  cs: ({ organization, inviter, email, role, until, link }) => ({
    subject: `Pozvánka do organizace ${organization} v TeamDay`,
    text: `${inviter} vás (${email}) zve do organizace ${organization} v TeamDay. Vaše role: ${role}.

Pozvánku si prohlédnete a přijmete na tomto odkazu:

  ${link}

Odkaz funguje jednou, do ${until}. Je určen jen vám: nikomu ho neposílejte.
Pokud nevíte, od koho pozvánka je, tento e-mail ignorujte. Nic se nestane.
`,
  }),
};
