// What a service lets in and how it refuses the others, by what introspection says. Bodies and headers to the letter.
import { describe, expect, it } from 'vitest';
import { formatToken } from '../../../src/oauth/token-format.ts';
import type { Call } from '../../../src/resource-server/judgement.ts';
import type { Refusal } from '../../../src/resource-server/refusal.ts';
import { organizationToken, personalToken, serviceOf, signIn, startIntrospector } from './support.ts';

const OTK = formatToken('otk_', new Uint8Array(28).fill(1));
const PAT = formatToken('td_', new Uint8Array(28).fill(2));

type Told = (issuer: string) => object;
const inactive: Told = () => ({ active: false });

async function outcome(told: Told, call: Partial<Call> = {}, token = 'opaque', options = {}) {
  const introspector = await startIntrospector({});
  introspector.answer = told(introspector.url);
  return await serviceOf(introspector.url, options).authenticate(token, call);
}

async function refused(...given: Parameters<typeof outcome>): Promise<Refusal> {
  const found = await outcome(...given);
  if (found.kind !== 'refusal') throw new Error(`let in: ${JSON.stringify(found)}`);
  return found;
}

describe('the principal', () => {
  it('of a personal token', async () => {
    expect(await outcome((iss) => personalToken(iss))).toEqual({
      kind: 'person',
      credential: 'personal_access_token',
      id: 'user_ada',
      email: 'ada@acme.example',
      role: 'member',
      organizationId: 'org_acme',
      scopes: ['all'],
      tokenId: 'tok_1',
      issuedAt: 1_894_708_800,
      expiresAt: 4_000_000_000,
    });
  });

  it('of an organization token that never expires, with what is left of its rate limit', async () => {
    const told: Told = (iss) =>
      organizationToken(iss, { exp: undefined, rate_limit: { limit: 1000, remaining: 998, reset: 12 } });
    expect(await outcome(told)).toEqual({
      kind: 'organization',
      credential: 'organization_token',
      id: 'org_acme',
      organizationId: 'org_acme',
      scopes: ['newsletter'],
      tokenId: 'tok_1',
      issuedAt: 1_894_708_800,
      rateLimit: { limit: 1000, remaining: 998, reset: 12 },
    });
  });

  it('of a sign-in', async () => {
    expect(await outcome((iss) => signIn(iss))).toMatchObject({
      kind: 'person',
      credential: 'access_token',
      scopes: ['agents:manage', 'tasks:create'],
      clientId: 'teamday-cli',
      sessionId: 'ses_1',
    });
  });
});

