// Lengths of time as they are typed: `--expires-in 30d`, `--grace 24h`.
import { usageError } from './errors.ts';

const LONGEST_EXPIRY_DAYS = 365;
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
/** Seven days, in seconds. */
export const LONGEST_GRACE = 7 * SECONDS.d;

/** Days until a token expires, `0` for never. Throws a usage error. */
export function expiryDays(text: string): number {
  if (text === 'never') return 0;
  const days = Number(/^(\d+)d?$/.exec(text)?.[1]);
  if (days >= 1 && days <= LONGEST_EXPIRY_DAYS) return days;
  throw usageError(`--expires-in must be a number of days from 1 to ${LONGEST_EXPIRY_DAYS}, or never: ${text}`, [
    'Write it like --expires-in 30d',
  ]);
}

/** Seconds. Throws a usage error. */
export function graceSeconds(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds <= LONGEST_GRACE) return seconds;
  throw usageError(`--grace must be a length of time of at most 7d: ${text}`, ['Write it like --grace 24h, 30m or 7d']);
}
