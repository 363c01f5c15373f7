// What goes on beside the requests: removing what has run its course, sending mail, writing expiry notices and last uses.
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { createLogMailer } from './mail/mailer-log.ts';
import { createSmtpMailer } from './mail/mailer-smtp.ts';
import { type Outbox, startOutbox } from './mail/outbox.ts';
import { startMaintenance } from './maintenance.ts';
import { type ExpiryNotices, startExpiryNotices } from './notices/expiry-notices.ts';
import { startUsageRecorder, type UsageRecorder } from './tokens/usage-recorder.ts';

export interface Background {
  readonly expiryNotices: ExpiryNotices;
  readonly outbox: Outbox;
  readonly usage: UsageRecorder;
  /** Writes what waits, then rests. */
  stop(): Promise<void>;
}

export function startBackground(config: Config, database: Database, clock: Clock, log: Logger): Background {
  const triesAgain = (what: string) => (err: unknown) => log.warn({ err }, `${what} will try again`);
  const mailer =
    config.smtp === undefined
      ? createLogMailer((details, message) => log.info(details, message))
      : createSmtpMailer(config.smtp.url, config.smtp.from);
  const usage = startUsageRecorder(database, clock, triesAgain('last uses'));
  const outbox = startOutbox(database, mailer, clock, triesAgain('mail'));
  const expiryNotices = startExpiryNotices(database, clock, settingsUrl(config), triesAgain('expiry notices'));
  const stopMaintenance = startMaintenance(database, clock, log);
  return {
    expiryNotices,
    outbox,
    usage,
    async stop() {
      stopMaintenance();
      expiryNotices.stop();
      await usage.stop();
      await outbox.stop();
    },
  };
}

/** Where a person manages their tokens. */
export function settingsUrl({ publicUrl }: Pick<Config, 'publicUrl'>): string {
  return `${publicUrl}/settings/api-keys`;
}
