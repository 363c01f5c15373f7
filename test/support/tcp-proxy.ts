// A cable between a server and what it depends on, that a test can pull and plug in again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface TcpProxy {
  /** `url` as it is reached through the proxy. */
  readonly url: string;
  /** Cuts every connection; new ones are refused. */
  readonly cut: () => Promise<void>;
  /** Every connection stays open and says nothing any more; new ones are taken and stay silent too. */
  readonly stall: () => void;
  /** What the far side says is swallowed: it does what it was told to, and nobody hears of it. */
  readonly mute: () => void;
  /** A connection falls silent as soon as the near side says something with this in it. */
  readonly stallAt: (text: string) => void;
  /** Everything waits on its way, and arrives after `release`. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Everything arrives that much later; 0: at once again. */
  readonly slow: (milliseconds: number) => void;
  /** New connections lead there. */
  readonly pointTo: (url: string) => void;
  /** Works again, on the same port. */
  readonly heal: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param url where to: scheme, host and port count */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  let target = new URL(url);
  const sockets = new Set<Socket>();
  let swallows: 'nothing' | 'answers' | 'everything' = 'nothing';
  let stallingText: string | undefined;
  let isHeld = false;
  let delayMs = 0;
  const server = createServer((near) => {
    const far = connect(Number(target.port || defaultPort(target.protocol)), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      const carry = carrier(to, () => delayMs);
      from.on('data', (chunk) => {
        if (stallingText !== undefined && from === near && chunk.includes(stallingText)) swallows = 'everything';
        if (swallows === 'nothing' || (swallows === 'answers' && from === near)) carry(chunk);
      });
      if (isHeld) from.pause();
      from.on('error', () => {}); // it ends in 'close'
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    cut,
    stall() {
      swallows = 'everything';
    },
    mute() {
      swallows = 'answers';
    },
    stallAt(text) {
      stallingText = text;
    },
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    slow(milliseconds) {
      delayMs = milliseconds;
    },
    pointTo(other) {
      target = new URL(other);
    },
    async heal() {
      swallows = 'nothing';
      stallingText = undefined;
      isHeld = false;
      delayMs = 0;
      for (const socket of sockets) socket.destroy(); // what was swallowed is missing from their streams
      if (!server.listening) await listen(port);
    },
    close: cut,
  };
}

/** Writes to `to`, each chunk as much later as it is to be, in the order in which they came. */
function carrier(to: Socket, delayMs: () => number): (chunk: Buffer) => void {
  let queue: Promise<void> | undefined;
  return (chunk) => {
    if (queue === undefined && delayMs() === 0) {
      to.write(chunk);
      return;
    }
    const [before, delay] = [queue, pause(delayMs())];
    const mine = Promise.all([before, delay]).then(() => {
      to.write(chunk);
      if (queue === mine) queue = undefined;
    });
    queue = mine;
  };
}

function defaultPort(protocol: string): number {
  return protocol.startsWith('redis') ? 6379 : 5432;
}
