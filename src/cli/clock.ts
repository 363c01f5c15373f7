// The only reader of the time in the command; everything else is handed a Clock.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since 1970 of an ISO 8601 or HTTP date; NaN when it is neither. */
  parse(text: string): number;
  /** ISO 8601 in UTC. */
  iso(milliseconds: number): string;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  parse: (text) => Date.parse(text),
  iso: (milliseconds) => new Date(milliseconds).toISOString(),
};
