import type { Mailer } from './mailer.ts';

/** Where no SMTP server is configured: mails go to the log, whole. They never hold a secret. */
export function createLogMailer(info: (details: object, message: string) => void): Mailer {
  return {
    send: async (mail) => info({ mail }, 'mail (SMTP_URL is not set)'),
    close: () => {},
  };
}
