// HTTP/1.1 over a socket of its own, one request in flight: as little CPU as a client can take from the server it
// measures, and the same for every server. Talks to this machine only; knows Content-Length, not chunks.
import { once } from 'node:events';
import { createConnection } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly head: string;
  /** One character a byte. */
  readonly body: string;
}

export interface Connection {
  /** @param request a whole one, as `requestText` writes it */
  exchange(request: string): Promise<Answer>;
  close(): void;
}

/** A request as it goes over the wire. A body goes as a POST. */
export function requestText(url: string, headers: Readonly<Record<string, string>>, body?: string): string {
  const { host, pathname, search } = new URL(url);
  const all: Record<string, string> = { host, connection: 'keep-alive', ...headers };
  if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${body === undefined ? 'GET' : 'POST'} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

export async function connect(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const answer = parse(received);
    if (answer === undefined) return;
    received = '';
    waiting?.resolve(answer);
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error(`${url} closed the connection`)));

  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request, 'latin1');
      }),
    close() {
      waiting = undefined;
      socket.destroy();
    },
  };
}

/** @throws when the answer is another than `status` */
export async function expectStatus(status: number, exchange: Promise<Answer>): Promise<Answer> {
  const answer = await exchange;
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body}`);
  return answer;
}

/** `times` turns, shared among `connections` to `url`, each of which takes its next when it is done. */
export async function overConnections(
  url: string,
  connections: number,
  times: number,
  turn: (connection: Connection, i: number, which: number) => Promise<void>,
): Promise<void> {
  const all = await Promise.all(Array.from({ length: connections }, () => connect(url)));
  let next = 0;
  await Promise.all(
    all.map(async (connection, which) => {
      while (next < times) {
        next += 1;
        await turn(connection, next - 1, which);
      }
      connection.close();
    }),
  );
}

const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** Undefined: there is more to come. */
function parse(received: string): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = received.slice(0, end);
  const length = LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
  const whole = end + 4 + Number(length);
  return received.length < whole
    ? undefined
    : { status: Number(head.slice(9, 12)), head, body: received.slice(end + 4) };
}
