import type { Device } from '../sessions/session.ts';

interface Common {
  readonly clientId: string;
  /** Space-separated, as asked for. */
  readonly scope: string;
  readonly device: Device;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A login that a device asked for (RFC 8628) and what became of it. It goes down this list and never back. */
export type DeviceAuthorization = Common &
  (
    | { readonly state: 'pending' }
    | { readonly state: 'denied'; readonly personId: string }
    | {
        readonly state: 'approved' | 'redeemed';
        readonly personId: string;
        readonly organizationId: string;
        readonly sessionId: string;
        readonly authenticatedAt: Date;
      }
  );

export function isExpired(authorization: DeviceAuthorization, now: Date): boolean {
  return authorization.expiresAt <= now;
}
