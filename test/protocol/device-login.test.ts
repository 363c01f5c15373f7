// The CLI's login over the wire, as RFC 8628 tells it, and the tokens that come of it.
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, redeem, refresh, startLogin } from '../support/oauth.ts';
import { Visitor } from '../support/visitor.ts';

let identity: Identity;
let ada: TestPerson;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson({ role: 'admin' });
});
afterAll(() => identity?.close());

describe('a login', () => {
  it('starts with codes, addresses, the interval and the lifetime', async () => {
    const login = await startLogin(identity.url);
    expect(login).toEqual({
      device_code: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${identity.url}/cli-auth`,
      verification_uri_complete: `${identity.url}/cli-auth?code=${login.user_code}`,
      interval: 5,
      expires_in: 600,
    });
  });

  it('ends with a JWT access token and a refresh token', async () => {
    const tokens = await logIn(identity.url, ada);
    expect(tokens).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{52}$/),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'agents:manage agents:execute spaces:access tasks:create',
    });
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({ iss: identity.url, aud: identity.url, sub: ada.id, client_id: 'teamday-cli' });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  });

  it('is introspected live', async () => {
    const tokens = await logIn(identity.url, ada);
    const { authorization } = await identity.addResourceServer();
    const access = await introspect(identity.url, authorization, tokens.access_token);
    expect(access.body).toMatchObject({
      active: true,
      token_use: 'access_token',
      role: 'admin',
      org_id: ada.organizationId,
    });
    const refreshed = await introspect(identity.url, authorization, tokens.refresh_token);
    expect(refreshed.body).toMatchObject({ active: true, token_use: 'refresh_token', sid: access.body.sid });
  });

  it('refreshes', async () => {
    const tokens = await logIn(identity.url, ada);
    const answer = await refresh(identity.url, tokens.refresh_token);
    expect(answer.status).toBe(200);
    expect(answer.body.refresh_token).not.toBe(tokens.refresh_token);
  });

  it('that the person cancels tells the device so', async () => {
    const visitor = new Visitor(identity.url);
    await visitor.signIn(ada);
    const login = await startLogin(identity.url);
    await visitor.decide(login.user_code, 'cancel');
    const answer = await redeem(identity.url, login.device_code);
    expect([answer.status, answer.body.error]).toEqual([400, 'access_denied']);
  });
});
