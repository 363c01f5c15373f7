// /api/organizations/{orgId}/tokens, as organization-api-tokens.txt documents it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseToken } from '../../src/oauth/token-format.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, read } from '../support/oauth.ts';

let identity: Identity;
let ada: TestPerson;
let bearer: string;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson({ role: 'admin' });
  bearer = `Bearer ${(await logIn(identity.url, ada)).access_token}`;
  ({ authorization } = await identity.addResourceServer());
});
afterAll(() => identity?.close());

const api = async (method: string, path: string, body?: unknown, credential = bearer) =>
  await read(
    await fetch(`${identity.url}${path}`, {
      method,
      headers: { authorization: credential, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
const path = () => `/api/organizations/${ada.organizationId}/tokens`;

describe('an organization token', () => {
  it('is generated, listed, introspected and revoked', async () => {
    const created = await api('POST', path(), { name: 'Newsletter Sync', scopes: ['newsletter'], expiresInDays: 90 });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      token: expect.stringMatching(/^otk_[A-Za-z0-9_-]{43}$/),
      id: expect.stringMatching(/^tok_/),
      name: 'Newsletter Sync',
      scopes: ['newsletter'],
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect(parseToken(created.body.token)?.kind).toBe('organization_token');

    const active = await introspect(identity.url, authorization, created.body.token);
    expect(active.body).toMatchObject({
      active: true,
      token_use: 'organization_token',
      sub: ada.organizationId,
      scope: 'newsletter',
      jti: created.body.id,
    });

    const list = await api('GET', path());
    expect(list.body).toEqual({
      tokens: [
        {
          id: created.body.id,
          name: 'Newsletter Sync',
          tokenPreview: expect.stringMatching(/^otk_\*\*\*\*[0-9a-f]{8}$/),
          scopes: ['newsletter'],
          createdBy: ada.id,
          createdAt: expect.any(String),
          expiresAt: created.body.expiresAt,
          lastUsedAt: null,
        },
      ],
      count: 1,
    });

    expect((await api('POST', `${path()}/${created.body.id}/revoke`)).body).toEqual({ success: true });
    expect((await introspect(identity.url, authorization, created.body.token)).body).toEqual({ active: false });
    expect((await api('GET', path())).body).toEqual({ tokens: [], count: 0 });
  });

  it('stops with its first successor’s use when it was rotated so', async () => {
    const { body: old } = await api('POST', path(), { name: 'Webhook' });
    const { body: successor, status } = await api('POST', `${path()}/${old.id}/rotate`, {
      graceSeconds: 3600,
      untilFirstUse: true,
    });
    expect(status).toBe(201);
    expect((await introspect(identity.url, authorization, old.token)).body.active).toBe(true);
    expect((await introspect(identity.url, authorization, successor.token)).body.active).toBe(true);
    expect((await introspect(identity.url, authorization, old.token)).body).toEqual({ active: false });
  });
});

describe('a personal token', () => {
  it('is created, says who it is, and lists itself', async () => {
    const created = await api('POST', '/api/users/me/tokens', { name: 'CI' });
    expect(created.status).toBe(201);
    const mine = `Bearer ${created.body.token}`;
    expect((await api('GET', '/api/users/me', undefined, mine)).body).toMatchObject({
      email: ada.email,
      token: { id: created.body.id },
    });
    expect((await api('GET', '/api/users/me/tokens', undefined, mine)).body.count).toBe(1);
    expect((await api('POST', '/api/users/me/tokens', { name: 'More' }, mine)).status).toBe(403);
    const active = await introspect(identity.url, authorization, created.body.token);
    expect(active.body).toMatchObject({ active: true, token_use: 'personal_access_token', role: 'admin', sub: ada.id });
  });

  it('lives no longer after its rotation than is allowed now', async () => {
    const { id } = (await api('POST', '/api/users/me/tokens', { name: 'Old' })).body;
    const { database } = identity.services; // as it could be when the operator allowed more
    await database.query("UPDATE tokens SET expires_at = now() + interval '3650 days' WHERE id = $1", [id]);
    const rotated = await api('POST', `/api/users/me/tokens/${id}/rotate`, {});
    expect(rotated.status).toBe(201);
    const days = (Date.parse(rotated.body.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(364);
    expect(days).toBeLessThanOrEqual(365);
  });

  it('is revoked when somebody reports it', async () => {
    const created = await api('POST', '/api/users/me/tokens', { name: 'Leaked' });
    const shared = (await api('POST', path(), { name: 'Shared', scopes: ['all'] })).body;
    const tokens = [created.body.token, shared.token, 'nonsense'];
    const report = await api('POST', '/api/credentials/revoke', { tokens }, '');
    expect([report.status, report.body]).toEqual([202, { success: true }]);
    expect((await introspect(identity.url, authorization, created.body.token)).body).toEqual({ active: false });
    await identity.services.background.outbox.flush();
    const mailAbout = ({ id }: { id: string }) =>
      identity.logged.find((line) => line.includes(ada.email) && line.includes(`teamday audit --token ${id} --since`));
    expect(mailAbout(created.body)).toContain(`${identity.url}/settings/api-keys`);
    expect(mailAbout(shared)).toContain(`${identity.url}/organizations/${ada.organizationId}/tokens`);
  });
});

describe('at the next call after', () => {
  const ofPerson = 'UPDATE people SET disabled_at = now() WHERE id = $1';
  const membership = 'DELETE FROM memberships WHERE person_id = $1';
  const closed =
    'UPDATE organizations SET closed_at = now() WHERE id = (SELECT organization_id FROM memberships WHERE person_id = $1)';
  const made = async (kind: 'personal' | 'organization') => {
    const person = await identity.addPerson({ role: 'admin' });
    const common = {
      name: 'x',
      expiresInDays: 90,
      organizationId: person.organizationId,
      by: { personId: person.id, sessionId: undefined },
    };
    const request = kind === 'personal' ? { kind, ...common } : { kind, ...common, scopes: ['all'] };
    const created = await identity.services.tokens.create(request, {});
    if (created.outcome !== 'issued') throw new Error(created.outcome);
    return { person, token: created.token.secret.reveal() };
  };

  it.each([
    ['its person is disabled', 'personal', ofPerson, false],
    ['its person is removed', 'personal', membership, false],
    ['the organization is closed', 'personal', closed, false],
    ['the organization is closed', 'organization', closed, false],
    ['who made it is disabled', 'organization', ofPerson, true],
    ['who made it is removed', 'organization', membership, true],
  ] as const)('%s, a %s token is active or not: %s', async (_title, kind, statement, active) => {
    const { person, token } = await made(kind);
    expect((await introspect(identity.url, authorization, token)).body.active).toBe(true);
    await identity.services.database.query(statement, [person.id]);
    const { body } = await introspect(identity.url, authorization, token);
    expect(active ? body.active : body).toEqual(active ? true : { active: false });
  });

  it('its person is demoted, a personal token has the new role', async () => {
    const { person, token } = await made('personal');
    await identity.services.database.query("UPDATE memberships SET role = 'viewer' WHERE person_id = $1", [person.id]);
    expect((await introspect(identity.url, authorization, token)).body).toMatchObject({ active: true, role: 'viewer' });
  });

  it('it expired, a token is inactive', async () => {
    const { token } = await made('personal');
    await identity.services.database.query(
      "UPDATE tokens SET expires_at = now() - interval '1 second' WHERE digest = sha256($1::bytea)",
      [Buffer.from(token)],
    );
    expect((await introspect(identity.url, authorization, token)).body).toEqual({ active: false });
  });
});
