// The only reader of the time in the command; everything else is handed a Clock.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since 1970 of an ISO 8601 or HTTP date; NaN when it is neither. */
  parse(text: string): number;
  /** ISO 8601 in UTC. */
  iso(milliseconds: number): string;
}

/** For libraries that take no other form of time. */
export function dateOf(milliseconds: number): Date {
  return new Date(milliseconds);
}

/** Of the day in this terminal's time zone; milliseconds since 1970. */
export function edgeOfDay(milliseconds: number, edge: 'beginning' | 'end'): number {
  const day = new Date(milliseconds);
  return edge === 'beginning' ? day.setHours(0, 0, 0, 0) : day.setHours(23, 59, 59, 999);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  parse: (text) => Date.parse(text),
  iso: (milliseconds) => new Date(milliseconds).toISOString(),
};
