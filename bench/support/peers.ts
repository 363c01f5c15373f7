// The servers that ours is compared with, each a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { freePort } from '../../test/support/free-port.ts';

export interface Peer {
  readonly url: string;
  readonly pid: number;
  /** What it said when it was ready. */
  readonly said: string;
  stop(): Promise<void>;
}

/** @param args what it is told besides its port */
export async function startPeer(file: 'bare' | 'koa' | 'provider', ...args: readonly string[]): Promise<Peer> {
  const port = await freePort();
  const child = spawn(process.execPath, [resolve(import.meta.dirname, `${file}.ts`), String(port), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await sayingReady(child.stdout);
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid ?? 0, said, stop: () => stop(child) };
}

async function sayingReady(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) {
    if (line.startsWith('ready')) return line.slice('ready '.length);
  }
  throw new Error('a server to compare with did not start');
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
