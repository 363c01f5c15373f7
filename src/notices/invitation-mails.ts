// The mails that carry invitations, composed when they are sent: the links in them are stored nowhere.
import type { KeyObject } from 'node:crypto';
import { invitationMail } from '../../views/mails/invitation-mail.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { ComposeInvitation } from '../mail/outbox.ts';
import { invitationSecret } from '../members/invitation.ts';
import { findInvitationMail } from '../members/invitation-store.ts';

/** @param key of the links */
export function createInvitationMails(
  database: Database,
  clock: Clock,
  key: KeyObject,
  publicUrl: string,
): ComposeInvitation {
  return async (id) => {
    const found = await findInvitationMail(database, id, clock.now());
    if (found === undefined) return undefined;
    const { organizationName: organization, inviterName: inviter, email, role, expiresAt, locale } = found;
    const link = `${publicUrl}/invitations/${invitationSecret(id, key).reveal()}`;
    const mail = invitationMail({ organization, inviter, email, role, expiresAt, link }, locale);
    return { to: email, ...mail, confidential: true };
  };
}
