// What goes on beside the requests: removing what has run its course, sealing the audit log, sending mail, writing expiry
// notices and what credentials were used for.
import type { Logger } from 'pino';
import { type AuditKeeping, startAuditKeeping } from './audit/keeping.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Mail } from './mail/mailer.ts';
import { createLogMailer } from './mail/mailer-log.ts';
import { createSmtpMailer } from './mail/mailer-smtp.ts';
import { type Outbox, startOutbox } from './mail/outbox.ts';
import { startMaintenance } from './maintenance.ts';
import { type ExpiryNotices, startExpiryNotices } from './notices/expiry-notices.ts';
import { createInvitationMails } from './notices/invitation-mails.ts';
import { startUsageRecorder, type UsageRecorder } from './usage/usage-recorder.ts';

export interface Background {
  readonly audit: AuditKeeping;
  readonly expiryNotices: ExpiryNotices;
  readonly outbox: Outbox;
  readonly usage: UsageRecorder;
  /** Writes what waits, then rests. */
  stop(): Promise<void>;
}

/** @param showMail takes mails with a secret where no SMTP server is configured */
export function startBackground(
  config: Config,
  database: Database,
  clock: Clock,
  log: Logger,
  keys: KeyRing,
  showMail?: (mail: Mail) => void,
): Background {
  const triesAgain = (what: string) => (err: unknown) => log.warn({ err }, `${what} will try again`);
  const mailer =
    config.smtp === undefined
      ? createLogMailer((details, message) => log.info(details, message), showMail)
      : createSmtpMailer(config.smtp.url, config.smtp.from);
  const composeInvitation = createInvitationMails(database, clock, keys.invitationKey, config.publicUrl);
  const usage = startUsageRecorder(database, clock, triesAgain('usage'));
  const outbox = startOutbox(database, mailer, clock, composeInvitation, triesAgain('mail'));
  const expiryNotices = startExpiryNotices(database, clock, config.publicUrl, triesAgain('expiry notices'));
  const { retentionDays } = config.settings.audit;
  const audit = startAuditKeeping(database, clock, keys.auditKey, retentionDays, log);
  const stopMaintenance = startMaintenance(database, clock, config.settings, log);
  return {
    audit,
    expiryNotices,
    outbox,
    usage,
    async stop() {
      stopMaintenance();
      expiryNotices.stop();
      await usage.stop();
      await outbox.stop();
      await audit.stop();
    },
  };
}
