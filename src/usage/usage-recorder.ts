// What credentials are used for, when and from where: counted on the answer's path without waiting, written in the
// background at most once a minute a credential, and on shutdown. A crash loses what was counted since.
import { after, type Clock, fromEpochMs, HOUR, MINUTE, SECOND } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { addressText, type CredentialUse, userAgentText } from './credential-use.ts';
import {
  addUsage,
  type LastUse,
  type UsageRow,
  writeLastUsesOfSessions,
  writeLastUsesOfTokens,
} from './usage-store.ts';
import { type Credential, createWays, type Taken } from './ways.ts';

const EVERY = 5 * SECOND;
/** Credentials in one transaction: requests are answered in between, and who revokes one doesn't wait for more than these. */
const MAX_AT_ONCE = 1_000;

export interface UsageRecorder {
  /**
   * Counts one use, and waits for nothing.
   * @param credential `token:tok_…` or `session:ses_…`
   * @param organizationId the one it acts for
   */
  record(credential: string, organizationId: string, use: CredentialUse, now: Date): void;
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
  const ways = createWays();
  let writing: Promise<void> | undefined;
  const timer = setInterval(() => {
    writing ??= writeDue(false)
      .catch(onFailure)
      .finally(() => {
        writing = undefined;
      });
  }, EVERY);
  timer.unref();

  async function writeDue(everything: boolean): Promise<void> {
    const now = clock.now();
    const minuteAgo = after(now, -MINUTE);
    const due = [...ways.waiting].filter(({ writtenAt }) => everything || (writtenAt ?? minuteAgo) <= minuteAgo);
    for (let start = 0; start < due.length; start += MAX_AT_ONCE)
      await write(due.slice(start, start + MAX_AT_ONCE), everything ? now : minuteAgo);
    ways.tidy(now, minuteAgo);
  }

  async function flush(): Promise<void> {
    await writing;
    await writeDue(true);
  }

  async function write(due: readonly Credential[], unlessAfter: Date): Promise<void> {
    const taken = ways.take(due);
    const lastUses = lastUsesIn(taken);
    try {
      // Whether a commit was lost with its answer can't be known: then it is counted twice, rather than not at all.
      await database.transaction(async (transaction) => {
        await addUsage(transaction, usageIn(taken));
        await writeLastUsesOfSessions(transaction, lastUses('session:'), unlessAfter); // sign-ins are locked before tokens, everywhere
        await writeLastUsesOfTokens(transaction, lastUses('token:'), unlessAfter);
      });
    } catch (error) {
      ways.putBack(taken, clock.now());
      throw error;
    }
    for (const credential of due) credential.writtenAt = clock.now();
  }

  return {
    record: (credential, organizationId, use, now) => ways.count(credential, organizationId, use, now),
    flush,
    async stop() {
      clearInterval(timer);
      await flush().catch(onFailure);
    },
  };
}

/** Ways that look alike once they are cleaned are one row. */
function usageIn(taken: readonly Taken[]): readonly UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const { credential, organizationId, use, hour, requests, firstAt, lastAt } of taken) {
    const { service, method, route, address } = use;
    const key = [credential.name, hour, organizationId, service, method, route, address].join('\n');
    const row = { credential: credential.name, organizationId, ...use, hour: fromEpochMs(hour * HOUR) };
    const other = rows.get(key) ?? { requests: 0, firstAt, lastAt };
    rows.set(key, {
      ...row,
      requests: requests + other.requests,
      firstAt: firstAt < other.firstAt ? firstAt : other.firstAt,
      lastAt: lastAt > other.lastAt ? lastAt : other.lastAt,
    });
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** By the kind of credential, and in one order: two instances never block each other. */
function lastUsesIn(taken: readonly Taken[]): (prefix: string) => readonly LastUse[] {
  const last = new Map<string, Taken>();
  for (const way of taken) {
    const known = last.get(way.credential.name);
    if (known === undefined || known.lastAt <= way.lastAt) last.set(way.credential.name, way);
  }
  const names = [...last].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return (prefix) =>
    names
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { lastAt, address, userAgent }]) => ({
        id: name.slice(prefix.length),
        at: lastAt,
        address: addressText(address) || null,
        userAgent: userAgentText(userAgent) || null,
      }));
}
