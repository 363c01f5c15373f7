import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailable } from '../database/database.ts';

/**
 * The result of `work`, if it comes in time.
 * @throws DatabaseUnavailable when it doesn't: who asks is told so now instead of waiting with us for a database that hangs
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: patience.signal, ref: false }).then(() => {
    throw new DatabaseUnavailable(`no answer within ${milliseconds} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    patience.abort();
    late.catch(() => {}); // it was aborted, or has been told
    work.catch(() => {}); // too late to matter
  }
}
