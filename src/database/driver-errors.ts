import { DatabaseUnavailable, UnfitText, UniqueViolation } from './database.ts';

// SQLSTATE classes and codes that say "the server is away", not "the statement is wrong": 08 connection, 57P admin
// shutdown and start-up, 53 out of resources, 25006 read-only (a replica after a failover), 57014 statement time-out.
const AWAY = /^(?:08|53|57P|25006|57014)/;

/** Turns what a driver threw into the port's errors; anything else passes unchanged. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint } = error as Error & { code?: string; constraint?: string };
  if (code === '23505') return new UniqueViolation(constraint ?? 'unknown', { cause: error });
  if (code === '22021') return new UnfitText(error.message, { cause: error });
  const sqlState = code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
  const answered = sqlState !== undefined && !AWAY.test(sqlState);
  if (answered || error instanceof TypeError) return error;
  return new DatabaseUnavailable(error.message, { cause: error });
}
