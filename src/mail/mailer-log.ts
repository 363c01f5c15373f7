import type { Mail, Mailer } from './mailer.ts';

/**
 * Where no SMTP server is configured: mails go to the log, whole. Of a confidential one the log says only that there was
 * one.
 * @param show takes confidential mails instead: the terminal of whoever tries the server out
 */
export function createLogMailer(
  info: (details: object, message: string) => void,
  show: ((mail: Mail) => void) | undefined,
): Mailer {
  return {
    async send(mail) {
      if (mail.confidential !== true) return info({ mail }, 'mail (SMTP_URL is not set)');
      show?.(mail);
      const { to, subject } = mail;
      const instead = show === undefined ? 'not sent' : 'shown above, not sent';
      info({ mail: { to, subject } }, `a mail with a link was ${instead} (SMTP_URL is not set)`);
    },
    close: () => {},
  };
}
