// Reads HTTP/1.1 requests of the plainest kind: one that came whole, in one piece, with nothing behind it, whose head
// can mean one thing only. Everything else is left to node:http: what is read here is read there as the same request
// (test/unit/fast-lane/plain-request.test.ts compares the two), so that no two readers ever disagree on where a request ends.
import type { Socket } from 'node:net';
import { Fields } from '../http/fields.ts';

export interface PlainRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Lower-case name -> value; `content-length` may be that of an earlier request, which was the same but for its body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The connection it came over. */
  readonly socket: Peer;
}

export type Peer = Pick<Socket, 'remoteAddress'>;

/** What a client sends again and again, but for the length of the body. */
interface Head extends Pick<PlainRequest, 'method' | 'target' | 'headers'> {
  /** Its text until that length, one character a byte. */
  readonly before: string;
  /** And from there on, with the empty line that ends it. */
  readonly after: string;
  /** Where the body started that came with it first. */
  readonly bodyStart: number;
}

/** Reads what came over one connection; undefined: it isn't plain. */
export type PlainRequestReader = (received: Buffer) => PlainRequest | undefined;

/** Bytes; far more than what is asked of the fast lane. */
const MAX_REQUEST = 16_384;

/** One for each connection. */
export function createPlainRequestReader(socket: Peer): PlainRequestReader {
  let known: Head | undefined;

  return (received) => {
    if (received.length > MAX_REQUEST) return undefined;
    let bodyStart = known && bodyAfter(known, received);
    if (bodyStart === undefined) {
      known = readHead(received);
      bodyStart = known?.bodyStart;
    }
    if (known === undefined) return undefined;
    const { method, target, headers } = known;
    return { method, target, headers, body: received.toString('utf8', bodyStart), socket };
  };
}

const MAX_DIGITS = 5;
const [ZERO, NINE] = [0x30, 0x39];

/** Where the body starts. Undefined: the head is another, or what follows it is not as long as it says. */
function bodyAfter({ before, after }: Head, received: Buffer): number | undefined {
  const digits = before.length;
  if (received.toString('latin1', 0, digits) !== before) return undefined;
  let length = 0;
  let end = digits;
  for (; end < digits + MAX_DIGITS; end += 1) {
    const digit = received[end] ?? 0;
    if (digit < ZERO || digit > NINE) break;
    length = length * 10 + digit - ZERO;
  }
  const bodyStart = end + after.length;
  if (end === digits || received.length !== bodyStart + length) return undefined;
  return received.toString('latin1', end, bodyStart) === after ? bodyStart : undefined;
}

/** What comes before the digits of the length, these, and what comes after. */
const AROUND_LENGTH = /^(.*\r\ncontent-length:[ \t]*)(\d{1,5})([ \t]*\r\n.*)$/is;
const END_OF_HEAD = '\r\n\r\n';
const REQUEST_LINE = /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** RFC 9110 §5.5, but without what nobody sends: empty names, obsolete folding, control characters. */
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;
/** They change where a request ends, what becomes of its connection, or when its body is sent. */
const NOT_PLAIN = ['transfer-encoding', 'upgrade', 'expect', 'trailer', 'te', 'keep-alive', 'proxy-connection'];

/** Undefined: it isn't plain, or what follows it is not as long as it says. */
function readHead(received: Buffer): Head | undefined {
  const end = received.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  const bodyStart = end + END_OF_HEAD.length;
  const text = received.toString('latin1', 0, bodyStart);
  const [, before, length, after] = AROUND_LENGTH.exec(text) ?? [];
  if (before === undefined || after === undefined || received.length !== bodyStart + Number(length)) return undefined;
  const [requestLine = '', ...fields] = text.slice(0, end).split('\r\n');
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
  return host === undefined ? undefined : { method, target, headers, before, after, bodyStart };
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
