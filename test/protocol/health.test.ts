// /health/alive and /health/ready: what an operator's probe reads.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../../src/database/database.ts';
import { type Identity, startIdentity } from '../support/identity.ts';
import { read } from '../support/oauth.ts';

let identity: Identity;
let away = false;

beforeAll(async () => {
  identity = await startIdentity({
    wrapDatabase: (database) => ({
      ...database,
      query: (text, parameters) =>
        away ? Promise.reject(new DatabaseUnavailable('away')) : database.query(text, parameters),
    }),
  });
});
afterAll(() => identity?.close());

const get = async (path: string, init: RequestInit = {}) => await read(await fetch(identity.url + path, init));

describe('health', () => {
  it('is alive while the process answers, with or without its database', async () => {
    expect(await get('/health/alive')).toMatchObject({ status: 200, body: { status: 'ok' } });
    away = true;
    expect(await get('/health/alive')).toMatchObject({ status: 200, body: { status: 'ok' } });
    away = false;
  });

  it('is ready with its database and counters', async () => {
    const answer = await get('/health/ready');
    expect([answer.status, answer.body]).toEqual([200, { status: 'ok', database: 'ok', counters: 'ok' }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is not ready while the database is away, and is again when it is back', async () => {
    away = true;
    const answer = await get('/health/ready');
    expect([answer.status, answer.body]).toEqual([
      503,
      { status: 'unavailable', database: 'unavailable', counters: 'ok' },
    ]);
    expect(answer.headers.get('retry-after')).toBe('1');
    away = false;
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('answers HEAD, and nothing but reading', async () => {
    expect((await fetch(`${identity.url}/health/ready`, { method: 'HEAD' })).status).toBe(200);
    const answer = await get('/health/ready', { method: 'POST' });
    expect([answer.status, answer.body.statusCode]).toEqual([405, 405]);
    expect(answer.headers.get('allow')).toBe('HEAD, GET');
  });

  it('knows no other address', async () => {
    expect(await get('/health/nothing')).toMatchObject({
      status: 404,
      body: { statusCode: 404, message: 'Not found' },
    });
  });
});