describe('who is let in', () => {
  type Row = [who: string, told: Told, call: Partial<Call>, outcome: string];
  const forService = { service: 'agents' };
  const forScope = { service: 'agents', scopes: ['agents:manage'] };
  const organization =
    (scope: string): Told =>
    (iss) =>
      organizationToken(iss, { scope });
  it.each<Row>([
    ['an organization token for the service', organization('newsletter agents'), forService, 'organization'],
    ['an organization token for all', organization('all'), forService, 'organization'],
    ['an organization token for another service', organization('newsletter'), forService, 'service'],
    ['an organization token for nothing', organization(''), forService, 'service'],
    ['an organization token for a service spelled alike', organization('agents-x Agents'), forService, 'service'],
    ['an organization token for a service with a shorter name', organization('agent a'), forService, 'service'],
    [
      'an organization token for the service',
      organization('agents'),
      { ...forService, scopes: ['agents-x:manage'] },
      'scope',
    ],
    ['an organization token for one of its scopes only', organization('agents:manage'), forService, 'service'],
    ['an organization token for the service', organization('agents'), forScope, 'organization'],
    ['an organization token for all', organization('all'), forScope, 'organization'],
    [
      'an organization token for the service',
      organization('agents'),
      { ...forScope, scopes: ['agents:manage', 'spaces:access'] },
      'scope',
    ],
    ['an organization token', organization('all'), { ...forService, roles: ['admin', 'member', 'viewer'] }, 'role'],
    ['an organization token', organization('all'), { ...forService, roles: ['organization'] }, 'organization'],
    ['a personal token', (iss) => personalToken(iss), forScope, 'person'],
    ['a personal token of a member', (iss) => personalToken(iss), { ...forService, roles: ['admin'] }, 'role'],
    ['a personal token of a member', (iss) => personalToken(iss), { ...forService, roles: ['organization'] }, 'role'],
    ['a personal token of a member', (iss) => personalToken(iss), { ...forService, roles: [] }, 'role'],
    ['a personal token of a member', (iss) => personalToken(iss), { ...forService, roles: ['member'] }, 'person'],
    ['a personal token for another service', (iss) => personalToken(iss, { scope: 'seo' }), forService, 'service'],
    ['a sign-in, whose scopes name no service', (iss) => signIn(iss), { service: 'newsletter' }, 'person'],
    ['a sign-in with the scope', (iss) => signIn(iss), forScope, 'person'],
    ['a sign-in without the scope', (iss) => signIn(iss, { scope: 'tasks:create' }), forScope, 'scope'],
    ['a sign-in with half the scopes', (iss) => signIn(iss), { ...forScope, scopes: ['agents:manage', 'x'] }, 'scope'],
    ['a sign-in whose scope is named like a service', (iss) => signIn(iss, { scope: 'agents all' }), forScope, 'scope'],
    ['a sign-in of a viewer', (iss) => signIn(iss, { role: 'viewer' }), { ...forService, roles: ['member'] }, 'role'],
    [
      'a sign-in for somebody else',
      (iss) => signIn(iss, { aud: 'https://other.example' }),
      forService,
      'invalid_token',
    ],
    ['a sign-in for nobody', (iss) => signIn(iss, { aud: undefined }), forService, 'invalid_token'],
    ['a sign-in for several', (iss) => signIn(iss, { aud: ['https://other.example', iss] }), forService, 'person'],
    ['a refresh token', (iss) => signIn(iss, { token_use: 'refresh_token' }), forService, 'invalid_token'],
    ['a kind of token of days to come', (iss) => signIn(iss, { token_use: 'future' }), forService, 'invalid_token'],
  ])('%s', async (_who, told, call, expected) => {
    const found = await outcome(told, call);
    expect(found.kind === 'refusal' ? found.reason : found.kind).toBe(expected);
  });

  it('an access token that was asked for by this service’s own address', async () => {
    const resource = 'https://agents.example/api';
    const told: Told = (iss) => signIn(iss, { aud: resource });
    expect((await outcome(told, {}, 'opaque', { resource })).kind).toBe('person');
  });
});

