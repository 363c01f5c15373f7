// A cable between a server and what it depends on, that a test can pull and plug in again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  /** `url` as it is reached through the proxy. */
  readonly url: string;
  /** Cuts every connection; new ones are refused. */
  readonly cut: () => Promise<void>;
  /** Every connection stays open and says nothing any more; new ones are taken and stay silent too. */
  readonly stall: () => void;
  /** Works again, on the same port. */
  readonly heal: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param url where to: scheme, host and port count */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port || defaultPort(target.protocol)), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!stalled) to.write(chunk);
      });
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
      stalled = true;
    },
    async heal() {
      stalled = false;
      for (const socket of sockets) socket.destroy(); // what was swallowed is missing from their streams
      if (!server.listening) await listen(port);
    },
    close: cut,
  };
}

function defaultPort(protocol: string): number {
  return protocol.startsWith('redis') ? 6379 : 5432;
}
