/** The only reader of the time: everything else is handed a Clock. Milliseconds of the process's wall clock. */
export interface Clock {
  /** The time now. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `date` moved by `milliseconds` (negative: earlier). */
export function after(date: Date, milliseconds: number): Date {
  return new Date(date.getTime() + milliseconds);
}

/** Seconds since 1970, as JWTs and RFC 7662 count them. */
export function epochSeconds(date: Date): number {
  return Math.floor(date.getTime() / SECOND);
}

/** The instant of `seconds` since 1970. */
export function fromEpochSeconds(seconds: number): Date {
  return new Date(seconds * SECOND);
}

/** Milliseconds that only ever go forward, for measuring how long something took. */
export function monotonicMs(): number {
  return performance.now();
}
