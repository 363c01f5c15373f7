// Removes what has run its course, in the background: rows that no answer can depend on any more.
import type { Logger } from 'pino';
import { deleteSetUpLinksBefore } from './accounts/set-up.ts';
import { deleteAssertionsBefore } from './clients/resource-server-authentication.ts';
import { after, type Clock, DAY, MINUTE } from './clock.ts';
import type { Settings } from './config.ts';
import type { Database } from './database/database.ts';
import { deleteDeviceAuthorizationsBefore } from './device/device-authorization-store.ts';
import { deleteInvitationsBefore } from './members/invitation-store.ts';
import { deleteSessionsBefore } from './sessions/session-store.ts';
import { deleteUsageBefore } from './usage/usage-store.ts';

const EVERY = 10 * MINUTE;
/** Long enough that a device which polls late is told `expired_token`, and a person "expired" instead of "unknown". */
const KEEP_DEVICE_AUTHORIZATIONS = DAY;
/** Past their expiry, for instances whose clocks are behind. */
const KEEP_ASSERTIONS = 5 * MINUTE;
/** Ended sign-ins stay for questions. */
const KEEP_SESSIONS = 30 * DAY;

/** Longer than any limit on them counts back. */
const KEEP_INVITATIONS = 30 * DAY;

/** Starts the rounds; returns how to stop them. */
export function startMaintenance(
  database: Database,
  clock: Clock,
  { usage }: Pick<Settings, 'usage'>,
  log: Logger,
): () => void {
  const round = async () => {
    const now = clock.now();
    await deleteDeviceAuthorizationsBefore(database, after(now, -KEEP_DEVICE_AUTHORIZATIONS));
    await deleteSessionsBefore(database, after(now, -KEEP_SESSIONS));
    await deleteAssertionsBefore(database, after(now, -KEEP_ASSERTIONS));
    await deleteSetUpLinksBefore(database, now);
    await deleteUsageBefore(database, after(now, -usage.retentionDays * DAY));
    await deleteInvitationsBefore(database, after(now, -KEEP_INVITATIONS));
  };
  const timer = setInterval(() => {
    round().catch((err: unknown) => log.warn({ err }, 'maintenance will try again'));
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}
