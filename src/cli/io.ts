// Everything the command takes from the world around it. main.ts fills it from the process; nothing else may
// touch the process, so that every command can be run in a test with real files and a real server.
import type { Readable, Writable } from 'node:stream';
import type { Clock } from './clock.ts';

export type Input = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
/** `columns`: the terminal's width. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Io {
  readonly version: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly hostname: string;
  /** Node's names: `linux`, `darwin`, `win32`, …; `x64`, `arm64`, … */
  readonly platform: string;
  readonly arch: string;
  readonly pid: number;
  /** The user the process runs as; undefined where the system has no such number (Windows). */
  readonly uid: number | undefined;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  /** Aborted by Ctrl+C or a request to end; its reason is an `Interrupted`. */
  readonly interrupted: AbortSignal;
  /** Waits so many milliseconds; rejects when interrupted. */
  sleep(milliseconds: number): Promise<void>;
  /** Opens a page in `program`, or in the person's own browser; rejects when it can't be started. */
  openUrl(url: string, program: string | undefined): Promise<void>;
  /** Whether a process of this machine still runs. */
  isAlive(pid: number): boolean;
}

/** An environment variable's value without white space around it; an empty one counts as not set. */
export function variable(io: Pick<Io, 'env'>, name: string): string | undefined {
  return io.env[name]?.trim() || undefined;
}
