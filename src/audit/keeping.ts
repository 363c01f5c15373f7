// Keeps the audit log in the background: seals what has been written, and removes what has been kept long enough.
import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { type Clock, MINUTE } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { pruneAuditLog } from './pruning.ts';
import { sealChains } from './seals.ts';

const EVERY = MINUTE;

export interface AuditKeeping {
  /** Seals and removes what is due. */
  round(): Promise<void>;
  /** Seals once more, then rests. */
  stop(): Promise<void>;
}

/**
 * @param key of the seals, and of what tells of removals
 * @param retentionDays null: records are kept for ever
 */
export function startAuditKeeping(
  database: Database,
  clock: Clock,
  key: KeyObject,
  retentionDays: number | null,
  log: Logger,
): AuditKeeping {
  const sealAndTell = async () => {
    const { round, seals, faults } = await sealChains(database, clock, key);
    if (round !== undefined) {
      // In the log as well: whoever puts back an older state of the database can't take it back there.
      const places = seals.map(({ chain, seq, hash }) => ({ chain, seq, hash: hash.toString('hex') }));
      log.info({ round: round.number, digest: round.digest.toString('hex'), seals: places }, 'audit log sealed');
    }
    if (faults.length > 0) {
      const found = faults.map(({ chain, message }) => `${chain}: ${message}`);
      log.error({ faults: found }, 'the audit log was changed: run teamday-identity audit verify');
    }
  };
  const round = async () => {
    await sealAndTell();
    await pruneAuditLog(database, clock, key, retentionDays);
  };
  const triesAgain = (err: unknown) => log.warn({ err }, 'the audit log will be sealed later');
  const timer = setInterval(() => void round().catch(triesAgain), EVERY);
  timer.unref();
  return {
    round,
    async stop() {
      clearInterval(timer);
      await sealAndTell().catch(triesAgain);
    },
  };
}
