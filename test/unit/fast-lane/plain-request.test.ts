// What the fast lane reads by itself, node:http reads as the same request; what could be read in two ways it leaves alone.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlainRequestReader } from '../../../src/fast-lane/plain-request.ts';

const SOCKET = new Socket();
const PLAIN = 'POST /oauth/introspect HTTP/1.1\r\nHost: id.example\r\nContent-Length: 7\r\n\r\ntoken=x';
const read = (text: string) => createPlainRequestReader(SOCKET)(Buffer.from(text, 'latin1'));

describe('a plain request', () => {
  it('is read', () => {
    expect(read(PLAIN)).toEqual({
      method: 'POST',
      target: '/oauth/introspect',
      headers: { host: 'id.example', 'content-length': '7' },
      body: 'token=x',
      socket: SOCKET,
    });
  });

  it('may be written in any case and with any white space', () => {
    const text =
      'POST / HTTP/1.1\r\nHOST:a\r\nconTent-LENGTH: \t 0 \r\nConnection: Keep-Alive\r\nX: \t a \t b \t \r\n\r\n';
    expect(read(text)?.headers).toEqual({
      host: 'a',
      'content-length': '0',
      connection: 'Keep-Alive',
      x: 'a \t b',
    });
  });

  it('has a body of UTF-8', () => {
    const body = Buffer.from('token=č');
    const head = Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    expect(createPlainRequestReader(SOCKET)(Buffer.concat([head, body]))?.body).toBe('token=č');
  });

  it('is read anew where anything but the length of its body differs from the one before', () => {
    const reader = createPlainRequestReader(SOCKET);
    const ask = (secret: string, body: string) =>
      reader(
        Buffer.from(
          `POST / HTTP/1.1\r\nHost: a\r\nAuthorization: ${secret}\r\nContent-Length: ${body.length}\r\nX: 1\r\n\r\n${body}`,
        ),
      );
    expect(ask('one', 'a')).toMatchObject({ headers: { authorization: 'one' }, body: 'a' });
    expect(ask('one', 'bcd')).toMatchObject({ headers: { authorization: 'one' }, body: 'bcd' });
    expect(ask('two', 'bcd')).toMatchObject({ headers: { authorization: 'two' }, body: 'bcd' });
    expect(reader(Buffer.from(PLAIN.replace('Host', 'Host : x\r\nHost')))).toBeUndefined();
    expect(ask('two', 'bcd')).toMatchObject({ headers: { authorization: 'two' } });
  });
});

