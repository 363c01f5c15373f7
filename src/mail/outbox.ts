// Mails on their way out. Written in the transaction of what they tell of, sent in the background by whichever instance
// comes first; at least once, and again later when the mail server refuses. A mail with a secret is composed when it is
// sent: the secret is never stored. Owns the outgoing_mails table.
import { after, type Clock, MINUTE, SECOND } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { Mail, Mailer } from './mailer.ts';

const EVERY = 5 * SECOND;
const BATCH = 20;
/** Time to send a batch in; then another instance may try. */
const LEASE = 2 * MINUTE;
const GIVE_UP_AFTER = 20;

type Waiting = { readonly id: number; readonly attempts: number; readonly to: string } & (
  | { readonly invitationId: null; readonly subject: string; readonly text: string }
  | { readonly invitationId: string }
);

/** What to write of an invitation. Undefined: nothing any more, for it was withdrawn, answered or replaced. */
export type ComposeInvitation = (invitationId: string) => Promise<Mail | undefined>;

/** Part of a transaction: the mail goes out if and only if it commits. */
export async function enqueueMail(transaction: Queryable, { to, subject, text }: Mail, now: Date): Promise<void> {
  await transaction.query(
    'INSERT INTO outgoing_mails (recipient, subject, body, created_at, next_attempt_at) VALUES ($1, $2, $3, $4, $4)',
    [to, subject, text, now],
  );
}

/** The same of the mail that carries an invitation. */
export async function enqueueInvitation(
  transaction: Queryable,
  to: string,
  invitationId: string,
  now: Date,
): Promise<void> {
  await transaction.query(
    'INSERT INTO outgoing_mails (recipient, invitation_id, created_at, next_attempt_at) VALUES ($1, $2, $3, $3)',
    [to, invitationId, now],
  );
}

export interface Outbox {
  /** Sends what is due. */
  flush(): Promise<void>;
  /** Ends the rounds, waits for the one under way. */
  stop(): Promise<void>;
}

/** @param onFailure told of mails that were not accepted, and of rounds that failed */
export function startOutbox(
  database: Database,
  mailer: Mailer,
  clock: Clock,
  composeInvitation: ComposeInvitation,
  onFailure: (error: unknown) => void,
): Outbox {
  let round: Promise<void> | undefined;
  const flush = () => {
    round ??= sendDue().finally(() => {
      round = undefined;
    });
    return round;
  };
  const timer = setInterval(() => void flush().catch(onFailure), EVERY);
  timer.unref();

  return {
    flush,
    async stop() {
      clearInterval(timer);
      await round?.catch(onFailure);
      mailer.close();
    },
  };

  async function sendDue(): Promise<void> {
    let sent = BATCH;
    while (sent === BATCH) {
      const due = await lease();
      for (const mail of due) await sendOne(mail);
      sent = due.length;
    }
  }

  async function lease(): Promise<readonly Waiting[]> {
    const now = clock.now();
    const { rows } = await database.query<Waiting>(
      `UPDATE outgoing_mails SET next_attempt_at = $2, attempts = attempts + 1
       WHERE id IN (SELECT id FROM outgoing_mails WHERE next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
       RETURNING id, recipient AS "to", subject, body AS text, invitation_id AS "invitationId", attempts`,
      [now, after(now, LEASE)],
    );
    return rows;
  }

  async function sendOne(waiting: Waiting): Promise<void> {
    try {
      const mail = waiting.invitationId === null ? waiting : await composeInvitation(waiting.invitationId);
      if (mail !== undefined) await mailer.send(mail);
    } catch (error) {
      onFailure(error);
      if (waiting.attempts < GIVE_UP_AFTER) {
        const retryAt = after(clock.now(), Math.min(2 ** waiting.attempts, 60) * MINUTE);
        await database.query('UPDATE outgoing_mails SET next_attempt_at = $2 WHERE id = $1', [waiting.id, retryAt]);
        return;
      }
    }
    await database.query('DELETE FROM outgoing_mails WHERE id = $1', [waiting.id]);
  }
}
