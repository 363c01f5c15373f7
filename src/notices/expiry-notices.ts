// Tells owners by mail that a token will expire: 30, 7 and 1 days before, once each, whatever the number of instances.
import { mailTextsFor } from '../../views/mails/mail-texts.ts';
import type { Locale } from '../../views/messages/messages-for.ts';
import { after, type Clock, DAY, MINUTE } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { previewOf, type Token } from '../tokens/token.ts';

const EVERY = 10 * MINUTE;
const DAYS_BEFORE = [1, 7, 30] as const;
const BATCH = 100;

interface Due {
  readonly id: string;
  readonly kind: Token['kind'];
  readonly digest: Buffer;
  readonly name: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly email: string;
  readonly locale: Locale;
}

export interface ExpiryNotices {
  /** Writes the notices that are due into the outbox. */
  write(): Promise<void>;
  stop(): void;
}

/** @param onFailure told of rounds that failed; they are tried again */
export function startExpiryNotices(
  database: Database,
  clock: Clock,
  publicUrl: string,
  onFailure: (error: unknown) => void,
): ExpiryNotices {
  const write = async () => {
    // From the nearest day on: who is told "1 day" isn't told "7 days" as well, should the server have been away.
    for (const days of DAYS_BEFORE) while ((await writeBatch(days)) === BATCH);
  };
  const timer = setInterval(() => void write().catch(onFailure), EVERY);
  timer.unref();
  return { write, stop: () => clearInterval(timer) };

  function writeBatch(days: (typeof DAYS_BEFORE)[number]): Promise<number> {
    return database.transaction(async (transaction) => {
      const now = clock.now();
      const { rows } = await transaction.query<Due>(
        `WITH claimed AS (
           INSERT INTO token_notices (token_id, days_before, written_at)
           SELECT t.id, d.days, $1 FROM tokens t CROSS JOIN unnest($4::int[]) AS d (days)
           WHERE t.id IN (
             SELECT t.id FROM tokens t
             WHERE t.revoked_at IS NULL AND t.replaced_by IS NULL AND t.expires_at > $1 AND t.expires_at <= $2
               AND t.created_at < t.expires_at - $3 * interval '1 day'
               AND NOT EXISTS (SELECT FROM token_notices n WHERE n.token_id = t.id AND n.days_before = $3)
             ORDER BY t.expires_at LIMIT ${BATCH})
           ON CONFLICT DO NOTHING RETURNING token_id, days_before)
         SELECT t.id, t.kind, t.digest, t.name, o.id AS "organizationId", o.name AS "organizationName", p.email, p.locale
         FROM claimed c JOIN tokens t ON t.id = c.token_id
         JOIN organizations o ON o.id = t.organization_id AND o.closed_at IS NULL
         JOIN people p ON p.id = t.created_by AND p.disabled_at IS NULL
         JOIN memberships m ON m.person_id = p.id AND m.organization_id = t.organization_id
         WHERE c.days_before = $3`,
        [now, after(now, days * DAY), days, DAYS_BEFORE.filter((other) => other >= days)],
      );
      for (const token of rows) {
        const about = { ...token, preview: previewOf(token), organization: token.organizationName };
        await enqueueMail(
          transaction,
          { to: token.email, ...mailTextsFor(token.locale).expires(about, days, publicUrl) },
          now,
        );
      }
      return rows.length;
    });
  }
}
