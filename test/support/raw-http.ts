// HTTP as bytes over a connection of one's own: for what no client library would send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until.ts';

export interface RawAnswer {
  readonly status: number;
  /** Lower-case name -> value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  /** The server sends nothing more. */
  closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
    });
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.closed = true;
      });
    }
    socket.on('error', () => {});
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Resolves when the bytes have left for the kernel. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Says that nothing more will come, and goes on listening. */
  finish(): void {
    this.#socket.end();
  }

  /** The next answer, as far as its Content-Length goes. */
  async answer(): Promise<RawAnswer> {
    return await until('an answer', () => this.#take());
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(): RawAnswer | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const [statusLine = '', ...lines] = this.#received.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => fieldOf(line)));
    const whole = end + 4 + Number(headers['content-length'] ?? 0);
    if (this.#received.length < whole) return undefined;
    const body = this.#received.slice(end + 4, whole);
    this.#received = this.#received.slice(whole);
    return { status: Number(statusLine.split(' ')[1]), headers, body };
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
