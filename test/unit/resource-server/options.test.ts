// What an authenticator is configured by: its faults, what it remembers if told to, what it says of itself.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AuthenticatorOptions, createAuthenticator } from '../../../src/resource-server/authenticator.ts';
import { metadataResponse } from '../../../src/resource-server/fetch.ts';
import { personalToken, send, serviceOf, startIntrospector } from './support.ts';

const GOOD = { issuer: 'https://cc.teamday.ai', clientId: 'newsletter', clientSecret: 's3cret' };

describe('options', () => {
  it.each<[Partial<AuthenticatorOptions>, RegExp]>([
    [{ issuer: '' }, /issuer must be an address/],
    [{ issuer: 'cc.teamday.ai' }, /issuer must be an address/],
    [{ issuer: 'https://cc.teamday.ai/' }, /ends with a slash/],
    [{ issuer: 'https://user:pw@cc.teamday.ai' }, /plain address/],
    [{ issuer: 'http://cc.teamday.ai' }, /must be https/],
    [{ issuer: 'http://127.0.0.1.evil.example' }, /must be https/],
    [{ issuer: 'javascript:alert(1)', allowHttp: true }, /must be https/],
    [{ introspectionEndpoint: 'http://identity:3000/oauth/introspect' }, /introspectionEndpoint must be https/],
    [{ clientId: '' }, /clientId is missing/],
    [{ clientSecret: '' }, /either clientSecret or privateKey/],
    [{ privateKey: { kty: 'EC', crv: 'P-256', x: '', y: '', d: '' } }, /either clientSecret or privateKey/],
    [{ clientSecret: '', privateKey: { kty: 'EC', crv: 'P-384', x: '', y: '', d: '' } }, /P-256/],
    [{ timeoutMs: 0 }, /timeoutMs/],
    [{ timeoutMs: Number.NaN }, /timeoutMs/],
    [{ cacheSeconds: -1 }, /cacheSeconds/],
    [{ cacheSeconds: 3600 }, /cacheSeconds/],
    [{ resource: 'agents' }, /resource must be an address/],
  ])('%j is refused', (wrong, message) => {
    expect(() => createAuthenticator({ ...GOOD, ...wrong })).toThrow(message);
  });

  it('names all faults at once, and not the secret', () => {
    const wrong = () => createAuthenticator({ issuer: 'x', clientId: '', clientSecret: 's3cret', timeoutMs: -1 });
    expect(wrong).toThrow(/issuer.*clientId.*timeoutMs/);
    expect(wrong).not.toThrow(/s3cret/);
  });

  it.each<Partial<AuthenticatorOptions>>([
    {},
    { issuer: 'http://127.0.0.1:3000' },
    { issuer: 'http://[::1]:3000' },
    { issuer: 'http://identity:3000', allowHttp: true },
    { introspectionEndpoint: 'http://identity:3000/oauth/introspect', allowHttp: true },
    { cacheSeconds: 300, timeoutMs: 30_000 },
  ])('%j is taken', (more) => {
    expect(() => createAuthenticator({ ...GOOD, ...more })).not.toThrow();
  });

  it('asks within the cluster if told to', async () => {
    const introspector = await startIntrospector(personalToken('https://cc.teamday.ai'));
    const options = { issuer: 'https://cc.teamday.ai', introspectionEndpoint: `${introspector.url}/inside` };
    expect(await serviceOf('', options).authenticate()).toMatchObject({ kind: 'person' });
  });

  it('reports faults to the console, seldom, where nobody else is told', async () => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    const authenticator = createAuthenticator({ ...GOOD, issuer: 'http://127.0.0.1:1' });
    const request = new Request('https://service.example/', { headers: { authorization: 'Bearer opaque' } });
    for (const _time of [1, 2, 3]) await authenticator.authenticate(request, { service: 'newsletter' });
    const lines = written.mock.calls.flat();
    written.mockRestore();
    expect(lines).toEqual([expect.stringMatching(/^@teamday\/resource-server: The identity service at http/)]);
  });
});

