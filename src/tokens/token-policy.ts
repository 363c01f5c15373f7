// The rules of new tokens: how long they may live, which services they may name.
import { after, DAY } from '../clock.ts';

export interface TokenPolicy {
  /** The longest a personal token may live; null: "never expires" is allowed. */
  readonly personalMaxDays: number | null;
  /** Names of services, without `all`. */
  readonly services: readonly string[];
}

/** Days for both kinds, unless told otherwise. */
export const DEFAULT_EXPIRY_DAYS = 90;
export const MAX_EXPIRY_DAYS = 365;

/** What the pages offer; a person may type another number of days. */
export const OFFERED_DAYS = [7, 30, 90, 180, 365] as const;

/** When a token of `days` (0: never) ends, or null. */
export function expiryOf(days: number, now: Date): Date | null {
  return days === 0 ? null : after(now, days * DAY);
}

/** Why a personal token may not live that long, or undefined. `days`: 0 (never) to 365. */
export function personalExpiryProblem(days: number, policy: TokenPolicy): string | undefined {
  const { personalMaxDays } = policy;
  if (personalMaxDays === null) return undefined;
  if (days === 0) return `Personal access tokens must expire: expiresInDays must be 1 to ${personalMaxDays}`;
  return days > personalMaxDays ? `expiresInDays must be at most ${personalMaxDays}` : undefined;
}

/** Which of these is no service, or undefined when all are. */
export function unknownScope(scopes: readonly string[], policy: TokenPolicy): string | undefined {
  return scopes.find((scope) => scope !== 'all' && !policy.services.includes(scope));
}
