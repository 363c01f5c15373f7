// The texts of the pages of sign-ins and of the password, in Czech. Part of cs.ts.
import type { Messages } from './en.ts';

export const sessions: Messages['sessions'] = {
  title: 'Přihlášení',
  lead: 'Kde jste přihlášeni: v prohlížečích a v příkazové řádce TeamDay. Co nepoznáváte, ukončete.',
  organizationLead:
    'Přihlášení z příkazové řádky, která nyní jednají za tuto organizaci. Koho zde odhlásíte, může se znovu přihlásit, dokud je členem.',
  endOthers: 'Odhlásit všude jinde',
  endAll: 'Ukončit všechna přihlášení',
  endAllOf: (name) => `Ukončit všechna: ${name}`,
  person: 'Osoba',
  everyone: 'Všichni',
  show: 'Zobrazit',
  thisBrowser: 'Tento prohlížeč',
  browser: 'Prohlížeč',
  onSystem: (browser, system) => `${browser}, ${system}`,
  unnamedDevice: 'Nepojmenované zařízení',
  columns: {
    where: 'Kde',
    signedIn: 'Přihlášeno',
    lastUsed: 'Naposledy použito',
    expires: 'Platí do',
    actions: 'Akce',
  },
  end: 'Ukončit',
  signOutHere: 'Odhlásit',
  none: 'Nikdo není za tuto organizaci přihlášen z příkazové řádky',
  noneOf: 'Tato osoba není za tuto organizaci přihlášena z příkazové řádky',
  shown: (shown, total) => `Zobrazeno ${shown} z ${total}, od nejnovějších.`,
  older: 'Zobrazit starší',
  newest: 'Zpět na nejnovější',
  ended: (count) => `Ukončená přihlášení: ${count}. Jejich tokeny už nic nepřijme.`,
  endedNone: 'Nebylo žádné přihlášení, které by se dalo ukončit.',
  endOne: {
    title: 'Ukončit toto přihlášení?',
    current: 'Toto je prohlížeč, který právě používáte: budete zde odhlášeni.',
    browser: 'Ten prohlížeč bude okamžitě odhlášen.',
    cli: 'Příkazová řádka bude okamžitě odhlášena a co v ní běží, přestane mít přístup.',
    submit: 'Ukončit přihlášení',
  },
  endMany: {
    othersTitle: 'Odhlásit všude jinde?',
    othersWarning:
      'Každý jiný prohlížeč a každá příkazová řádka budou okamžitě odhlášeny a co v nich běží, přestane mít přístup. Přihlášen zůstane jen tento prohlížeč. Osobní tokeny dál fungují.',
    others: 'Ostatní přihlášení',
    allTitle: 'Ukončit všechna přihlášení organizace?',
    allWarning:
      'Každá příkazová řádka, která jedná za tuto organizaci, bude okamžitě odhlášena, i vaše, a co v ní běží, přestane mít přístup. Prohlížeče zůstanou přihlášeny. Osobní tokeny i tokeny organizace dál fungují.',
    personTitle: 'Ukončit všechna přihlášení této osoby?',
    personWarning:
      'Každá příkazová řádka, ve které tato osoba jedná za tuto organizaci, bude okamžitě odhlášena a co v ní běží, přestane mít přístup. Osobní tokeny této osoby dál fungují.',
    number: 'Přihlášení',
    confirm: 'Název organizace',
    confirmHint: (name) => `Pro potvrzení napište ${name}.`,
    confirmWrong: 'Toto není název organizace. Nic nebylo ukončeno.',
    submit: 'Ukončit všechna přihlášení',
  },
  refusals: {
    gone: {
      title: 'Toto přihlášení tu už není',
      detail: 'Bylo ukončeno, jedná nyní za jinou organizaci, nebo je odkaz chybný. V seznamu jsou ta, která existují.',
    },
    forbidden: {
      title: 'To už nemůžete udělat',
      detail: 'Mezitím jste byli odhlášeni, nebo už nejste správcem této organizace. Nic nebylo ukončeno.',
    },
  },
  backToList: 'Zpět na přihlášení',
};

export const password: Messages['password'] = {
  title: 'Heslo',
  lead: 'Změna hesla vás odhlásí všude jinde: z ostatních prohlížečů i příkazových řádek.',
  current: 'Současné heslo',
  next: 'Nové heslo',
  nextHint: 'Alespoň 8 znaků. Dobře poslouží několik nesouvisejících slov.',
  submit: 'Změnit heslo',
  tokensNote: 'Osobní tokeny na hesle nezávisí a dál fungují.',
  tokensLink: 'Zkontrolovat tokeny',
  changed: 'Heslo bylo změněno a všude jinde jste byli odhlášeni.',
  changedTokens: 'Pokud staré heslo mohl znát někdo jiný, odvolejte i tokeny, které nepoznáváte.',
  problem: 'Heslo nebylo změněno. Opravte prosím, co je označeno.',
  problems: {
    wrong: 'Toto není vaše současné heslo.',
    tooShort: 'Heslo je příliš krátké: použijte alespoň 8 znaků.',
    tooLong: 'Heslo je příliš dlouhé: použijte nejvýše 1 000 znaků.',
    unfit: 'Použijte jeden řádek bez řídicích znaků.',
    same: 'Toto je vaše současné heslo. Zvolte jiné.',
  },
  tooMany: (when) => `Příliš mnoho pokusů. Pro vaši bezpečnost to prosím zkuste znovu ${when}.`,
};
