// One connection of the fast lane, with one request under way at most.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { httpDate } from '../clock.ts';
import { createPlainRequestReader, type PlainRequest } from './plain-request.ts';
import { type Answer, COMMON_HEADERS, type HeaderList, type Outlet } from './reply.ts';
import { inTurns } from './turns.ts';

export interface LaneOptions {
  /** Uses the outlet once, sooner or later. */
  readonly answer: (request: PlainRequest, outlet: Outlet) => void;
  /** Makes the connection node:http's. */
  readonly handOver: () => void;
  /** Told when the connection is no longer this lane's. */
  readonly left: (lane: Lane) => void;
}

export interface Lane {
  /** Closes the connection: now if it waits for nothing, else with the answer that is under way. */
  close(): void;
  /** Without an answer. */
  destroy(): void;
  /** Called every `SWEEP_SECONDS`: closes the connection that has rested too long. */
  sweep(): void;
}

/** Seconds after which a connection that brings nothing is closed: most proxies and clients close theirs earlier. */
export const KEEP_ALIVE_SECONDS = 65;
/** A timer of each connection would have to be set anew with each request. */
export const SWEEP_SECONDS = 5;

const COMMON_LINES = linesOf(COMMON_HEADERS);
const CLOSE = linesOf(['Connection', 'close']);
const KEEP_ALIVE = linesOf(['Connection', 'keep-alive', 'Keep-Alive', `timeout=${KEEP_ALIVE_SECONDS}`]);
/** Status -> what each answer of it begins with. */
const starts: string[] = [];

const read = inTurns((readRequest: () => void) => readRequest());

export function openLane(socket: Socket, { answer, handOver, left }: LaneOptions): Lane {
  const readPlainRequest = createPlainRequestReader(socket);
  /** The request under way. */
  let received: Buffer | undefined;
  /** What came before it was answered: a client may send its next request early. */
  const early: Buffer[] = [];
  let isLast = false;
  /** Since it was opened or answered. */
  let sweeps = 0;

  const listeners = {
    data(chunk: Buffer): void {
      if (received === undefined) {
        received = chunk;
        read(readRequest);
      } else {
        early.push(chunk);
        socket.pause();
      }
    },
    end: close,
    drain(): void {
      socket.resume();
    },
    error(): void {}, // the connection closes after it
    close(): void {
      left(lane);
    },
  };
  const lane = { close, destroy: () => socket.destroy(), sweep };
  const outlet = { write, decline: leave };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  return lane;

  function readRequest(): void {
    if (socket.remoteAddress === undefined) socket.destroy(); // reset by its client, who can't be told from others
    if (socket.destroyed) return;
    const request = received && readPlainRequest(received);
    if (request === undefined) leave();
    else answer(request, outlet);
  }

  function write({ requestId, status, headers, body }: Answer): void {
    received = undefined;
    sweeps = 0;
    const bytes = Buffer.byteLength(body);
    const isTaken = socket.write(
      `${startOf(status)}${linesOf(headers)}content-length: ${bytes}\r\nx-request-id: ${requestId}\r\nDate: ${httpDate()}\r\n${isLast ? CLOSE : KEEP_ALIVE}\r\n${body}`,
      headers.length === 0 && bytes === body.length ? 'latin1' : 'utf8', // ASCII, as most are, is the same in both, and written faster
    );
    if (isLast) socket.destroySoon();
    else if (early.length > 0) leave();
    else if (!isTaken) socket.pause(); // who doesn't read isn't answered more
  }

  function close(): void {
    isLast = true;
    if (received === undefined) socket.destroy();
  }

  function sweep(): void {
    sweeps += 1;
    if (received === undefined && sweeps * SWEEP_SECONDS > KEEP_ALIVE_SECONDS) socket.destroy();
  }

  /** For node:http, with all that it has brought and that nobody has answered. */
  function leave(): void {
    if (socket.destroyed) return;
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    left(lane);
    handOver();
    for (const chunk of received === undefined ? early : [received, ...early]) socket.emit('data', chunk);
    if (socket.readableEnded) socket.emit('end');
    socket.resume();
  }
}

function startOf(status: number): string {
  starts[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${COMMON_LINES}`;
  return starts[status];
}

function linesOf(headers: HeaderList): string {
  let lines = '';
  for (let n = 0; n + 1 < headers.length; n += 2) lines += `${headers[n]}: ${headers[n + 1]}\r\n`;
  return lines;
}
