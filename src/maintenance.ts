// Removes what has run its course, in the background: rows that no answer can depend on any more.
import type { Logger } from 'pino';
import { deleteSetUpLinksBefore } from './accounts/set-up.ts';
import { deleteAssertionsBefore } from './clients/resource-server-authentication.ts';
import { after, type Clock, DAY, MINUTE } from './clock.ts';
import type { Database } from './database/database.ts';
import { deleteDeviceAuthorizationsBefore } from './device/device-authorization-store.ts';
import { deleteSessionsBefore } from './sessions/session-store.ts';

const EVERY = 10 * MINUTE;
/** Long enough that a device which polls late is told `expired_token`, and a person "expired" instead of "unknown". */
const KEEP_DEVICE_AUTHORIZATIONS = DAY;
/** Past their expiry, for instances whose clocks are behind. */
const KEEP_ASSERTIONS = 5 * MINUTE;
/** Ended sign-ins stay for questions. */
const KEEP_SESSIONS = 30 * DAY;

/** Starts the rounds; returns how to stop them. */
export function startMaintenance(database: Database, clock: Clock, log: Logger): () => void {
  const round = async () => {
    const now = clock.now();
    await deleteDeviceAuthorizationsBefore(database, after(now, -KEEP_DEVICE_AUTHORIZATIONS));
    await deleteSessionsBefore(database, after(now, -KEEP_SESSIONS));
    await deleteAssertionsBefore(database, after(now, -KEEP_ASSERTIONS));
    await deleteSetUpLinksBefore(database, now);
  };
  const timer = setInterval(() => {
    round().catch((err: unknown) => log.warn({ err }, 'maintenance will try again'));
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}
