// The frame of the settings pages, in Czech. Part of cs.ts.
import type { Messages } from './en.ts';

export const settings: Messages['settings'] = {
  title: 'Nastavení',
  personal: 'Nastavení',
  organization: 'Nastavení organizace',
  sections: {
    apiKeys: 'Klíče API',
    sessions: 'Přihlášení',
    password: 'Heslo',
    organizationTokens: 'Tokeny organizace',
    members: 'Členové',
    organizationSessions: 'Přihlášení',
    credentials: 'Přístupové údaje',
    audit: 'Protokol',
    policy: 'Pravidla',
  },
  adminsOnly:
    'Tuto stránku vidí jen správci organizace. Obraťte se na některého z nich, nebo se vraťte k tomu, co vidět můžete.',
};
