// What a resource server is told beyond RFC 7662, where it is registered for it; and what its removal takes away.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResourceServers } from '../../src/clients/resource-server.ts';
import { advance, stopClock } from '../support/clock.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, revoke } from '../support/oauth.ts';

const NOW = new Date('2030-01-15T12:00:00Z');
const OPERATOR = { credential: 'test' };
let identity: Identity;
let ada: TestPerson;

beforeAll(async () => {
  stopClock(NOW);
  identity = await startIdentity({
    settings: (settings) => ({
      ...settings,
      requestLimits: {
        personalAccessToken: { points: 3, seconds: 60 },
        organizationToken: { points: 0, seconds: 60 },
        accessToken: { points: 2, seconds: 3600 },
      },
    }),
  });
  ada = await identity.addPerson();
});
beforeEach(() => stopClock(NOW));
afterAll(async () => {
  vi.useRealTimers();
  await identity.close();
});

const ask = async (authorization: string, token: string) =>
  (await introspect(identity.url, authorization, token)).body as Record<string, unknown>;

async function newToken(kind: 'personal' | 'organization') {
  const common = {
    name: 'CI',
    expiresInDays: 7,
    organizationId: ada.organizationId,
    by: { personId: ada.id, sessionId: undefined },
  };
  const request = kind === 'personal' ? { kind, ...common } : { kind, ...common, scopes: ['all'] };
  const made = await identity.services.tokens.create(request, OPERATOR);
  if (made.outcome !== 'issued') throw new Error(made.outcome);
  return { id: made.token.id, value: made.token.secret.reveal() };
}

describe('a service registered to be told reasons', () => {
  it('is told of genuine credentials, and of nothing else', async () => {
    const { authorization } = await identity.addResourceServer(undefined, { tellsReasons: true });
    const [expires, revoked] = [await newToken('personal'), await newToken('organization')];
    const owner = { kind: 'organization', organizationId: ada.organizationId } as const;
    const by = { personId: ada.id, sessionId: undefined };
    expect(await identity.services.tokens.revoke(owner, revoked.id, by, OPERATOR)).toBe('revoked');
    const session = await logIn(identity.url, ada);
    await revoke(identity.url, session.access_token);
    const kept = await logIn(identity.url, ada);

    expect(await ask(authorization, revoked.value)).toEqual({ active: false, inactive_reason: 'revoked' });
    expect(await ask(authorization, session.access_token)).toEqual({ active: false, inactive_reason: 'revoked' });
    expect(await ask(authorization, session.refresh_token)).toEqual({ active: false, inactive_reason: 'revoked' });
    advance(8 * 86_400);
    expect(await ask(authorization, expires.value)).toEqual({ active: false, inactive_reason: 'expired' });
    expect(await ask(authorization, kept.access_token)).toEqual({ active: false, inactive_reason: 'expired' });
    for (const rubbish of ['unknown', `${expires.value.slice(0, -1)}!`, `${kept.access_token}x`])
      expect(await ask(authorization, rubbish)).toEqual({ active: false });
  });
});

describe('a service registered to count requests', () => {
  it('is told what is left, and when it is over the limit', async () => {
    vi.useRealTimers(); // the counters' windows run on the machine's time
    const { authorization } = await identity.addResourceServer(undefined, { countsRequests: true });
    const quiet = await identity.addResourceServer();
    const token = await newToken('personal');
    const limitOf = async () => (await ask(authorization, token.value))['rate_limit'] as Record<string, unknown>;
    expect(await ask(quiet.authorization, token.value)).not.toHaveProperty('rate_limit');
    for (const remaining of [2, 1, 0]) expect(await limitOf()).toEqual({ limit: 3, remaining, reset: 60 });
    const over = await limitOf();
    expect(over).toMatchObject({ limit: 3, remaining: 0, exceeded: true });
    expect(await ask(authorization, token.value)).toMatchObject({ active: true, jti: token.id });
    expect(await ask(authorization, (await newToken('personal')).value)).toMatchObject({
      rate_limit: { remaining: 2 },
    });
  });

  it('hears of each kind’s own limit, and of none where there is none', async () => {
    vi.useRealTimers();
    const { authorization } = await identity.addResourceServer(undefined, { countsRequests: true });
    const session = await logIn(identity.url, ada);
    expect(await ask(authorization, session.access_token)).toMatchObject({
      rate_limit: { limit: 2, remaining: 1, reset: 3600 },
    });
    expect(await ask(authorization, (await newToken('organization')).value)).not.toHaveProperty('rate_limit');
    expect(await ask(authorization, session.refresh_token)).not.toHaveProperty('rate_limit');
  });
});

describe('a service that was removed', () => {
  it('can ask no more', async () => {
    const { id, authorization } = await identity.addResourceServer();
    const { database, clock } = identity.services;
    const resourceServers = createResourceServers(database, clock);
    expect((await introspect(identity.url, authorization, 'x')).status).toBe(200);
    expect(await resourceServers.remove(id, OPERATOR)).toBe(true);
    expect((await introspect(identity.url, authorization, 'x')).status).toBe(401);
    expect(await resourceServers.remove(id, OPERATOR)).toBe(false);
  });
});
