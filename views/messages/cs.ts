// Every text a person reads, in Czech. Permissions, roles and nouns follow the Czech product documentation.

import { audit } from './audit-cs.ts';
import { credentials } from './credentials-cs.ts';
import type { Messages } from './en.ts';
import { invitations, members, policy } from './members-cs.ts';
import { password, sessions } from './sessions-cs.ts';
import { settings } from './settings-cs.ts';
import { tokens } from './tokens-cs.ts';

export const cs: Messages = {
  common: {
    skipToContent: 'Přejít k obsahu',
    signOut: 'Odhlásit se',
    cancel: 'Zrušit',
    email: 'E-mail',
    password: 'Heslo',
    organization: 'Organizace',
    enterCode: 'Zadat kód',
    backHome: 'Přejít na úvodní stránku',
    apiDocs: 'Dokumentace API',
    reportLeak: 'Nahlásit uniklý token',
    justNow: 'právě teď',
    stale:
      'Stránka byla otevřená příliš dlouho, proto jsme ji obnovili. O nic jste nepřišli: odešlete ji prosím znovu.',
    roles: { admin: 'admin', member: 'člen', viewer: 'prohlížeč' },
  },
  home: {
    title: 'Jedno přihlášení pro TeamDay',
    lead: 'Tento server přihlašuje do TeamDay lidi, programy a agenty a rozhoduje o tom, co kdo z nich smí.',
    signIn: 'Přihlásit se',
    hello: (name) => `Dobrý den, ${name}`,
    signedInLead: 'Jste přihlášeni. Chcete-li povolit přístup terminálu, zadejte kód, který v něm vidíte.',
    organizations: 'Organizace',
    noOrganization: 'Zatím nejste členem žádné organizace. Požádejte jejího admina o pozvánku.',
    tokensTitle: 'Skripty a integrace',
    tokensHint: 'S tokeny mohou programy volat TeamDay: za vás, nebo za celou organizaci.',
    terminalTitle: 'Přihlášení z terminálu',
    terminalHint: 'Spusťte tento příkaz. Otevře se prohlížeč, potvrdíte kód a terminál je přihlášený.',
  },
  signIn: {
    title: 'Přihlášení do TeamDay',
    cliLead: 'Přihlaste se a pokračujte k TeamDay CLI.',
    lead: 'Použijte svůj účet TeamDay.',
    button: 'Přihlásit se',
    wrong: 'E-mail a heslo k sobě nepatří. Zkontrolujte obojí a zkuste to znovu.',
    tooMany: (when) => `Příliš mnoho pokusů. Kvůli vašemu bezpečí to prosím zkuste znovu ${when}.`,
  },
  code: {
    title: 'Připojení terminálu',
    lead: 'Zadejte kód, který v terminálu ukazuje TeamDay CLI.',
    label: 'Kód',
    hint: 'Osm písmen, například WDJB-MJHT. Nezáleží na velikosti písmen ani na pomlčce.',
    button: 'Pokračovat',
    unknown: 'Tento kód neznáme. Možná už vypršel: zkontrolujte ho, nebo příkaz spusťte znovu a získáte nový.',
    malformed: 'Toto jako kód nevypadá. Porovnejte to prosím s tím, co vidíte v terminálu.',
    tooMany: (when) => `Bylo vyzkoušeno příliš mnoho kódů. Zkuste to prosím znovu ${when}.`,
  },
  approve: {
    title: 'Povolit přístup pro TeamDay CLI',
    lead: 'TeamDay CLI žádá o přístup k vašemu účtu.',
    codeLabel: 'Vidíte v terminálu tento kód?',
    allows: 'Tím povolíte:',
    permissions: {
      'agents:manage': 'Spravovat agenty',
      'agents:execute': 'Spouštět agenty',
      'spaces:access': 'Přistupovat k prostorům',
      'tasks:create': 'Vytvářet úlohy',
    },
    device: 'Žádá zařízení',
    unnamedDevice: 'Nepojmenované zařízení',
    deviceNote: 'Název a systém uvádí samo zařízení, nejsou ověřené.',
    account: 'Účet',
    switchAccount: 'Nejste to vy? Odhlásit se',
    noOrganization:
      'Váš účet není členem žádné organizace, takže není co povolit. Požádejte admina o pozvánku a potom tuto stránku otevřete znovu.',
    warning:
      'Pokračujte, jen pokud jste přihlášení sami zahájili. Pokud vám odkaz nebo kód někdo poslal, zvolte Zrušit.',
    authorize: 'Povolit',
  },
  result: {
    approved: {
      title: 'Přístup byl povolen!',
      detail: 'Toto okno můžete zavřít a vrátit se do terminálu.',
    },
    cancelled: {
      title: 'Přístup nebyl povolen',
      detail:
        'Žádost jste zrušili a terminál přístup nezískal. Toto okno můžete zavřít. Znovu začnete v terminálu tímto příkazem:',
    },
    expired: {
      title: 'Platnost kódu vypršela',
      detail: 'Kód platí jen několik minut. Nový získáte, když v terminálu znovu spustíte tento příkaz:',
    },
    used: {
      title: 'Kód už byl použit',
      detail: 'Každý kód platí jen jednou. Další terminál přihlásíte tak, že v něm spustíte tento příkaz:',
    },
    anotherCode: 'Zadat jiný kód',
  },
  leak: {
    title: 'Nahlásit uniklý token',
    lead: 'Našli jste token TeamDay tam, kde být nemá: v repozitáři, v logu, v chatu? Vložte ho sem. Nepotřebujete účet a nemusí být váš.',
    label: 'Tokeny',
    hint: 'Nejvýše 100, oddělených mezerami nebo řádky. Text kolem nich může zůstat.',
    button: 'Odvolat',
    warning: 'Skutečné tokeny přestanou hned fungovat a s nimi i vše, co je používá.',
    required: 'Vložte alespoň jeden token.',
    tooMany: 'Je tu více než 100 tokenů. Odešlete je prosím po částech.',
    limited: (when) => `Z vaší adresy přišlo příliš mnoho hlášení. Zkuste to prosím znovu ${when}.`,
    thanks: 'Děkujeme.',
    thanksDetail: 'Pokud byly některé z údajů skutečné, odvolali jsme je a jejich vlastníkům jsme dali vědět.',
    another: 'Nahlásit další',
  },
  docs: {
    title: 'Dokumentace API',
    lead: 'Jak programy spravují tokeny na tomto serveru. Každá odpověď je JSON, chyby mají tvar { "statusCode", "message" }. Popis operací je anglicky.',
    machineReadable: 'Totéž jako popis OpenAPI',
    oauth: 'Adresy OAuth',
    contents: 'Operace',
    credentials: 'Oprávnění',
    noCredentials: 'není potřeba',
    query: 'Parametry dotazu',
    body: 'Tělo požadavku',
    answer: 'Odpověď',
    field: 'Pole',
    type: 'Typ',
    description: 'Popis',
    required: 'Povinné.',
    optional: 'Jen někdy.',
    byDefault: (value) => `Výchozí: ${value}.`,
    errors: 'Chyby',
    example: 'Příklad',
  },
  error: {
    reference: 'ID požadavku',
    referenceHint: 'Uveďte ho prosím, když budete žádat o pomoc.',
    retry: (when) => `Zkuste to prosím znovu ${when}.`,
    statuses: {
      400: {
        title: 'Požadavku nerozumíme',
        detail: 'Něco v něm chybí nebo má špatný tvar. Vraťte se, zkontrolujte zadané údaje a odešlete je znovu.',
      },
      403: {
        title: 'Tohle tady nejde',
        detail:
          'Váš účet k tomu nemá oprávnění, nebo byla stránka otevřená příliš dlouho. Vraťte se, načtěte stránku znovu a zkuste to ještě jednou. Pokud to nepomůže, obraťte se na admina své organizace.',
      },
      404: {
        title: 'Na této adrese nic není',
        detail: 'Zkontrolujte, zda v odkazu není překlep, nebo pokračujte z úvodní stránky.',
      },
      405: {
        title: 'Takhle tato adresa nefunguje',
        detail: 'Tímto způsobem ji otevřít nelze. Pokračujte z úvodní stránky.',
      },
      413: {
        title: 'To bylo příliš najednou',
        detail: 'Odeslaná data jsou větší, než přijímáme. Vraťte se, zkraťte je a odešlete znovu.',
      },
      415: {
        title: 'Tomuto formátu nerozumíme',
        detail: 'Požadavek přišel ve formátu, který tato adresa nepřijímá. Vraťte se a použijte formulář na stránce.',
      },
      429: {
        title: 'Příliš mnoho požadavků',
        detail: 'Na chvíli jsme přestali odpovídat, abychom ochránili váš účet. O nic jste nepřišli.',
      },
      500: {
        title: 'Na naší straně se něco pokazilo',
        detail: 'Není to vaše chyba a záznam o ní už máme. Zkuste to prosím za chvíli znovu.',
      },
      503: {
        title: 'Hned jsme zpátky',
        detail: 'Služba je momentálně nedostupná. O nic jste nepřišli a nikdo nebyl odhlášen.',
      },
    },
  },
  audit,
  credentials,
  settings,
  tokens,
  sessions,
  password,
  members,
  invitations,
  policy,
  setUp: {
    title: 'Nastavení TeamDay Identity',
    lead: 'Vytvořte svou organizaci a jejího prvního admina. Udělat to lze jen jednou.',
    organizationHint: 'Název vaší firmy nebo týmu.',
    name: 'Vaše jméno',
    passwordHint: 'Alespoň 8 znaků. Osvědčí se několik slov, která spolu nesouvisejí.',
    button: 'Vytvořit organizaci',
    problem: 'Zatím nebylo nic vytvořeno. Opravte prosím označená pole.',
    problems: {
      required: 'Toto pole prosím vyplňte.',
      tooLong: 'Text je příliš dlouhý. Zkraťte ho prosím.',
      nameUnfit: 'Použijte nejvýše 100 znaků, bez řídicích a směrových značek.',
      emailMalformed: 'Zadejte e-mailovou adresu, například ada@example.com.',
      passwordTooShort: 'Heslo je příliš krátké.',
    },
    invalid: {
      title: 'Tento odkaz k\u00a0nastavení nefunguje',
      detail: 'Platí jednu hodinu a použít ho lze jen jednou. Pokračovat můžete dvěma způsoby:',
      restart: 'Restartujte server. Dokud neexistuje žádný účet, zapíše do svého logu nový odkaz.',
      command: 'Nebo vytvořte první účet z příkazové řádky serveru:',
    },
  },
};
