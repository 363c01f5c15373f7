// The rules of new tokens: how long they may live, which services they may name.
import type { OrganizationPolicy } from '../accounts/organization-policy.ts';
import { after, DAY } from '../clock.ts';
import type { Token } from './token.ts';

export interface TokenPolicy {
  /** The longest a personal token may live; null: "never expires" is allowed. */
  readonly personalMaxDays: number | null;
  /** Names of services, without `all`. */
  readonly services: readonly string[];
}

/** Days for both kinds, unless told otherwise. */
export const DEFAULT_EXPIRY_DAYS = 90;
export const MAX_EXPIRY_DAYS = 365;

/** Expired tokens stay in lists this long, so that their owner sees why something stopped. */
export const LIST_EXPIRED_FOR = 30 * DAY;

/** What the pages offer; a person may type another number of days. */
export const OFFERED_DAYS = [7, 30, 90, 180, 365] as const;

/** When a token of `days` (0: never) ends, or null. */
export function expiryOf(days: number, now: Date): Date | null {
  return days === 0 ? null : after(now, days * DAY);
}

/**
 * The longest that a new token may live in an organization, by the operator's rule and by its own: whichever is shorter.
 * Days; null: for ever.
 */
export function maxDaysIn(
  kind: Token['kind'],
  policy: OrganizationPolicy | undefined,
  personalMaxDays: number | null,
): number | null {
  if (kind === 'organization') return policy?.requireOrganizationTokenExpiry === true ? MAX_EXPIRY_DAYS : null;
  const limits = [personalMaxDays, policy?.personalTokenMaxDays ?? null].filter((days) => days !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** Whether `days` (0: never) are more than that. */
export function isTooLong(days: number, maxDays: number | null): boolean {
  return maxDays !== null && (days === 0 || days > maxDays);
}

/** Days of a token for which nobody said how long. */
export function usualDays(maxDays: number | null): number {
  return Math.min(DEFAULT_EXPIRY_DAYS, maxDays ?? DEFAULT_EXPIRY_DAYS);
}

/** Which of these is no service, or undefined when all are. */
export function unknownScope(scopes: readonly string[], policy: TokenPolicy): string | undefined {
  return scopes.find((scope) => scope !== 'all' && !policy.services.includes(scope));
}
