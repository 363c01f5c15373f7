// The only reader of the time in this package.

/** Seconds since 1970, as JWTs count them. */
export function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Milliseconds since some moment: never set back, whatever happens to the clock on the wall. */
export function monotonicMs(): number {
  return performance.now();
}
