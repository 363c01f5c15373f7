// The failures a person can meet, their exit codes and what to do next. How they are printed is terminal.ts's matter.
import { STATUS_CODES } from 'node:http';

export const EXIT = {
  failure: 1,
  usage: 2,
  notSignedIn: 4,
  forbidden: 5,
  rateLimited: 6,
  interrupted: 130,
  terminated: 143,
} as const;

interface Explanation {
  /** The HTTP status the server answered with, if it was the server that refused. */
  readonly status?: number;
  /** Facts printed right below the message. */
  readonly details?: readonly string[];
  /** What to do next, a line each; commands are indented by two spaces. */
  readonly next?: readonly string[];
}

/** A failure to report to the person: `Error: message`, facts, and what to do next. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: number;
  readonly status: number | undefined;
  readonly details: readonly string[];
  readonly next: readonly string[];

  constructor(exitCode: number, message: string, { status, details = [], next = [] }: Explanation = {}) {
    super(message);
    this.exitCode = exitCode;
    this.status = status;
    this.details =
      status === undefined ? details : [`Status: ${status} ${STATUS_CODES[status] ?? ''}`.trim(), ...details];
    this.next = next;
  }
}

/** The server gave no answer at all; whether it has done what it was asked is unknown. */
export class Unreachable extends CliError {
  override readonly name = 'Unreachable';

  constructor(server: string, reason: string) {
    super(EXIT.failure, `Can't reach ${server}: ${reason}`, {
      next: [
        'Check the connection and that the server runs, or name another server:',
        '  export TEAMDAY_URL=https://…',
      ],
    });
  }
}

/** Ctrl+C, or the system asking the process to end. */
export class Interrupted extends CliError {
  override readonly name = 'Interrupted';

  constructor(exitCode: number = EXIT.interrupted) {
    super(exitCode, 'Interrupted');
  }
}

export const SIGN_IN_AGAIN = ['Sign in again:', '  teamday auth login'];

export function usageError(message: string, next: readonly string[] = []): CliError {
  return new CliError(EXIT.usage, message, { next });
}

export function noTokenError(details: readonly string[] = []): CliError {
  return new CliError(EXIT.notSignedIn, 'No authentication token found', {
    details,
    next: [
      'Sign in:',
      '  teamday auth login',
      'Or save a personal access token:',
      '  teamday auth set-key',
      'Or name it in the environment: TEAMDAY_API_TOKEN',
    ],
  });
}

/** The refresh token is dead: revoked, replaced, or its 90 days are over. */
export function sessionEndedError(): CliError {
  return new CliError(EXIT.notSignedIn, 'Your session has ended: it was revoked, or its time is over', {
    next: SIGN_IN_AGAIN,
  });
}

/** A request nobody here could have meant: the server speaks, but not as TeamDay does. */
export function unexpectedAnswerError(server: string, what: string): CliError {
  return new CliError(EXIT.failure, `${server} gave an unexpected answer: ${what}`, {
    next: ['Is it a TeamDay server? Check TEAMDAY_URL, or name another:', '  export TEAMDAY_URL=https://…'],
  });
}
