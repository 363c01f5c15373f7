import { CommanderError } from 'commander';
import { ConfigurationError } from '../config.ts';
import { DatabaseUnavailable } from '../database/database.ts';
import { DirectoryInUse } from '../database/directory-lock.ts';
import { KeyProblem } from '../keys/encryption-key.ts';

/** What the operator asked for can't be done; the message says why and what to do. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
}

/** Says on standard error what went wrong. Returns the exit code: 2 for a wrong command line, else 1. */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has said it already
  process.stderr.write(`teamday-identity: ${messageOf(error)}\n`);
  return 1;
}

function messageOf(error: unknown): string {
  if (
    error instanceof CommandProblem ||
    error instanceof ConfigurationError ||
    error instanceof DirectoryInUse ||
    error instanceof KeyProblem
  ) {
    return error.message;
  }
  if (error instanceof DatabaseUnavailable) {
    return `The database can't be reached: ${error.message}. Check DATABASE_URL and that the server runs.`;
  }
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Port ${port} of ${address} is taken by another program. Stop it, or set PORT.`;
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} of ${address} may not be used. Set PORT to one above 1023.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
