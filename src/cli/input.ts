// Reading from the person or from a pipe.
import { createInterface } from 'node:readline';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Interrupted } from './errors.ts';
import type { Io } from './io.ts';

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const RUBOUT = /[\b\u007f]/;

/** Everything standard input holds. */
export async function readAll(io: Io): Promise<string> {
  return await text(addAbortSignal(io.interrupted, io.stdin));
}

/** Asks on the terminal without showing what is typed or pasted. Standard input must be a terminal. */
export async function askHidden(io: Io, question: string): Promise<string> {
  const { stdin, stderr } = io;
  stderr.write(question);
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    return await new Promise<string>((resolve, reject) => {
      io.interrupted.addEventListener('abort', () => reject(io.interrupted.reason as Error));
      stdin.on('error', reject);
      stdin.on('end', () => resolve(typed));
      stdin.on('data', (chunk: string) => {
        for (const key of chunk) {
          if (key === CTRL_C) reject(new Interrupted());
          else if (ENTER.test(key) || key === CTRL_D) resolve(typed);
          else if (RUBOUT.test(key)) typed = typed.slice(0, -1);
          else typed += key;
        }
      });
    });
  } finally {
    stdin.setRawMode?.(false);
    stdin.removeAllListeners('data');
    stdin.pause();
    stderr.write('\n');
  }
}

/** Whether somebody sits there who can see a question and answer it. */
export function isAskable({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on the terminal; anything but a yes is a no. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  io.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: io.stdin, terminal: false, signal: io.interrupted });
  try {
    for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
  } finally {
    // A terminal that is still being read from keeps the process alive.
    lines.close();
    io.stdin.pause();
  }
  io.stderr.write('\n');
  io.interrupted.throwIfAborted();
  return false;
}
