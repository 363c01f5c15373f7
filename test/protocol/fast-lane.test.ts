// Introspection as bytes on a connection: what is plain is answered straight from it, anything else by node:http, and on
// the wire the two are one server.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createHolds } from '../support/held-database.ts';
import { type Identity, startIdentity } from '../support/identity.ts';
import { introspect } from '../support/oauth.ts';
import { RawConnection } from '../support/raw-http.ts';
import { faultsIn } from '../support/refusals.ts';
import { until } from '../support/until.ts';

let identity: Identity;
let authorization: string;
const opened: RawConnection[] = [];

beforeAll(async () => {
  identity = await startIdentity();
  authorization = (await identity.addResourceServer()).authorization;
});
afterEach(() => {
  for (const connection of opened.splice(0)) connection.close();
});
afterAll(() => identity?.close());

async function open(url = identity.url): Promise<RawConnection> {
  const connection = await RawConnection.open(url);
  opened.push(connection);
  return connection;
}

const INACTIVE = '{"active":false}';
const head = (length: number | string, ...more: string[]) =>
  [
    'POST /oauth/introspect HTTP/1.1',
    'Host: id.example',
    `Authorization: ${authorization}`,
    'Content-Type: application/x-www-form-urlencoded',
    ...(length === '' ? [] : [`Content-Length: ${length}`]),
    ...more,
    '',
    '',
  ].join('\r\n');
const asking = (token: string, ...more: string[]) => `${head(`token=${token}`.length, ...more)}token=${token}`;
const ALIVE = 'GET /health/alive HTTP/1.1\r\nHost: id.example\r\n\r\n';

async function expectInactive(connection: RawConnection): Promise<void> {
  const { status, body } = await connection.answer();
  expect([status, body]).toEqual([200, INACTIVE]);
}

it('answers one after the other on a connection, and says how long it keeps it open', async () => {
  const connection = await open();
  for (const token of ['a', 'bcd', 'a']) {
    await connection.send(asking(token));
    const { status, headers, body } = await connection.answer();
    expect([status, body]).toEqual([200, INACTIVE]);
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(INACTIVE.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      date: expect.stringMatching(/ GMT$/),
      connection: 'keep-alive',
      'keep-alive': 'timeout=65',
    });
  }
});

