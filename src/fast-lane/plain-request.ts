// Reads HTTP/1.1 requests of the plainest kind: one that came whole, in one piece, with nothing behind it, whose head
// can mean one thing only. Everything else is left to node:http: what is read here is read there as the same request
// (test/unit/fast-lane/plain-request.test.ts compares the two), so that no two readers ever disagree on where a request ends.
import type { Socket } from 'node:net';
import { Fields } from '../http/fields.ts';

export interface PlainRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Lower-case name -> value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The connection it came over. */
  readonly socket: Peer;
}

export type Peer = Pick<Socket, 'remoteAddress'>;

type Head = Pick<PlainRequest, 'method' | 'target' | 'headers'>;

/** Reads what came over one connection; undefined: it isn't plain. */
export type PlainRequestReader = (received: Buffer) => PlainRequest | undefined;

/** Bytes; far more than what is asked of the fast lane. */
const MAX_REQUEST = 16_384;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d{1,5})[ \t]*\r\n/i;

/** One for each connection: its client sends the same head again and again, but for the length of the body. */
export function createPlainRequestReader(socket: Peer): PlainRequestReader {
  let before = '';
  let after = '';
  let head: Head | undefined;

  return (received) => {
    if (received.length > MAX_REQUEST) return undefined;
    const text = received.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const length = CONTENT_LENGTH.exec(text);
    if (length === null || length.index > end) return undefined;
    const bodyStart = end + 4;
    if (received.length !== bodyStart + Number(length[1])) return undefined;
    const ownBefore = text.slice(0, length.index);
    const ownAfter = text.slice(length.index + length[0].length, end);
    if (head === undefined || before !== ownBefore || after !== ownAfter) {
      [before, after] = [ownBefore, ownAfter];
      head = readHead(text.slice(0, end));
    }
    if (head === undefined) return undefined;
    const { method, target, headers } = head;
    return { method, target, headers, body: received.toString('utf8', bodyStart), socket };
  };
}

const REQUEST_LINE = /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** RFC 9110 §5.5, but without what nobody sends: empty names, obsolete folding, control characters. */
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;
/** They change where a request ends, what becomes of its connection, or when its body is sent. */
const NOT_PLAIN = ['transfer-encoding', 'upgrade', 'expect', 'trailer', 'te', 'keep-alive', 'proxy-connection'];

function readHead(text: string): Head | undefined {
  const [requestLine = '', ...fields] = text.split('\r\n');
  const [, method, target] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) return undefined;
  const headers = new Fields();
  for (const field of fields) {
    const [, name, value = ''] = FIELD.exec(field) ?? [];
    const lower = name?.toLowerCase();
    if (lower === undefined || lower in headers) return undefined;
    headers[lower] = withoutBlanks(value);
  }
  const { connection = 'keep-alive', host } = headers;
  if (NOT_PLAIN.some((name) => name in headers) || connection.toLowerCase() !== 'keep-alive') return undefined;
  return host === undefined ? undefined : { method, target, headers };
}

/** RFC 9110 §5.5: those around a value are no part of it. Not by a regular expression, which can take the square of their number. */
function withoutBlanks(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isBlank(value, start)) start += 1;
  while (end > start && isBlank(value, end - 1)) end -= 1;
  return value.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}
