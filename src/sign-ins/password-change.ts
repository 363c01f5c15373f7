// A new password: by the person, who knows the current one, or by the operator. It ends every sign-in that the old one
// may have opened; personal tokens stay, as they were made by whoever was signed in and are revoked one by one.
import { mailTextsFor } from '../../views/mails/mail-texts.ts';
import { setPassword } from '../accounts/account-store.ts';
import { hashPassword, verifyPassword } from '../accounts/password.ts';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { denyApprovals } from '../device/device-authorization-store.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Secret } from '../oauth/secret.ts';
import type { BrowserSession, BrowserSessions } from '../sessions/browser-sessions.ts';
import { endAllSessions } from '../sessions/end-sessions.ts';
import { holdSession } from '../sessions/session-store.ts';
import { findPasswordHash, lockPersonForPassword, type PersonOfPassword } from './password-store.ts';

/** `wrong`: not the current password, or it was changed meanwhile. `signed_out`: the browser was, meanwhile. */
type Change =
  | {
      readonly outcome: 'changed';
      /** Of this browser's new sign-in: the old one has ended with the others. */
      readonly secret: Secret;
      readonly expiresAt: Date;
      /** How many others were ended. */
      readonly others: number;
    }
  | { readonly outcome: 'wrong' | 'signed_out' };

/** By the person, in this browser, which stays signed in. */
export type ChangePassword = (by: BrowserSession, current: string, next: string, actor: Actor) => Promise<Change>;

export function createPasswordChange(
  database: Database,
  clock: Clock,
  browserSessions: BrowserSessions,
  publicUrl: string,
): ChangePassword {
  return async (by, current, next, actor) => {
    const verified = await findPasswordHash(database, by.personId);
    if (!(await verifyPassword(verified, current))) return { outcome: 'wrong' };
    const passwordHash = await hashPassword(next);
    return await database.transaction(async (transaction) => {
      const now = clock.now();
      const person = await lockPersonForPassword(transaction, { id: by.personId });
      if (person === undefined || person.passwordHash !== verified) return { outcome: 'wrong' };
      if (!(await holdSession(transaction, by.id, now))) return { outcome: 'signed_out' };
      const ended = await replacePassword(transaction, person, passwordHash, actor, publicUrl, now);
      const { secret, expiresAt } = await browserSessions.startWithin(transaction, person.id, actor);
      return { outcome: 'changed', secret, expiresAt, others: ended - 1 };
    });
  };
}

/** By the operator. Undefined: nobody has this e-mail address. */
export async function setPasswordOf(
  database: Database,
  email: string,
  next: string,
  actor: Actor,
  publicUrl: string,
  now: Date,
): Promise<{ readonly personId: string; readonly ended: number } | undefined> {
  const passwordHash = await hashPassword(next);
  return await database.transaction(async (transaction) => {
    const person = await lockPersonForPassword(transaction, { email });
    if (person === undefined) return undefined;
    return {
      personId: person.id,
      ended: await replacePassword(transaction, person, passwordHash, actor, publicUrl, now),
    };
  });
}

/** The person is locked: whoever signs in, approves or redeems a login at this moment does so before, and is ended, or after. */
async function replacePassword(
  transaction: Queryable,
  { id, email, locale }: PersonOfPassword,
  passwordHash: string,
  actor: Actor,
  publicUrl: string,
  now: Date,
): Promise<number> {
  await setPassword(transaction, id, passwordHash, now);
  await denyApprovals(transaction, id);
  const ended = await endAllSessions(transaction, { personId: id }, 'password_changed', actor, now);
  await recordAct(transaction, now, {
    action: 'password.set',
    target: `person:${id}`,
    actor,
    details: { endedSessions: ended },
  });
  const mail = mailTextsFor(locale).passwordChanged(actor.address, publicUrl);
  await enqueueMail(transaction, { to: email, ...mail }, now);
  return ended;
}
