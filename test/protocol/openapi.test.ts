// The description of the API and the API are one: the same routes, and answers of the described shapes.
import Router from '@koa/router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountApi } from '../../src/api/api-routes.ts';
import type { Operation } from '../../src/api/operation.ts';
import { operations } from '../../src/api/operations.ts';
import { mountLeakReports } from '../../src/leaks/leak-routes.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn } from '../support/oauth.ts';

let identity: Identity;
let ada: TestPerson;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity();
  ada = await identity.addPerson({ role: 'admin' });
  authorization = `Bearer ${(await logIn(identity.url, ada)).access_token}`;
});
afterAll(() => identity?.close());

const described = (path: string, method: string): Operation => {
  const found = operations.find((one) => one.path === path && one.method === method.toLowerCase());
  if (found === undefined) throw new Error(`${method} ${path} is not described`);
  return found;
};

async function call(method: string, path: string, parts: Record<string, string> = {}, body?: object) {
  const operation = described(path, method);
  const filled = Object.entries(parts).reduce((text, [name, value]) => text.replace(`{${name}}`, value), path);
  const response = await fetch(identity.url + filled, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { id: string };
  expect([response.status, filled]).toEqual([operation.success.status, filled]);
  operation.success.schema.parse(answer); // strict: a member too many fails as well
  return answer;
}

describe('/openapi.json', () => {
  it('describes exactly the routes that are mounted', () => {
    const router = new Router();
    mountApi(router, identity.services, identity.url);
    mountLeakReports(
      router,
      identity.services.leakReports,
      identity.services.counters.counter('test', { points: 1, seconds: 1 }),
    );
    const mounted = router.stack
      .filter(({ path }) => String(path).startsWith('/api/'))
      .flatMap(({ methods, path }) =>
        methods.filter((m) => m !== 'HEAD').map((m) => `${m} ${String(path).replaceAll(/:(\w+)/g, '{$1}')}`),
      );
    const inTable = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(mounted.toSorted((a, b) => a.localeCompare(b))).toEqual(inTable.toSorted((a, b) => a.localeCompare(b)));
  });

  it('is OpenAPI 3.1 whose references all lead somewhere', async () => {
    const document = (await (await fetch(`${identity.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, object>;
      components: { schemas: Record<string, { type?: string; properties?: object }> };
    };
    expect(document.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(reference ?? '') ?? [];
      expect(document.components.schemas[name], reference).toMatchObject({
        type: 'object',
        properties: expect.anything(),
      });
    }
    expect(document.components.schemas['CreateOrganizationToken']).toMatchObject({
      required: ['name'],
      additionalProperties: false,
      properties: { name: { minLength: 1, maxLength: 100 }, expiresInDays: { minimum: 0, maximum: 365, default: 90 } },
    });
  });
});

it('every operation answers in the shape that is described', async () => {
  const orgId = ada.organizationId;
  await call('GET', '/api/users/me');
  await call('PUT', '/api/users/me/organization', {}, { organizationId: orgId });
  const mine = await call('POST', '/api/users/me/tokens', {}, { name: 'Mine' });
  const mineNext = await call('POST', '/api/users/me/tokens/{id}/rotate', { id: mine.id }, { graceSeconds: 60 });
  await call('GET', '/api/users/me/tokens');
  await call('POST', '/api/users/me/tokens/{id}/revoke', { id: mineNext.id });
  const ours = await call('POST', '/api/organizations/{orgId}/tokens', { orgId }, { name: 'Ours', expiresInDays: 0 });
  const oursNext = await call(
    'POST',
    '/api/organizations/{orgId}/tokens/{tokenId}/rotate',
    { orgId, tokenId: ours.id },
    {},
  );
  await call('GET', '/api/organizations/{orgId}/tokens', { orgId });
  await call('GET', '/api/organizations/{orgId}/audit', { orgId });
  await call('GET', '/api/users/me/tokens/{id}/audit', { id: mineNext.id });
  await call('POST', '/api/organizations/{orgId}/tokens/{tokenId}/revoke', { orgId, tokenId: oursNext.id });
  await call('POST', '/api/credentials/revoke', {}, { tokens: ['nothing'] });
});

it('so do those on members, invitations and the policy', async () => {
  const orgId = ada.organizationId;
  const bob = await identity.addPerson({ organizationId: orgId });
  const member = { orgId, userId: bob.id };
  await call('POST', '/api/organizations/{orgId}/members/{userId}/role', member, { role: 'viewer' });
  await call('GET', '/api/organizations/{orgId}/members', { orgId });
  await call('POST', '/api/organizations/{orgId}/members/{userId}/revoke-all', member, {});
  await call('POST', '/api/organizations/{orgId}/members/{userId}/remove', member, {});
  const sent = await call('POST', '/api/organizations/{orgId}/invitations', { orgId }, { email: 'eve@acme.example' });
  await call('GET', '/api/organizations/{orgId}/invitations', { orgId });
  const again = await call('POST', '/api/organizations/{orgId}/invitations/{id}/resend', { orgId, id: sent.id }, {});
  await call('POST', '/api/organizations/{orgId}/invitations/{id}/revoke', { orgId, id: again.id }, {});
  const policy = await call('GET', '/api/organizations/{orgId}/policy', { orgId });
  await call('PUT', '/api/organizations/{orgId}/policy', { orgId }, policy);
});

it('so do those that end sign-ins, at last the one that asks', async () => {
  const orgId = ada.organizationId;
  const { session } = (await call('GET', '/api/users/me')) as { session?: { id: string } };
  const { id = '' } = session ?? {};
  await call('GET', '/api/users/me/sessions');
  await call('GET', '/api/organizations/{orgId}/sessions', { orgId });
  await call('POST', '/api/users/me/sessions/revoke-others');
  await call('POST', '/api/organizations/{orgId}/sessions/revoke-all', { orgId }, { userId: 'user_nobody' });
  await call('POST', '/api/users/me/sessions/{id}/revoke', { id });
  authorization = `Bearer ${(await logIn(identity.url, ada)).access_token}`;
  await call('POST', '/api/organizations/{orgId}/sessions/{id}/revoke', { orgId, id });
});
