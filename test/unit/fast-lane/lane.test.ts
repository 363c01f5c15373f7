// A connection of the fast lane: what it brings to the wire, whom it waits for, and for how long.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SECOND } from '../../../src/clock.ts';
import { openFastLane } from '../../../src/fast-lane/fast-lane.ts';
import { KEEP_ALIVE_SECONDS, type Lane, openLane, SWEEP_SECONDS } from '../../../src/fast-lane/lane.ts';
import type { Outlet } from '../../../src/fast-lane/reply.ts';
import { until } from '../../support/until.ts';

let folder: string;
let server: Server;
let lane: Lane;
let connection: Socket | undefined;
let answer: (outlet: Outlet) => void;

const say = (outlet: Outlet, body: string) => outlet.write({ requestId: 'one', status: 200, headers: [], body });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lane-'));
  server = createServer((socket) => {
    connection = socket;
    Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' }); // which a socket of a file has not
    lane = openLane(socket, {
      answer: (_, outlet) => answer(outlet),
      handOver: () => socket.destroy(),
      left: () => {},
    });
  });
  server.listen(join(folder, 'lane')); // as a file it keeps little for who doesn't read
  await once(server, 'listening');
});
afterEach(async () => {
  connection?.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';

async function open(): Promise<Socket> {
  const client = connect(join(folder, 'lane'));
  await once(client, 'connect');
  return client;
}

/** More than any buffer in between takes. */
const MANY = 200;

it('does not answer more than its client reads, and goes on when it does', async () => {
  let answered = 0;
  answer = (outlet) => {
    answered += 1;
    say(outlet, 'x'.repeat(65_536));
  };
  const client = await open();
  let asked = 0;
  const isAnswered = async () => {
    asked += 1;
    client.write(REQUEST);
    for (let waited = 0; waited < 300 && answered < asked; waited += 10) await pause(10);
    return answered === asked;
  };
  while (asked < MANY && (await isAnswered()));
  expect([asked < MANY, answered, connection?.isPaused()]).toEqual([true, asked - 1, true]);

  client.resume();
  await until('the answer that was held back', async () => answered === asked || undefined);
  client.destroy();
});

it.each(['{"name":"Ada"}', '{"name":"Ädä"}', '{"name":"Адa 👩"}'])('brings %s to the wire as UTF-8', async (body) => {
  answer = (outlet) => say(outlet, body);
  const client = await open();
  client.write(REQUEST);
  const [received] = (await once(client, 'data')) as [Buffer];
  expect(received.toString()).toMatch(new RegExp(`\r\n\r\n${body}$`));
  expect(received.toString()).toContain(`content-length: ${Buffer.byteLength(body)}\r\n`);
  client.destroy();
});

it('closes a connection that rests too long, counted from its last answer', async () => {
  let held: Outlet | undefined;
  answer = (outlet) => {
    held = outlet;
  };
  const client = await open();
  const sweep = (times: number) => {
    for (let n = 0; n < times; n += 1) lane.sweep();
  };
  const longest = KEEP_ALIVE_SECONDS / SWEEP_SECONDS;
  await until('the connection', async () => connection);
  sweep(longest);
  client.write(REQUEST);
  await until('the request', async () => held);
  sweep(longest + 1); // somebody waits for an answer
  expect(connection?.destroyed).toBe(false);
  if (held !== undefined) say(held, '{}');
  sweep(longest);
  expect(connection?.destroyed).toBe(false);
  sweep(1);
  expect(connection?.destroyed).toBe(true);
  client.destroy();
});

it('is looked at from time to time', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const http = createHttpServer();
  const nothing = () => {};
  const fastLane = openFastLane(http, [], { observe: nothing, onFault: nothing, log: nothing, addressOf: () => '' });
  try {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
    const [opened] = (await once(http, 'connection')) as [Socket];
    vi.advanceTimersByTime(KEEP_ALIVE_SECONDS * SECOND);
    expect(opened.destroyed).toBe(false);
    vi.advanceTimersByTime(SWEEP_SECONDS * SECOND);
    expect(opened.destroyed).toBe(true);
    client.destroy();
  } finally {
    vi.useRealTimers();
    fastLane.close();
    http.close();
  }
});
