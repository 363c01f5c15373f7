import type { Limit } from '../config.ts';
import { addressGroup } from './client-address.ts';
import { tooManyRequests } from './http-error.ts';
import { countAll, type RateCounters } from './rate-counter.ts';

/** Counts a login that a device asks for from `address`: each writes a row, and anybody may ask for one. @throws HttpError 429 */
export type LimitLogins = (address: string) => Promise<void>;

export function createLoginLimit(
  counters: RateCounters,
  limits: { readonly deviceAuthorizationPerAddress: Limit; readonly deviceAuthorizationGlobal: Limit },
): LimitLogins {
  const perAddress = counters.counter('device-authorization-address', limits.deviceAuthorizationPerAddress);
  const global = counters.counter('device-authorization-global', limits.deviceAuthorizationGlobal);
  return async (address) => {
    const retryAfterSeconds = await countAll([
      { counter: perAddress, key: addressGroup(address) },
      { counter: global, key: 'all' },
    ]);
    if (retryAfterSeconds !== undefined)
      throw tooManyRequests('Too many logins were started just now. Wait a little.', retryAfterSeconds);
  };
}
