import type { Role } from '../oauth/roles.ts';

/** What a sign-in knows about where it came from. Names are what the device says of itself. */
export interface Device {
  readonly name: string | undefined;
  readonly system: string | undefined;
  readonly address: string;
  readonly userAgent: string | undefined;
}

/**
 * A CLI's sign-in that is alive at the moment it was read: not ended, not expired, its person enabled, its current
 * organization open, and the person a member of it. Role and names are as of that moment, never frozen.
 */
export interface LiveSession {
  /** `ses_…` */
  readonly id: string;
  readonly clientId: string;
  /** Space-separated, as granted. */
  readonly scope: string;
  readonly personId: string;
  readonly email: string;
  readonly personName: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly role: Role;
  readonly refreshId: Buffer;
  readonly generation: number;
  readonly rotatedAt: Date | null;
  readonly authenticatedAt: Date;
  readonly createdAt: Date;
  /** The absolute end, however often it refreshes. */
  readonly expiresAt: Date;
}

/** Of a session, what its tokens are made of. */
export type GrantedSession = Pick<LiveSession, 'id' | 'clientId' | 'personId' | 'scope' | 'refreshId' | 'generation'>;

/** Why a session ended. */
export type EndReason =
  | 'signed_out'
  | 'revoked_by_client'
  | 'refresh_token_reused'
  | 'device_code_reused'
  | 'replaced'
  | 'leaked'
  | 'no_longer_allowed'
  | 'revoked'
  | 'member_removed'
  | 'person_disabled'
  | 'password_changed';

/** Which sign-ins: all that match everything that is given. */
export interface SessionSelection {
  readonly personId?: string;
  /** Those acting for it: CLI logins. Browsers' are of no organization. */
  readonly organizationId?: string;
  /** This one alone. */
  readonly id?: string;
  /** All but this one. */
  readonly exceptId?: string;
}
