// The RateCounter port: how often something happened lately. Counts may be lost (Redis is disposable), never trusted for
// more than slowing people down.

/** `points` acts in `seconds`, counted per key. */
interface RateLimit {
  readonly points: number;
  readonly seconds: number;
}

/** Where a key stands. */
interface RateState {
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetSeconds: number;
  /** This act is over the limit. */
  readonly exceeded: boolean;
}

export interface RateCounter {
  /** Counts one act. Undefined: it is within the limit; else the seconds until the next is. */
  count(key: string): Promise<number | undefined>;
  /** Counts one act and tells where that leaves the key. */
  take(key: string): Promise<RateState>;
  /** Takes one act back: it turned out to be a good one. */
  forgive(key: string): Promise<void>;
}

export interface RateCounters {
  /** @param name of the limit, unique in the program */
  counter(name: string, limit: RateLimit): RateCounter;
  /** Whether the store answers. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

/** One act, as one counter counts it. */
export interface Counted {
  readonly counter: RateCounter;
  readonly key: string;
}

/** Counts one act everywhere it counts, until one refuses it. Undefined: none did; else the seconds to wait. */
export async function countAll(acts: readonly Counted[]): Promise<number | undefined> {
  for (const { counter, key } of acts) {
    const retryAfterSeconds = await counter.count(key);
    if (retryAfterSeconds !== undefined) return retryAfterSeconds;
  }
  return undefined;
}

export async function forgiveAll(acts: readonly Counted[]): Promise<void> {
  await Promise.all(acts.map(({ counter, key }) => counter.forgive(key)));
}
