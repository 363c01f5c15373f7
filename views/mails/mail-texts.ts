// The mails that people get, as plain text in their language. Never a secret in them.
import type { Locale } from '../messages/messages-for.ts';

/** What a mail says of the token it is about. */
interface MailToken {
  readonly name: string;
  /** `td_****a1b2c3d4` */
  readonly preview: string;
  readonly organization: string;
}

interface MailText {
  readonly subject: string;
  readonly text: string;
}

const en = {
  leaked: ({ name, preview, organization }: MailToken, settingsUrl: string): MailText => ({
    subject: 'Your TeamDay token was found in public and has been revoked',
    text: `Somebody reported that this token can be read where it should not be:

  ${name} (${preview}), organization ${organization}

It has been revoked and no longer works. What to do now:

  1. Find out where it was published and remove it there.
  2. Create a new token and update whatever used the old one:
     ${settingsUrl}
  3. Check what was done with it: teamday auth tokens list
`,
  }),
  leakedSession: (settingsUrl: string): MailText => ({
    subject: 'A TeamDay sign-in of yours was found in public and has been ended',
    text: `Somebody reported that credentials of one of your command line sign-ins can be read where they should not be.
The sign-in has been ended. Sign in again with: teamday auth login

Your tokens: ${settingsUrl}
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
  expires: ({ name, preview, organization }: MailToken, days: number, settingsUrl: string): MailText => ({
    subject:
      days === 1
        ? `Your TeamDay token "${name}" expires tomorrow`
        : `Your TeamDay token "${name}" expires in ${days} days`,
    text: `This token expires in ${days === 1 ? 'one day' : `${days} days`}:

  ${name} (${preview}), organization ${organization}

What uses it will stop working then. Rotate it, and put the new one in its place:
  ${settingsUrl}
`,
  }),
};

const cs: typeof en = {
  leaked: ({ name, preview, organization }, settingsUrl) => ({
    subject: 'Váš token TeamDay byl nalezen na veřejném místě a byl zneplatněn',
    text: `Někdo oznámil, že tento token lze přečíst tam, kde být nemá:

  ${name} (${preview}), organizace ${organization}

Token byl zneplatněn a už nefunguje. Co teď:

  1. Zjistěte, kde byl zveřejněn, a odstraňte ho odtud.
  2. Vytvořte nový token a vyměňte ho všude, kde se používal:
     ${settingsUrl}
  3. Zkontrolujte své tokeny: teamday auth tokens list
`,
  }),
  leakedSession: (settingsUrl) => ({
    subject: 'Vaše přihlášení k TeamDay bylo nalezeno na veřejném místě a bylo ukončeno',
    text: `Někdo oznámil, že údaje jednoho z vašich přihlášení z příkazové řádky lze přečíst tam, kde být nemají.
Přihlášení bylo ukončeno. Přihlaste se znovu: teamday auth login

Vaše tokeny: ${settingsUrl}
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
  expires: ({ name, preview, organization }, days, settingsUrl) => ({
    subject:
      days === 1 ? `Váš token TeamDay „${name}“ zítra vyprší` : `Váš token TeamDay „${name}“ vyprší za ${days} dní`,
    text: `Platnost tohoto tokenu skončí za ${days === 1 ? 'jeden den' : `${days} dní`}:

  ${name} (${preview}), organizace ${organization}

Co ho používá, přestane fungovat. Vyměňte ho včas za nový:
  ${settingsUrl}
`,
  }),
};

const texts: Record<Locale, typeof en> = { en, cs };

export function mailTextsFor(locale: Locale): typeof en {
  return texts[locale];
}
