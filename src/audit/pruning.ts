// Records that have been kept long enough are removed from the beginnings of their chains, and a record says so: its HMAC
// is what tells this from somebody else's removing them.
import type { KeyObject } from 'node:crypto';
import { after, type Clock, DAY, epochSeconds, fromEpochSeconds, SECOND } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { recordAct } from './audit-log.ts';
import { SERVER_CHAIN } from './chain.ts';
import { listChainsFrom, pruneChain } from './chain-store.ts';
import { pruningMac } from './seals.ts';

const WEEK_SECONDS = (7 * DAY) / SECOND;
/** Of one transaction. */
const BATCH = 5_000;

/** Week by week, so that a chain gets no more than one record of it a week. */
export async function pruneAuditLog(
  database: Database,
  clock: Clock,
  key: KeyObject,
  retentionDays: number | null,
): Promise<void> {
  if (retentionDays === null) return;
  const end = epochSeconds(after(clock.now(), -retentionDays * DAY));
  const before = fromEpochSeconds(Math.floor(end / WEEK_SECONDS) * WEEK_SECONDS);
  for (const chain of await listChainsFrom(database, before)) {
    while ((await pruneBatch(database, clock, key, chain, before)) === BATCH);
  }
}

function pruneBatch(database: Database, clock: Clock, key: KeyObject, chain: string, before: Date): Promise<number> {
  return database.transaction(async (transaction) => {
    const pruned = await pruneChain(transaction, chain, before, BATCH);
    if (pruned === undefined) return 0;
    const isServer = chain === SERVER_CHAIN;
    const { records, seq: throughSeq, hash } = pruned;
    const mac = pruningMac(chain, pruned, key).toString('hex');
    await recordAct(transaction, clock.now(), {
      action: 'audit.pruned',
      target: isServer ? 'server' : `organization:${chain}`,
      organizationId: isServer ? undefined : chain,
      actor: { credential: 'maintenance' },
      details: { records, throughSeq, hash: hash.toString('hex'), mac, before: before.toISOString() },
    });
    return records;
  });
}