describe('cacheSeconds', () => {
  afterEach(() => void vi.useRealTimers());
  const pass = (ms: number) => void vi.advanceTimersByTime(ms);

  async function service(cacheSeconds: number, more: object = {}) {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    const introspector = await startIntrospector({});
    introspector.answer = personalToken(introspector.url, more);
    const { authenticate } = serviceOf(introspector.url, { cacheSeconds });
    return { introspector, authenticate };
  }

  it('is nothing unless asked for', async () => {
    const { introspector, authenticate } = await service(0);
    await authenticate();
    await authenticate();
    expect(introspector.asked).toHaveLength(2);
  });

  it('uses an active answer again, no longer than that', async () => {
    const { introspector, authenticate } = await service(5);
    await authenticate();
    introspector.answer = { active: false };
    pass(4_999);
    expect(await authenticate()).toMatchObject({ kind: 'person' });
    pass(1);
    expect(await authenticate()).toMatchObject({ status: 401 });
    expect(introspector.asked).toHaveLength(2);
  });

  it('counts from when it was asked, not from when it was answered', async () => {
    const { introspector, authenticate } = await service(5);
    introspector.answer = (response) => {
      if (introspector.asked.length === 1) pass(4_000);
      send(response, personalToken(introspector.url));
    };
    await authenticate();
    pass(1_000);
    await authenticate();
    expect(introspector.asked).toHaveLength(2);
  });

  it('judges each route by itself, and tells no stale rate limit', async () => {
    const { introspector, authenticate } = await service(5, { rate_limit: { limit: 9, remaining: 8, reset: 7 } });
    expect(await authenticate()).toMatchObject({ rateLimit: { remaining: 8 } });
    expect(await authenticate('opaque', { roles: ['admin'] })).toMatchObject({ reason: 'role' });
    expect(await authenticate()).toMatchObject({ kind: 'person', rateLimit: undefined });
    expect(introspector.asked).toHaveLength(1);
  });

  it('ends with the token', async () => {
    const { introspector, authenticate } = await service(300, { exp: Math.floor(Date.now() / 1000) + 10 });
    await authenticate();
    pass(11_000);
    await authenticate();
    expect(introspector.asked).toHaveLength(2);
  });

  it.each([{ active: false }, { exceeded: true }])('remembers no refusal: %j', async (told) => {
    const limit = { limit: 1, remaining: 0, reset: 1, ...told };
    const { introspector, authenticate } = await service(5, { rate_limit: limit, ...told });
    expect(await authenticate()).toMatchObject({ kind: 'refusal' });
    introspector.answer = personalToken(introspector.url);
    expect(await authenticate()).toMatchObject({ kind: 'person' });
    expect(introspector.asked).toHaveLength(2);
  });

  it('is no second life for another token', async () => {
    const { introspector, authenticate } = await service(5);
    await authenticate('one');
    introspector.answer = { active: false };
    expect(await authenticate('two')).toMatchObject({ status: 401 });
  });
});

describe('protected resource metadata (RFC 9728)', () => {
  const options = { ...GOOD, resource: 'https://agents.example/api/v1', resourceName: 'Agents' };
  const at = (path: string, method = 'GET') => new Request(`https://agents.example${path}`, { method });

  it('is served where the resource’s own address says', async () => {
    const authenticator = createAuthenticator({ ...options, scopesSupported: ['agents:manage'] });
    const answer = metadataResponse(authenticator, at('/.well-known/oauth-protected-resource/api/v1?x=y'));
    expect(await answer?.json()).toEqual({
      resource: 'https://agents.example/api/v1',
      resource_name: 'Agents',
      authorization_servers: ['https://cc.teamday.ai'],
      bearer_methods_supported: ['header'],
      scopes_supported: ['agents:manage'],
    });
    expect(answer?.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer?.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('is at the root for a resource that is a whole host', () => {
    const { protectedResource } = createAuthenticator({ ...options, resource: 'https://agents.example/' });
    expect(protectedResource?.url).toBe('https://agents.example/.well-known/oauth-protected-resource');
  });

  it('is nowhere else', () => {
    const authenticator = createAuthenticator(options);
    expect(metadataResponse(authenticator, at('/.well-known/oauth-protected-resource'))).toBeUndefined();
    expect(metadataResponse(authenticator, at(authenticator.protectedResource?.path ?? '', 'POST'))).toBeUndefined();
    expect(metadataResponse(createAuthenticator(GOOD), at('/'))).toBeUndefined();
  });
});