describe('left to node:http is a request', () => {
  const head = (lines: string) => PLAIN.replace('Content-Length: 7', `Content-Length: 7\r\n${lines}`);
  it.each<[string, string]>([
    ['of which the head is not whole', PLAIN.slice(0, 60)],
    ['of which the body is not whole', PLAIN.slice(0, -1)],
    ['with something behind it', `${PLAIN}G`],
    ['with another behind it', PLAIN + PLAIN],
    ['behind an empty line', `\r\n${PLAIN}`],
    ['without a length', PLAIN.replace('Content-Length: 7\r\n', '')],
    ['with two lengths', head('Content-Length: 7')],
    ['with two different lengths', head('Content-Length: 0')],
    ['with a list of lengths', PLAIN.replace(': 7', ': 7, 7')],
    ['with a signed length', PLAIN.replace(': 7', ': +7')],
    ['with a length in hexadecimal', PLAIN.replace(': 7', ': 0x7')],
    ['with a length and chunks', head('Transfer-Encoding: chunked')],
    ['with a length behind a folded line', PLAIN.replace('Content-Length', 'X: 1\r\n Content-Length')],
    ['with white space before a colon', head('X-Thing : 1')],
    ['with a name that is none', head('X(Thing: 1')],
    ['with an empty name', head(': 1')],
    ['with a control character', head('X: a\x01b')],
    ['with NUL', head('X: a\0b')],
    ['with a lone line feed', head('X: a\nTransfer-Encoding: chunked')],
    ['with a lone carriage return', head('X: a\rTransfer-Encoding: chunked')],
    ['with lines that end in line feeds', PLAIN.replaceAll('\r\n', '\n')],
    ['with a header given twice', head('Authorization: Basic a\r\nauthorization: Basic b')],
    ['without a host', PLAIN.replace('Host: id.example\r\n', '')],
    ['that closes the connection', head('Connection: close')],
    ['that lists what its connection takes', head('Connection: keep-alive, Authorization')],
    ['that waits to be told to go on', head('Expect: 100-continue')],
    ['that wants another protocol', head('Upgrade: h2c')],
    ['of HTTP/1.0', PLAIN.replace('1.1', '1.0')],
    ['of a protocol to come', PLAIN.replace('1.1', '1.2')],
    ['for a proxy', PLAIN.replace('/oauth', 'http://id.example/oauth')],
    ['with two spaces in its first line', PLAIN.replace('POST ', 'POST  ')],
    ['with a space in its address', PLAIN.replace('/introspect', '/intro spect')],
    ['with a head that is too long', head(`X: ${'x'.repeat(20_000)}`)],
    ['that is a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', (_, text) => expect(read(text)).toBeUndefined());
});

it('a head full of blanks costs no more than another', () => {
  const blanks = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX:${' '.repeat(16_000)}\x01\r\n\r\n`;
  const startedAt = performance.now();
  for (let times = 0; times < 50; times += 1) expect(read(blanks)).toBeUndefined();
  // Milliseconds where it takes the square of their number: more than 5,000.
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

describe('beside node:http', () => {
  let server: Server;
  let seen: unknown[] = [];
  let port = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push({ method, target: url, headers: { ...headers }, body, socket: SOCKET });
        response.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function readByNode(text: string): Promise<unknown[]> {
    seen = [];
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.end(text, 'latin1');
    await once(socket, 'close');
    return seen;
  }

  const either = (texts: string) => fc.constantFrom(...texts.split('|'));
  const harmless = either(
    'Authorization: Basic YTpi|Connection: keep-alive|Accept:*/*|X-Empty:|X-Tab: a\tb|X-High: \x80\xff|Cookie:  a=b;\t|' +
      'x-quote: "a, b"|X-\'`~!#$%&*+.^_: 1|Content-Type: text/plain|Range: bytes=0-1',
  );
  const tricky = either(
    'Host: a|host:b|Content-Length: 3|Content-Length: 03|content-length:\t3 |Content-Length: 0|Content-Length: 4|' +
      'Content-Length : 3|Content-Length: 3, 3|Content-Length:|Content-Length: 3 3|Transfer-Encoding: chunked|' +
      'Transfer-Encoding: identity|Transfer-Encoding:|Transfer_Encoding: chunked|Connection: close|Connection: upgrade|' +
      'Connection:|Upgrade: x|Expect: 100-continue|Keep-Alive: 5|X: a\x7fb|X: a\x00b|X: "a\r\n b"| X: folded|' +
      '\tX: folded|X|:||X\x80: 1|X: a\nContent-Length: 3|X: a\rContent-Length: 3|Trailer: X|TE: trailers|Proxy-Connection: close',
  );
  const request = fc.record({
    first: fc.oneof(
      { weight: 6, arbitrary: fc.constant('POST /a HTTP/1.1') },
      either(
        'POST /a?b=c HTTP/1.1|GET / HTTP/1.1|POST /a HTTP/1.0|post /a HTTP/1.1|POST /\x80 HTTP/1.1|POST /a#b HTTP/1.1|' +
          'POST  /a HTTP/1.1|POST /a HTTP/1.1 |M-SEARCH /a HTTP/1.1|PRI * HTTP/2.0',
      ),
    ),
    usual: fc.shuffledSubarray(['Host: a', 'Content-Length: 3', 'X-Usual: 1'], { minLength: 2 }),
    lines: fc.array(fc.oneof({ weight: 5, arbitrary: harmless }, tricky), { maxLength: 4 }),
    end: fc.oneof({ weight: 9, arbitrary: fc.constant('\r\n\r\n') }, fc.constantFrom('\n\n', '\r\n', '\r\n\n')),
    body: fc.oneof({ weight: 6, arbitrary: fc.constant('abc') }, fc.constantFrom('', 'ab', 'abcd', '0\r\n\r\n')),
  });

  it('whatever is read is read there as this one request', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ first, usual, lines, end, body }) => {
        const text = [first, ...usual, ...lines].join('\r\n') + end + body;
        const one = read(text);
        if (one === undefined) return;
        plain += 1;
        expect(await readByNode(text)).toEqual([{ ...one, headers: { ...one.headers } }]);
      }),
      { numRuns: 4_000 },
    );
    expect(plain).toBeGreaterThan(500);
  });
});
