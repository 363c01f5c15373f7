import { monotonicMs } from './clock.ts';
import type { IdentityUnavailable } from './identity-unavailable.ts';

const QUIET_MS = 10_000;

/** Writes to the console, seldom enough for an outage not to fill a disk. */
export function createFaultReporter(): (fault: IdentityUnavailable) => void {
  let quietUntil = 0;
  return (fault) => {
    if (monotonicMs() < quietUntil) return;
    quietUntil = monotonicMs() + QUIET_MS;
    console.error(`@teamday/resource-server: ${fault.message}`);
  };
}
