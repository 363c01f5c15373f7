// A client library that nobody here wrote goes the whole way: discovery, device login, refresh, introspection, revocation.
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_SCOPES } from '../../src/oauth/device-grant.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let ada: TestPerson;
let visitor: Visitor;

beforeAll(async () => {
  identity = await startIdentity({
    settings: (s) => ({ ...s, deviceAuthorization: { ...s.deviceAuthorization, pollIntervalSeconds: 1 } }),
  });
  ada = await identity.addPerson({ role: 'admin' });
  visitor = new Visitor(identity.url);
  await visitor.signIn(ada);
});
afterAll(() => identity?.close());

const options: client.DiscoveryRequestOptions = { execute: [client.allowInsecureRequests] };
const command = (more: client.DiscoveryRequestOptions = {}) =>
  client.discovery(new URL(identity.url), 'teamday-cli', undefined, client.None(), { ...options, ...more });

async function start(config: client.Configuration) {
  const login = await client.initiateDeviceAuthorization(config, { scope: CLI_SCOPES.join(' ') });
  registerSecretsOf(login);
  return login;
}

/** Polls as the library does while the person presses a button. */
async function logIn(config: client.Configuration, decision: 'authorize' | 'cancel' = 'authorize') {
  const login = await start(config);
  const polled = client.pollDeviceAuthorizationGrant(config, login);
  const [tokens] = await Promise.all([polled, visitor.decide(login.user_code, decision, ada.organizationId)]);
  registerSecretsOf(tokens);
  return tokens;
}

describe('openid-client', () => {
  it.each(['oauth2', 'oidc'] as const)('discovers the server (%s)', async (algorithm) => {
    const config = await command({ algorithm });
    expect(config.serverMetadata().issuer).toBe(identity.url);
  });

  it('logs in, refreshes, asks about the tokens as a service would, and revokes them', async () => {
    const config = await command();
    const tokens = await logIn(config);
    expect(tokens).toMatchObject({ expires_in: 900, scope: CLI_SCOPES.join(' ') });

    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    registerSecretsOf(next);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);

    const { id, secret } = await identity.addResourceServer();
    for (const authentication of [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]) {
      const service = await client.discovery(new URL(identity.url), id, undefined, authentication, options);
      const found = await client.tokenIntrospection(service, next.access_token);
      expect(found).toMatchObject({ active: true, sub: ada.id, org_id: ada.organizationId, role: 'admin' });
    }

    await client.tokenRevocation(config, next.refresh_token ?? '');
    const service = await client.discovery(new URL(identity.url), id, secret, undefined, options);
    expect(await client.tokenIntrospection(service, next.access_token)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });

  it('is told when the person cancels', async () => {
    await expect(logIn(await command(), 'cancel')).rejects.toMatchObject({ error: 'access_denied', status: 400 });
  });
});
