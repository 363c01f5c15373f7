// When, from where and by what tokens were last used: collected on the answer's path without waiting, written in the
// background, at most once a minute a token, and on shutdown.
import { after, type Clock, MINUTE, SECOND } from '../clock.ts';
import type { Database } from '../database/database.ts';

const EVERY = 5 * SECOND;
/** More than this many tokens between two rounds: the oldest uses are not kept. Bounds memory. */
const MAX_WAITING = 100_000;

/** As the resource server told it. */
export interface TokenUse {
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

export interface UsageRecorder {
  record(tokenId: string, use: TokenUse): void;
  /** Writes all that waits, however lately it was written before. */
  flush(): Promise<void>;
  /** Writes all that waits, then rests. */
  stop(): Promise<void>;
}

/** @param onFailure told of rounds that failed; what they were to write is tried again */
export function startUsageRecorder(
  database: Database,
  clock: Clock,
  onFailure: (error: unknown) => void,
): UsageRecorder {
  let waiting = new Map<string, TokenUse & { at: Date }>();
  let writtenAt = new Map<string, Date>();
  const timer = setInterval(() => void writeDue(false).catch(onFailure), EVERY);
  timer.unref();

  async function writeDue(everything: boolean): Promise<void> {
    const minuteAgo = after(clock.now(), -MINUTE);
    writtenAt = new Map([...writtenAt].filter(([, at]) => at > minuteAgo));
    const due = [...waiting].filter(([id]) => everything || !writtenAt.has(id));
    if (due.length === 0) return;
    for (const [id] of due) waiting.delete(id);
    try {
      await write(due, everything ? clock.now() : minuteAgo);
    } catch (error) {
      waiting = new Map([...due, ...waiting]);
      throw error;
    }
    for (const [id] of due) writtenAt.set(id, clock.now());
  }

  /** Skips tokens whose last use another instance wrote after `unlessAfter`. */
  async function write(due: [string, TokenUse & { at: Date }][], unlessAfter: Date): Promise<void> {
    const uses = due.toSorted(([a], [b]) => (a < b ? -1 : 1)); // always in one order: two instances never block each other
    await database.query(
      `UPDATE tokens t SET last_used_at = u.at, last_used_address = u.address, last_used_user_agent = u.user_agent
       FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[]) AS u (id, at, address, user_agent)
       WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at < least(u.at, $5))`,
      [
        uses.map(([id]) => id),
        uses.map(([, { at }]) => at),
        uses.map(([, use]) => use.address ?? null),
        uses.map(([, use]) => use.userAgent ?? null),
        unlessAfter,
      ],
    );
  }

  return {
    record(tokenId, { address, userAgent }) {
      if (waiting.size >= MAX_WAITING && !waiting.has(tokenId)) return;
      waiting.set(tokenId, { address, userAgent, at: clock.now() });
    },
    flush: () => writeDue(true),
    async stop() {
      clearInterval(timer);
      await writeDue(true).catch(onFailure);
    },
  };
}
