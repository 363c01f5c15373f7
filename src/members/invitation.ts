// An invitation, and its link: the id and an HMAC-SHA-256 of it, first 18 bytes. The key is outside the database, so a
// row alone opens nothing, and nothing that opens it is stored; rubbish costs no look-up.
import { createHmac, type KeyObject } from 'node:crypto';
import { sameBytes } from '../digest.ts';
import type { Role } from '../oauth/roles.ts';
import { Secret } from '../oauth/secret.ts';

/** One that waits for its answer. */
export interface Invitation {
  /** `inv_…` */
  readonly id: string;
  /** Normalized. */
  readonly email: string;
  readonly role: Role;
  /** `user_…` */
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** One that may be accepted at the moment it was read: its organization open, who invited still an admin there. */
export interface OpenInvitation extends Invitation {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly inviterName: string;
  /** Whether there is a person of that e-mail address already. */
  readonly hasAccount: boolean;
}

const SPELLING = /^(inv_[0-9A-Za-z]{20})_([A-Za-z0-9_-]{24})$/;

/** The last part of the link. */
export function invitationSecret(id: string, key: KeyObject): Secret {
  return new Secret(`${id}_${mac(id, key).toString('base64url')}`);
}

/** The id of the invitation that a link was made for, or undefined when this server made none such. */
export function parseInvitationSecret(secret: string, key: KeyObject): string | undefined {
  const [, id, shown] = SPELLING.exec(secret) ?? [];
  if (id === undefined || shown === undefined) return undefined;
  return sameBytes(Buffer.from(shown, 'base64url'), mac(id, key)) ? id : undefined;
}

function mac(id: string, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(id).digest().subarray(0, 18);
}
