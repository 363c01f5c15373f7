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

const ISO_8601 = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)?$/;

/** The instant of a date and time in ISO 8601, UTC where it names no zone; undefined when it is none of the years 1 to 9999. */
export function parseTime(text: string): Date | undefined {
  const [, day, time, zone = 'Z'] = ISO_8601.exec(text) ?? [];
  const date = new Date(`${day}T${time}${zone}`);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date : undefined;
}

/** Milliseconds that only ever go forward, for measuring how long something took. */
export function monotonicMs(): number {
  return performance.now();
}

/** The instant of `milliseconds` since 1970. */
export function fromEpochMs(milliseconds: number): Date {
  return new Date(milliseconds);
}

let dateOfSecond = { second: 0, text: '' };

/** The time now as the Date header of HTTP has it (RFC 9110 §5.6.7). */
export function httpDate(): string {
  const now = Date.now();
  const second = Math.floor(now / SECOND);
  if (second !== dateOfSecond.second) dateOfSecond = { second, text: new Date(now).toUTCString() };
  return dateOfSecond.text;
}
