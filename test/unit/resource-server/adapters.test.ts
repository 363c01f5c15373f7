// Every adapter on its real framework: what it asks, whom it lets on, and how it answers the others. Who is who is made
// up here; test/protocol/resource-server.test.ts asks the real server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authenticator } from '../../../src/resource-server/authenticator.ts';
import {
  createFakeAuthenticator,
  type FakeAuthenticator,
  type FakeCredential,
  organization,
  person,
} from '../../../src/resource-server/testing.ts';
import { frameworks, type Service, startFetchService } from './frameworks.ts';

const rateLimit = { limit: 1000, remaining: 998, reset: 12 };
const resource = 'https://newsletter.example/v1';
const credentials: Record<string, FakeCredential> = {
  td_ada: { ...person(), rate_limit: rateLimit } as FakeCredential,
  td_admin: person({ id: 'user_admin', role: 'admin' }),
  otk_sync: organization({ scopes: ['newsletter'] }),
  otk_old: 'expired',
  td_busy: 'over_limit',
  td_later: 'unavailable',
};
const broken: Authenticator = {
  protectedResource: undefined,
  authenticate: () => Promise.reject(new Error('a mistake of ours')),
};

describe.each([...Object.keys(frameworks), 'fetch'])('%s', (name) => {
  let authenticator: FakeAuthenticator;
  let service: Service;
  beforeAll(async () => {
    authenticator = createFakeAuthenticator(credentials, { resource });
    service = await (frameworks[name] ?? startFetchService)(authenticator, broken);
  });
  afterAll(() => service?.close());

  const call = async (path: string, token?: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(`${service.url}${path}`, { ...init, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it('lets on who may, says who it is, and tells the rate limit', async () => {
    const { status, headers, text } = await call('/v1/subscribers/7', 'td_ada');
    expect([status, JSON.parse(text)]).toEqual([200, { id: 'user_ada' }]);
    expect(headers.get('ratelimit')).toBe('"default";r=998;t=12');
    expect(headers.get('ratelimit-policy')).toBe('"default";q=1000');
    expect(headers.get('ratelimit-remaining')).toBe('998');
  });

  it('asks with method, the route’s pattern, user agent and the client’s address', async () => {
    const headers = { 'user-agent': 'ci/1', 'x-forwarded-for': '203.0.113.7' };
    await call('/v1/subscribers/7?secret=x', 'otk_sync', { headers });
    expect(authenticator.questions.at(-1)).toEqual({
      token: 'otk_sync',
      service: 'newsletter',
      method: 'GET',
      route: '/v1/subscribers/:id',
      clientAddress: name === 'connect' ? expect.stringMatching(/127\.0\.0\.1$/) : '203.0.113.7',
      userAgent: 'ci/1',
    });
  });

  it.each([
    [undefined, 401, 'No authentication token found'],
    ['td_nobody', 401, 'Invalid token or token expired'],
    ['otk_nobody', 401, 'Unauthorized. Invalid or expired organization token'],
    ['otk_old', 401, 'Organization token expired'],
    ['td_busy', 429, 'Rate limit exceeded'],
    ['td_later', 503, 'The service is briefly unavailable. Try again in a moment.'],
  ])('refuses %s with %i', async (token, status, message) => {
    const answer = await call('/v1/subscribers/7', token);
    expect([answer.status, answer.text]).toEqual([status, JSON.stringify({ statusCode: status, message })]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const challenge = `Bearer realm="TeamDay"`;
    if (status === 401) expect(answer.headers.get('www-authenticate')?.startsWith(challenge)).toBe(true);
    else expect(answer.headers.get('retry-after')).toBe(status === 429 ? '42' : '1');
  });

  it('serves its metadata, and nothing else there', async () => {
    const path = '/.well-known/oauth-protected-resource/v1';
    const { status, headers, text } = await call(path);
    expect([status, JSON.parse(text)]).toEqual([200, authenticator.protectedResource?.document]);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await call(path, undefined, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect((await call(path, undefined, { method: 'POST' })).status).not.toBe(200);
  });

  if (name === 'fetch') return;

  it('refuses another service', async () => {
    const message = "Token does not have access to the 'seo' service. Required scope: 'seo' or 'all'.";
    const answer = await call('/v1/report', 'otk_sync');
    expect([answer.status, answer.text]).toEqual([403, JSON.stringify({ statusCode: 403, message })]);
  });

  it('leaves the body for the route', async () => {
    const init = { method: 'POST', body: 'a'.repeat(50_000), headers: { 'content-type': 'text/plain' } };
    expect(await call('/v1/subscribers', 'td_admin', init)).toMatchObject({ status: 200, text: init.body });
    expect((await call('/v1/subscribers', 'td_ada', init)).status).toBe(403);
    expect((await call('/v1/subscribers', 'otk_sync', init)).status).toBe(403);
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE'])('asks for a credential at %s too', async (method) => {
    expect((await call('/v1/report', undefined, { method })).status).toBe(401);
    expect((await call('/v1/report', 'td_ada', { method })).status).toBe(200);
    expect(authenticator.questions.at(-1)).toMatchObject({ method, route: '/v1/report' });
  });

  it('answers HEAD without a body', async () => {
    expect(await call('/v1/report', 'td_nobody', { method: 'HEAD' })).toMatchObject({ status: 401, text: '' });
  });

  it('hands mistakes to the framework', async () => {
    expect(await call('/v1/broken', 'td_ada')).toMatchObject({ status: 500, text: 'caught: a mistake of ours' });
    const open = await call('/v1/open', 'td_ada');
    expect([open.status, open.text]).toEqual([
      500,
      expect.stringMatching(/^caught: This request was not authenticated/),
    ]);
  });
});