describe('a refusal', () => {
  const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  const challenge = (parameters: string) => ({
    ...JSON_HEADERS,
    'www-authenticate': `Bearer realm="TeamDay"${parameters}`,
  });
  const about = (description: string) => `, error="invalid_token", error_description="${description}"`;

  it.each<[string, Told, string, string]>([
    ['of a personal token', inactive, PAT, 'Invalid token or token expired'],
    ['of anything else', inactive, 'a.b.c', 'Invalid token or token expired'],
    ['of an organization token', inactive, OTK, 'Unauthorized. Invalid or expired organization token'],
    [
      'of an organization token that was revoked',
      () => ({ active: false, inactive_reason: 'revoked' }),
      OTK,
      'Unauthorized. Invalid or expired organization token',
    ],
    [
      'of an organization token that has expired',
      () => ({ active: false, inactive_reason: 'expired' }),
      OTK,
      'Organization token expired',
    ],
    [
      'of a personal token that has expired',
      () => ({ active: false, inactive_reason: 'expired' }),
      PAT,
      'Invalid token or token expired',
    ],
  ])('%s', async (_of, told, token, message) => {
    const { status, body, headers } = await refused(told, {}, token);
    expect([status, JSON.stringify(body)]).toEqual([401, JSON.stringify({ statusCode: 401, message })]);
    expect(headers).toEqual(challenge(about(message)));
  });

  it.each(['', 'Basic dTpw', 'Bearer', 'Bearer ', 'Bearer two words', 'token x', 'Bearerx'])(
    'of a request without a credential: %j',
    async (authorization) => {
      const { authenticator } = serviceOf('http://127.0.0.1:1');
      const request = new Request('https://service.example/?access_token=x', { headers: { authorization } });
      const found = await authenticator.authenticate(request, { service: 'newsletter' });
      expect(found).toMatchObject({
        status: 401,
        reason: 'no_token',
        body: { statusCode: 401, message: 'No authentication token found' },
        headers: challenge(''),
      });
    },
  );

  it('of a service that the token is not for', async () => {
    const message = "Token does not have access to the 'seo' service. Required scope: 'seo' or 'all'.";
    const { status, body, headers } = await refused((iss) => organizationToken(iss), { service: 'seo' }, OTK);
    expect([status, body]).toEqual([403, { statusCode: 403, message }]);
    expect(headers).toEqual(challenge(`, error="insufficient_scope", error_description="${message}", scope="seo"`));
  });

  it('of scopes and of roles', async () => {
    const message = 'You do not have permission to perform this action';
    const scopes = ['agents:execute', 'spaces:access'];
    const byScope = await refused((iss) => signIn(iss), { scopes });
    expect([byScope.status, byScope.body]).toEqual([403, { statusCode: 403, message }]);
    expect(byScope.headers['www-authenticate']).toBe(
      `Bearer realm="TeamDay", error="insufficient_scope", error_description="${message}", scope="agents:execute spaces:access"`,
    );
    const byRole = await refused((iss) => signIn(iss), { roles: ['admin'] });
    expect([byRole.status, byRole.body, byRole.headers]).toEqual([403, { statusCode: 403, message }, JSON_HEADERS]);
  });

  it('says where the metadata are', async () => {
    const resource = 'https://agents.example/api/v1';
    const url = 'https://agents.example/.well-known/oauth-protected-resource/api/v1';
    const { headers } = await refused(inactive, {}, PAT, { resource });
    expect(headers['www-authenticate']).toMatch(new RegExp(`, resource_metadata="${url}"$`));
  });
});

describe('a rate limit', () => {
  const limited = (more: object) => (iss: string) =>
    organizationToken(iss, { rate_limit: { limit: 1000, remaining: 0, reset: 42, ...more } });

  it('is refused when it is exceeded, whatever else is wrong', async () => {
    const { status, body, headers } = await refused(limited({ exceeded: true }), { service: 'seo' });
    expect([status, body]).toEqual([429, { statusCode: 429, message: 'Rate limit exceeded' }]);
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '42',
      'ratelimit-policy': '"default";q=1000',
      ratelimit: '"default";r=0;t=42',
      'ratelimit-limit': '1000',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '42',
    });
  });

  it('is not refused at its last request, and told in a 403 too', async () => {
    expect((await outcome(limited({}))).kind).toBe('organization');
    const { headers } = await refused(limited({}), { service: 'seo' });
    expect(headers).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-reset': '42' });
  });

  it('never says to come back at once', async () => {
    const { headers } = await refused(limited({ exceeded: true, reset: 0 }));
    expect(headers['retry-after']).toBe('1');
  });
});

it.each([
  {},
  { service: '' },
  { service: "seo' or" },
  { service: 'newsletter', scopes: 'agents:manage' },
  { service: 'newsletter', scopes: ['two words'] },
  { service: 'newsletter', roles: ['owner'] },
  { service: 'newsletter', roles: 'admin' },
])('a requirement that is none is a mistake of the service’s: %j', async (call) => {
  const { authenticator } = serviceOf('http://127.0.0.1:1');
  const request = new Request('https://service.example/');
  await expect(authenticator.authenticate(request, call as Call)).rejects.toThrow(TypeError);
});
