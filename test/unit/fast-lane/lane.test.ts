// A connection of the fast lane whose client doesn't read what it is told.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLane } from '../../../src/fast-lane/lane.ts';
import { until } from '../../support/until.ts';

let folder: string;
let server: Server;
let lane: Socket | undefined;
let answered = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lane-'));
  answered = 0;
  server = createServer((socket) => {
    lane = socket;
    Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' }); // which a socket of a file has not
    openLane(socket, {
      answer: (_, outlet) => {
        answered += 1;
        outlet.write({ status: 200, headers: ['content-length', '65536'], body: 'x'.repeat(65_536) });
      },
      handOver: () => socket.destroy(),
      left: () => {},
    });
  });
  server.listen(join(folder, 'lane')); // as a file it keeps little for who doesn't read
  await once(server, 'listening');
});
afterEach(async () => {
  lane?.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

/** More than any buffer in between takes. */
const MANY = 200;

it('is not answered more than it reads, and goes on when it does', async () => {
  const client = connect(join(folder, 'lane'));
  await once(client, 'connect');
  let asked = 0;
  const isAnswered = async () => {
    asked += 1;
    client.write('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    for (let waited = 0; waited < 300 && answered < asked; waited += 10) await pause(10);
    return answered === asked;
  };
  while (asked < MANY && (await isAnswered()));
  expect([asked < MANY, answered, lane?.isPaused()]).toEqual([true, asked - 1, true]);

  client.resume();
  await until('the answer that was held back', async () => answered === asked || undefined);
  client.destroy();
});
