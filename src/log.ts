// The log: JSON lines for machines, readable lines for a person's terminal. Secrets never reach it: they are of type
// Secret, requests are logged without their query, and errors without what a statement was given.
import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** @param destination where lines go; a test's own */
export function createLog(
  config: Pick<Config, 'logLevel' | 'production'>,
  destination?: pino.DestinationStream,
): Logger {
  const options = {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  if (destination !== undefined) return pino(options, destination);
  if (config.production || !process.stdout.isTTY) return pino(options);
  return pino(options, pretty({ ignore: 'requestId', translateTime: 'HH:MM:ss', singleLine: true }));
}

/** What an error says of itself. Drivers hang the statement and its parameters on theirs: those are left out. */
function describeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
