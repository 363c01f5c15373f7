// Members, invitations and the policy of an organization, in Czech. Part of cs.ts.
import type { Messages } from './en.ts';

/** "1 token", "2 tokeny", "5 tokenů" */
function counted(count: number, one: string, few: string, many: string): string {
  const form = { one, few, many, other: many, zero: many, two: few }[new Intl.PluralRules('cs').select(count)];
  return `${count} ${form}`;
}

export const members: Messages['members'] = {
  title: 'Členové',
  invite: 'Pozvat',
  lead: 'Lidé této organizace a to, co za ni jejich jménem jedná.',
  viewersNote: 'Jak se členové přihlašují, vidí jen admini. Ti také rozhodují, kdo sem patří.',
  columns: {
    name: 'Jméno',
    role: 'Role',
    joined: 'Členem od',
    lastSignIn: 'Poslední přihlášení',
    methods: 'Přihlašuje se',
    access: 'Jedná pomocí',
    actions: 'Akce',
  },
  you: 'vy',
  never: 'Nikdy',
  methods: { password: 'Heslem' },
  noMethod: 'Zatím se nemůže přihlásit',
  disabled: 'Zablokován správcem serveru',
  sessions: (count) => counted(count, 'přihlášení CLI', 'přihlášení CLI', 'přihlášení CLI'),
  tokens: (count) => counted(count, 'osobní token', 'osobní tokeny', 'osobních tokenů'),
  nothing: 'Nic',
  changeRole: 'Změnit roli',
  revoke: 'Odebrat přístup',
  remove: 'Odebrat',
  leave: 'Odejít',
  backToList: 'Zpět na členy',
  notices: {
    roleChanged: 'Role byla změněna. Platí odteď a všude.',
    removed: 'Člen byl odebrán. Nic jeho už za tuto organizaci nejedná.',
    revoked: 'Přístup byl odebrán. Nic z toho, co existovalo, už jeho jménem za tuto organizaci nejedná.',
    invited: 'Pozvánka je na cestě.',
    resent: 'Nová pozvánka je na cestě. Předchozí odkaz přestal fungovat.',
    withdrawn: 'Pozvánka byla stažena. Její odkaz přestal fungovat.',
    joined: 'Vítejte! Nyní patříte do této organizace.',
  },
  roleForm: {
    title: 'Změnit roli',
    legend: 'Role',
    notes: {
      admin: 'Všechno, i kdo sem patří',
      member: 'Používá TeamDay, spravuje tokeny organizace',
      viewer: 'Vidí, ale nic nemění',
    },
    effect: 'Nová role platí okamžitě pro vše, co jedná jeho jménem, i pro tokeny.',
    invitations: (count) =>
      `Na odpověď čeká ${counted(count, 'jím odeslaná pozvánka', 'jím odeslané pozvánky', 'jím odeslaných pozvánek')}. Přestane-li být adminem, přestanou platit.`,
    submit: 'Změnit roli',
    invalid: 'Vyberte jednu z těchto rolí.',
  },
  removal: {
    title: 'Odebrat tohoto člena?',
    leaveTitle: 'Odejít z této organizace?',
    ends: 'Co okamžitě skončí',
    stays: 'Co zůstane',
    membership: 'Členství a role v této organizaci',
    invitations: (count) => counted(count, 'odeslaná pozvánka', 'odeslané pozvánky', 'odeslaných pozvánek'),
    organizationTokens: (count) =>
      `${counted(count, 'token organizace, který vytvořil', 'tokeny organizace, které vytvořil', 'tokenů organizace, které vytvořil')}: zkontrolujte je, může znát jejich hodnotu`,
    account: 'Účet a to, co má v jiných organizacích',
    warning: 'Skripty a terminály, které jeho jménem jednají za tuto organizaci, přestanou fungovat. Nelze to vrátit.',
    leaveWarning:
      'Vaše terminály a skripty přestanou za tuto organizaci jednat. Vrátit se můžete, jen když vás některý admin pozve.',
    submit: 'Odebrat člena',
    leaveSubmit: 'Odejít z organizace',
  },
  revocation: {
    title: 'Odebrat tomuto členovi přístup?',
    lead: 'Zůstane členem a může se znovu přihlásit a vytvářet tokeny.',
    warning: 'Jeho skripty a terminály okamžitě přestanou za tuto organizaci jednat. Nelze to vrátit.',
    submit: 'Odebrat přístup',
  },
  refusals: {
    unknown: {
      title: 'Tato osoba už členem není',
      detail: 'Odešla nebo byla odebrána, nebo je odkaz chybný. Kdo tu je, ukazuje seznam.',
    },
    forbidden: {
      title: 'Toto už udělat nemůžete',
      detail: 'Smějí to jen admini organizace. Vaše role se změnila, nebo jste byli mezitím odhlášeni.',
    },
    last_admin: {
      title: 'Organizace potřebuje admina',
      detail: 'Jste tu poslední. Nejprve dejte roli admina někomu jinému.',
    },
  },
};

