import { DatabaseUnavailable, UnfitText, UniqueViolation } from './database.ts';

// SQLSTATE classes and codes that say "not now", not "the statement is wrong": 08 connection, 28 and 3D not let in,
// 40 rolled back (deadlock), 53 out of resources, 55 not ready, 57P shutdown and start-up, 58 and XX the server's own
// trouble, 25006 read-only (a replica after a failover), 25P03 idle in a transaction for too long, 57014 statement time-out.
const NOT_NOW = /^(?:08|28|3D|40|53|55|57P|58|XX|25006|25P03|57014)/;

/** Turns what a driver threw into the port's errors; anything else passes unchanged. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const {
    code = '',
    constraint,
    severity,
  } = error as Error & { code?: string; constraint?: string; severity?: string };
  if (severity === undefined) {
    // Not an answer of the server's: the connection failed, or we are wrong.
    return error instanceof TypeError || error instanceof RangeError
      ? error
      : new DatabaseUnavailable(error.message, { cause: error });
  }
  if (code === '23505') return new UniqueViolation(constraint ?? 'unknown', { cause: error });
  if (code === '22021' || code === '22P05') return new UnfitText(error.message, { cause: error });
  return NOT_NOW.test(code) ? new DatabaseUnavailable(error.message, { cause: error }) : error;
}
