// Requests to one address: as many as go, over so many connections, or so many a second.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Connection, connect, overConnections } from './http.ts';

export interface Load {
  readonly url: string;
  /** Whole requests, taken at random. */
  readonly requests: readonly string[];
  /** What each answer, a 200, has in its body. */
  readonly answers: string;
}

/** @throws when an answer is not as expected */
export async function run(load: Load, times: number, connections: number): Promise<void> {
  await overConnections(load.url, connections, times, async (connection) => {
    expectAnswer(load, await connection.exchange(oneOf(load.requests)));
  });
}

/**
 * An open loop: each request is due at its time, whatever became of those before it.
 * @returns milliseconds from when each was due until its answer
 */
export async function pace(load: Load, perSecond: number, seconds: number, connections: number): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: connections }, () => connect(load.url)));
  const due: number[] = [];
  const latencies: number[] = [];
  const times = Math.round(perSecond * seconds);
  const startedAt = performance.now();

  async function serveQueue(connection: Connection): Promise<void> {
    for (let at = due.shift(); at !== undefined; at = due.shift()) {
      expectAnswer(load, await connection.exchange(oneOf(load.requests)));
      latencies.push(performance.now() - at);
    }
    idle.push(connection);
  }

  const underWay = new Set<Promise<void>>();
  const dueAt = (n: number) => startedAt + (n * 1_000) / perSecond;
  for (let sent = 0; sent < times; await sleep(1)) {
    for (; sent < times && dueAt(sent) <= performance.now(); sent += 1) {
      due.push(dueAt(sent));
      const connection = idle.pop();
      if (connection === undefined) continue; // whichever is free first takes it
      const serving = serveQueue(connection).finally(() => underWay.delete(serving));
      underWay.add(serving);
    }
  }
  await Promise.all(underWay);
  for (const connection of idle) connection.close();
  return latencies;
}

function oneOf(requests: readonly string[]): string {
  return requests[Math.floor(Math.random() * requests.length)] ?? '';
}

function expectAnswer({ url, answers }: Load, { status, body }: Answer): void {
  if (status !== 200 || !body.includes(answers)) throw new Error(`${url} answered ${status} ${body}`);
}