it('refuses as node:http would, and goes on', async () => {
  const connection = await open();
  await connection.send(asking('x').replace(authorization, 'Basic YTpi'));
  const { status, headers, body } = await connection.answer();
  expect([status, JSON.parse(body).error]).toEqual([401, 'invalid_client']);
  expect(headers['www-authenticate']).toMatch(/^Basic realm="/);
  await connection.send(asking('x'));
  await expectInactive(connection);
});

it.each([
  ['in the middle of the first line', 5],
  ['in the middle of a header', 60],
  ['behind the head', -'token=x'.length],
  ['in the middle of the body', -2],
])('reads a request that comes in two pieces, cut %s', async (_, at) => {
  const connection = await open();
  await connection.send(asking('x').slice(0, at));
  await sleep(30);
  await connection.send(asking('x').slice(at));
  await expectInactive(connection);
  await connection.send(asking('x'));
  await expectInactive(connection);
});

it('reads a request that comes byte by byte', async () => {
  const connection = await open();
  for (const byte of asking('x')) await connection.send(byte);
  await expectInactive(connection);
});

it('answers what is sent before the answers have come, in the order it was sent', async () => {
  const connection = await open();
  await connection.send(asking('a') + ALIVE + asking('b'));
  await expectInactive(connection);
  expect((await connection.answer()).body).toBe('{"status":"ok"}');
  await expectInactive(connection);
});

it('answers what comes while an answer is under way, after it', async () => {
  const connection = await open();
  for (const request of [asking('a'), ALIVE, asking('b'), ALIVE]) {
    await connection.send(request);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expectInactive(connection);
  expect((await connection.answer()).status).toBe(200);
  await expectInactive(connection);
  expect((await connection.answer()).status).toBe(200);
});

it('takes other requests on the same connection, before and after', async () => {
  const connection = await open();
  for (let turn = 0; turn < 2; turn += 1) {
    await connection.send(asking('x'));
    await expectInactive(connection);
    await connection.send(ALIVE);
    expect((await connection.answer()).status).toBe(200);
  }
});

it.each<[string, () => string]>([
  ['in chunks', () => `${head('', 'Transfer-Encoding: chunked')}7\r\ntoken=x\r\n0\r\n\r\n`],
  ['by HTTP/1.0', () => asking('x').replace('HTTP/1.1', 'HTTP/1.0')],
  ['with a query', () => asking('x').replace('introspect ', 'introspect?a=b ')],
  ['with a type that has a charset', () => asking('x').replace('urlencoded', 'urlencoded; charset=utf-8')],
])('understands a request %s', async (_, request) => {
  const connection = await open();
  await connection.send(request());
  await expectInactive(connection);
});

it('understands a request that waits to be told to go on', async () => {
  const connection = await open();
  await connection.send(head(7, 'Expect: 100-continue'));
  expect((await connection.answer()).status).toBe(100);
  await connection.send('token=x');
  await expectInactive(connection);
});

it('closes the connection where the client wants it closed', async () => {
  const connection = await open();
  await connection.send(asking('x', 'Connection: close'));
  const { body, headers } = await connection.answer();
  expect([body, headers['connection']]).toEqual([INACTIVE, 'close']);
  await until('the end', () => connection.closed || undefined);
});

it('answers a client that will send nothing more', async () => {
  const connection = await open();
  await connection.send(asking('x'));
  connection.finish();
  await expectInactive(connection);
  await until('the end', () => connection.closed || undefined);
});

it.each<[string, () => string]>([
  ['a length and chunks', () => `${head(7, 'Transfer-Encoding: chunked')}token=x`],
  ['two lengths', () => `${head(7, 'Content-Length: 3')}token=x`],
  ['a header that hides another', () => `${head(7, 'X: 1\nTransfer-Encoding: chunked')}token=x`],
  ['no host', () => asking('x').replace('Host: id.example\r\n', '')],
])('refuses a request with %s, and hangs up', async (_, request) => {
  const connection = await open();
  await connection.send(request() + ALIVE);
  expect((await connection.answer()).status).toBe(400);
  await until('the end', () => connection.closed || undefined);
});

it('refuses a body that is too large, though it comes whole', async () => {
  const connection = await open();
  await connection.send(asking('x'.repeat(60_000)));
  expect((await connection.answer()).status).toBe(413);
});

it('lets go of a client that hangs up before its answer', async () => {
  for (let times = 0; times < 20; times += 1) {
    const connection = await open();
    await connection.send(asking('x'));
    connection.close();
  }
  expect((await introspect(identity.url, authorization, 'x')).status).toBe(200);
});

it('is closed with the server: at once where nothing is under way, else with the answer', async () => {
  const holds = createHolds();
  const other = await startIdentity({ wrapDatabase: holds.wrapDatabase });
  authorization = (await other.addResourceServer()).authorization;
  const [idle, busy] = [await open(other.url), await open(other.url)];
  await idle.send(asking('x'));
  await expectInactive(idle);
  const lookUp = holds.hold(/FROM q JOIN resource_servers/);
  await busy.send(asking('x'));
  await lookUp.reached;
  const closing = other.close();
  await until('the end', () => idle.closed || undefined);
  expect(busy.closed).toBe(false);
  lookUp.release();
  const { body, headers } = await busy.answer();
  expect([body, headers['connection']]).toEqual([INACTIVE, 'close']);
  await closing;
  expect(busy.closed).toBe(true);
});

it('has provoked no fault of ours', () => expect(faultsIn(identity.logged)).toEqual([]));