export const invitations: Messages['invitations'] = {
  pending: 'Pozvánky',
  columns: { email: 'E-mail', role: 'Role', sent: 'Odesláno', expires: 'Vyprší', actions: 'Akce' },
  expired: 'Vypršela',
  resend: 'Poslat znovu',
  withdraw: 'Stáhnout',
  form: {
    title: 'Pozvat někoho',
    lead: (organization) =>
      `Dostane e-mail s odkazem pro vstup do organizace ${organization}. Odkaz funguje jednou a 7 dní.`,
    emailHint: 'Pozvánka platí jen pro tuto adresu.',
    submit: 'Odeslat pozvánku',
    problem: 'Zatím nebylo nic odesláno. Opravte prosím, co je označeno.',
    emailMalformed: 'Zadejte e-mailovou adresu, například ada@example.com.',
    already_member: 'Tato osoba už členem je.',
    already_invited: 'Tato osoba už pozvána je. Pošlete tu pozvánku znovu, nebo ji stáhněte.',
    limited: (when) => `Bylo odesláno tolik pozvánek, kolik je za den povoleno. Další je možná ${when}.`,
    no_mail: 'Tento server neposílá e-maily, takže nikoho pozvat nelze. Požádejte jeho správce, aby poštu nastavil.',
  },
  resendPage: {
    title: 'Poslat tuto pozvánku znovu?',
    warning: 'Přijde nový odkaz s platností 7 dní. Předchozí odkaz přestane fungovat.',
    submit: 'Poslat znovu',
  },
  withdrawPage: {
    title: 'Stáhnout tuto pozvánku?',
    warning: 'Odkaz v e-mailu okamžitě přestane fungovat.',
    submit: 'Stáhnout pozvánku',
  },
  gone: {
    title: 'Tato pozvánka už nečeká',
    detail: 'Byla přijata, stažena nebo odeslána znovu. Které čekají, ukazuje seznam.',
  },
  accept: {
    title: (organization) => `Připojit se k organizaci ${organization}`,
    lead: (inviter) => `${inviter} vás zve do této organizace v TeamDay.`,
    for: 'Pro',
    role: 'Vaše role',
    until: 'Platí do',
    join: 'Připojit se',
    signIn: 'Přihlásit se a připojit',
    signInHint: 'Účet s touto e-mailovou adresou už existuje. Přihlaste se k němu a pak se můžete připojit.',
    otherPerson: (email) => `Jste přihlášeni jako ${email}. Tato pozvánka je pro někoho jiného.`,
    signOut: 'Odhlásit se',
    newAccount: 'Vytvořte si účet',
    name: 'Vaše jméno',
    passwordHint: 'Alespoň 8 znaků. Dobře funguje několik nesouvisejících slov.',
    create: 'Vytvořit účet a připojit se',
    problem: 'Zatím nebylo nic vytvořeno. Opravte prosím označená pole.',
    problems: {
      required: 'Vyplňte prosím toto pole.',
      nameUnfit: 'Použijte nejvýše 100 znaků, bez řídicích znaků a značek směru.',
      passwordTooShort: 'Heslo je příliš krátké.',
      passwordUnfit: 'Heslo je příliš dlouhé, nebo obsahuje znaky, které nelze napsat.',
    },
  },
  invalid: {
    title: 'Tato pozvánka nefunguje',
    detail:
      'Byla použita, stažena nebo nahrazena novější, nebo je příliš stará. O novou požádejte toho, kdo vás pozval.',
    joined: 'Pokud jste se už připojili, přihlaste se.',
  },
};

export const policy: Messages['policy'] = {
  title: 'Pravidla',
  lead: (organization) => `Pravidla organizace ${organization} nad rámec pravidel správce serveru.`,
  saved: 'Pravidla byla uložena. Platí odteď.',
  personalDays: 'Nejdelší životnost osobního přístupového tokenu, ve dnech',
  personalDaysHint: (max) => `Prázdné pole znamená pravidlo správce serveru: ${max}.`,
  unlimited: 'bez omezení',
  personalDaysInvalid: (max) => `Napište celé číslo od 1 do ${max}, nebo nic.`,
  expiry: 'Tokeny organizace',
  requireExpiry: 'musí mít konec platnosti',
  requireExpiryNote: '„Bez omezení“ se už nenabízí',
  methods: 'Členové se smějí přihlašovat',
  method: { password: 'Heslem' },
  methodsHint: 'Na tomto serveru je zatím jediný způsob přihlášení.',
  methodsRequired: 'Vyberte alespoň jeden způsob přihlášení.',
  existing: 'Tokeny, které už existují, si svůj konec platnosti ponechají, i delší.',
  existingLink: 'Zobrazit všechny přístupové údaje',
  submit: 'Uložit pravidla',
  problem: 'Zatím nebylo nic uloženo. Opravte prosím, co je označeno.',
};
