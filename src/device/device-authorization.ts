import type { Device } from '../sessions/session.ts';

interface Common {
  readonly clientId: string;
  /** Space-separated, as asked for. */
  readonly scope: string;
  readonly device: Device;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Who approved a login, for which organization, and the session that comes of it. */
interface Approved {
  readonly personId: string;
  readonly organizationId: string;
  readonly sessionId: string;
  readonly authenticatedAt: Date;
}

/** A login that a device asked for (RFC 8628) and what became of it. It goes down this list and never back. */
export type DeviceAuthorization = Common &
  (
    | { readonly state: 'pending' }
    | { readonly state: 'denied'; readonly personId: string }
    | (Approved & { readonly state: 'approved' | 'redeemed' })
  );

/** One that was redeemed at this moment. */
export type RedeemedAuthorization = Common & Approved & { readonly deviceCodeDigest: Buffer };

export function isExpired(authorization: DeviceAuthorization, now: Date): boolean {
  return authorization.expiresAt <= now;
}
