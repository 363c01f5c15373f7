// The mails that people get, as plain text in their language. Never a secret in them.
import type { Locale } from '../messages/messages-for.ts';

/** What a mail says of the token it is about. */
interface MailToken {
  readonly id: string;
  readonly kind: 'personal' | 'organization';
  readonly name: string;
  /** `td_****a1b2c3d4` */
  readonly preview: string;
  readonly organization: string;
  readonly organizationId: string;
}

interface MailText {
  readonly subject: string;
  readonly text: string;
}

const en = {
  leaked: (token: MailToken, publicUrl: string): MailText => ({
    subject: 'Your TeamDay token was found in public and has been revoked',
    text: `Somebody reported that this token can be read where it should not be:

  ${token.name} (${token.preview}), id ${token.id}, organization ${token.organization}

It has been revoked and no longer works. What to do now:

  1. Find out where it was published and remove it there.
  2. Create a new token and update whatever used the old one:
     ${placeOf(token, publicUrl)}
  3. See what it was used for: teamday audit --token ${token.id} --since "1 week ago"
`,
  }),
  leakedSession: (publicUrl: string): MailText => ({
    subject: 'A TeamDay sign-in of yours was found in public and has been ended',
    text: `Somebody reported that credentials of one of your command line sign-ins can be read where they should not be.
The sign-in has been ended. Sign in again with: teamday auth login

Your tokens: ${publicUrl}/settings/api-keys
`,
  }),
  passwordChanged: (address: string | undefined, publicUrl: string): MailText => ({
    subject: 'Your TeamDay password was changed',
    text: `The password of your TeamDay account was changed${address === undefined ? ' by the operator of the server' : ` from ${address}`}.
Everything else that was signed in as you has been signed out.

If it was you, sign in again where you need it. Personal access tokens go on working; check them:
  ${publicUrl}/settings/api-keys

If it was not you, tell an admin of your organization at once. The operator of the server can set a new password for you.
`,
  }),
  expires: (token: MailToken, days: number, publicUrl: string): MailText => ({
    subject:
      days === 1
        ? `Your TeamDay token "${token.name}" expires tomorrow`
        : `Your TeamDay token "${token.name}" expires in ${days} days`,
    text: `This token expires in ${days === 1 ? 'one day' : `${days} days`}:

  ${token.name} (${token.preview}), organization ${token.organization}

What uses it will stop working then. Rotate it, and put the new one in its place:
  ${placeOf(token, publicUrl)}
`,
  }),
};

const cs: typeof en = {
  leaked: (token, publicUrl) => ({
    subject: 'Váš token TeamDay byl nalezen na veřejném místě a byl zneplatněn',
    text: `Někdo oznámil, že tento token lze přečíst tam, kde být nemá:

  ${token.name} (${token.preview}), id ${token.id}, organizace ${token.organization}

Token byl zneplatněn a už nefunguje. Co teď:

  1. Zjistěte, kde byl zveřejněn, a odstraňte ho odtud.
  2. Vytvořte nový token a vyměňte ho všude, kde se používal:
     ${placeOf(token, publicUrl)}
  3. Podívejte se, k čemu byl použit: teamday audit --token ${token.id} --since "1 week ago"
`,
  }),
  leakedSession: (publicUrl) => ({
    subject: 'Vaše přihlášení k TeamDay bylo nalezeno na veřejném místě a bylo ukončeno',
    text: `Někdo oznámil, že údaje jednoho z vašich přihlášení z příkazové řádky lze přečíst tam, kde být nemají.
Přihlášení bylo ukončeno. Přihlaste se znovu: teamday auth login

Vaše tokeny: ${publicUrl}/settings/api-keys
`,
  }),
  passwordChanged: (address, publicUrl) => ({
    subject: 'Vaše heslo k TeamDay bylo změněno',
    text: `Heslo k vašemu účtu TeamDay ${address === undefined ? 'změnil provozovatel serveru' : `bylo změněno z adresy ${address}`}.
Vše ostatní, co bylo přihlášeno vaším jménem, bylo odhlášeno.

Pokud jste to byli vy, přihlaste se znovu tam, kde potřebujete. Osobní tokeny dál fungují; zkontrolujte je:
  ${publicUrl}/settings/api-keys

Pokud jste to nebyli vy, ihned to oznamte správci své organizace. Nové heslo vám může nastavit provozovatel serveru.
`,
  }),
  expires: (token, days, publicUrl) => ({
    subject:
      days === 1
        ? `Váš token TeamDay „${token.name}“ zítra vyprší`
        : `Váš token TeamDay „${token.name}“ vyprší za ${days} dní`,
    text: `Platnost tohoto tokenu skončí za ${days === 1 ? 'jeden den' : `${days} dní`}:

  ${token.name} (${token.preview}), organizace ${token.organization}

Co ho používá, přestane fungovat. Vyměňte ho včas za nový:
  ${placeOf(token, publicUrl)}
`,
  }),
};

const texts: Record<Locale, typeof en> = { en, cs };

/** Where a token like this is made and rotated. */
function placeOf({ kind, organizationId }: MailToken, publicUrl: string): string {
  return `${publicUrl}${kind === 'personal' ? '/settings/api-keys' : `/organizations/${organizationId}/tokens`}`;
}

export function mailTextsFor(locale: Locale): typeof en {
  return texts[locale];
}
