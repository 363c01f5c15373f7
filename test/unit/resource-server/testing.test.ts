// @teamday/resource-server/testing, as a service's own tests would use it; and the adapter for fetch handlers on it.
import { describe, expect, it } from 'vitest';
import { authenticated } from '../../../src/resource-server/fetch.ts';
import {
  createFakeAuthenticator,
  type FakeCredential,
  organization,
  person,
} from '../../../src/resource-server/testing.ts';

const request = (token: string, method = 'GET') =>
  new Request('https://service.example/subscribers', { method, headers: { authorization: `Bearer ${token}` } });

describe('a made-up credential', () => {
  const authenticator = createFakeAuthenticator({
    td_ada: person({ role: 'viewer' }),
    cli: person({ scopes: ['agents:manage'] }),
    otk_sync: organization({ scopes: ['newsletter'] }),
    otk_old: 'expired',
    otk_gone: 'revoked',
    td_busy: 'over_limit',
    td_later: 'unavailable',
  });

  it.each([
    ['td_ada', {}, 'person'],
    ['td_ada', { roles: ['admin'] }, 'You do not have permission to perform this action'],
    ['cli', { scopes: ['agents:manage'] }, 'person'],
    ['cli', { scopes: ['tasks:create'] }, 'You do not have permission to perform this action'],
    ['otk_sync', {}, 'organization'],
    [
      'otk_sync',
      { service: 'seo' },
      "Token does not have access to the 'seo' service. Required scope: 'seo' or 'all'.",
    ],
    ['otk_old', {}, 'Organization token expired'],
    ['otk_gone', {}, 'Unauthorized. Invalid or expired organization token'],
    ['td_busy', {}, 'Rate limit exceeded'],
    ['td_later', {}, 'The service is briefly unavailable. Try again in a moment.'],
    ['td_nobody', {}, 'Invalid token or token expired'],
    ['constructor', {}, 'Invalid token or token expired'],
  ] as const)('%s, asked for %j: %s', async (token, call, expected) => {
    const found = await authenticator.authenticate(request(token), { service: 'newsletter', ...call });
    expect(found.kind === 'refusal' ? found.body.message : found.kind).toBe(expected);
  });

  it('can be taken away, and what would have been asked is seen', async () => {
    const credentials: Record<string, FakeCredential> = { td_ada: person() };
    const own = createFakeAuthenticator(credentials);
    const call = { service: 'newsletter', route: '/subscribers' };
    expect((await own.authenticate(request('td_ada'), call)).kind).toBe('person');
    credentials['td_ada'] = 'revoked';
    expect((await own.authenticate(request('td_ada', 'POST'), call)).kind).toBe('refusal');
    expect(own.questions).toMatchObject([
      { token: 'td_ada', service: 'newsletter', method: 'GET', route: '/subscribers' },
      { token: 'td_ada', method: 'POST' },
    ]);
  });
});

describe('a fetch handler', () => {
  const told = { limit: 1000, remaining: 7, reset: 3 };
  const limited = { ...person(), rate_limit: told } as FakeCredential;
  const authenticator = createFakeAuthenticator({ td_ada: limited, td_bob: person({ id: 'user_bob' }) });
  const handle = authenticated(
    authenticator,
    {
      service: 'newsletter',
      route: '/subscribers',
      clientAddress: ({ headers }) => headers.get('x-real-ip') ?? undefined,
    },
    (_request, principal, more: string) =>
      principal.id === 'user_bob' ? Response.redirect('https://service.example/') : Response.json([principal.id, more]),
  );

  it('is called with the principal and what the runtime hands over', async () => {
    const answer = await handle(request('td_ada'), 'more');
    expect([answer.status, await answer.json()]).toEqual([200, ['user_ada', 'more']]);
    expect(answer.headers.get('ratelimit')).toBe('"default";r=7;t=3');
    expect(authenticator.questions.at(-1)).toMatchObject({ route: '/subscribers' });
  });

  it('may answer what can’t be changed any more', async () => {
    expect((await handle(request('td_bob'), '')).status).toBe(302);
  });

  it('is not called for others', async () => {
    const answer = await handle(request('td_nobody'), '');
    expect([answer.status, await answer.text()]).toEqual([
      401,
      '{"statusCode":401,"message":"Invalid token or token expired"}',
    ]);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('can’t be made without a service', () => {
    expect(() => authenticated(authenticator, {} as { service: string }, () => new Response())).toThrow(TypeError);
  });
});
