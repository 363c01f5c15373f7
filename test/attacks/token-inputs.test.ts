// What is sent to the token routes by somebody who means harm, or by a broken script: refused clearly, or inert.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn } from '../support/oauth.ts';
import { until } from '../support/until.ts';

let identity: Identity;
let ada: TestPerson;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity({
    settings: (settings) => ({
      ...settings,
      limits: { ...settings.limits, tokenCreationPerPerson: { points: 1_000, seconds: 3_600 } },
    }),
  });
  ada = await identity.addPerson();
  authorization = `Bearer ${(await logIn(identity.url, ada)).access_token}`;
});
afterAll(() => identity?.close());

const post = async (path: string, body: string) => {
  const response = await fetch(identity.url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body,
  });
  return {
    status: response.status,
    body: (await response.json()) as { message?: string; name?: string; token?: string },
  };
};
const paths = () => ['/api/users/me/tokens', `/api/organizations/${ada.organizationId}/tokens`];
const everywhere = async (body: string) => await Promise.all(paths().map((path) => post(path, body)));

describe('a name', () => {
  it.each([
    ['of nothing', '""'],
    ['of spaces', '"   "'],
    ['of 101 characters', JSON.stringify('x'.repeat(101))],
    ['of 10,000 characters', JSON.stringify('x'.repeat(10_000))],
    ['with a NUL', '"a\\u0000b"'],
    ['with a lone surrogate', '"a\\ud800b"'],
    ['with a bidirectional override', '"a\\u202eb"'],
    ['with a line break', '"a\\nb"'],
    ['with a soft hyphen', '"a\\u00adb"'],
    ['with a zero-width space', '"a\\u200bb"'],
    ['of joiners alone', '"\\u200d\\u200c"'],
    ['of a Hangul filler', '"\\u3164"'],
    ['of an empty Braille cell', '"\\u2800"'],
    ['of a variation selector', '"\\ufe0f"'],
    ['that is a number', '7'],
    ['that is null', 'null'],
    ['that is a list', '["a"]'],
  ])('%s is refused', async (_title, name) => {
    for (const answer of await everywhere(`{"name":${name}}`)) {
      expect(answer).toEqual({ status: 400, body: { statusCode: 400, message: expect.any(String) } });
    }
  });

  it.each([
    '<script>alert(1)</script>',
    "Robert'); DROP TABLE tokens;--",
    '=HYPERLINK("x")',
    '👩‍🚀 Ada',
    'می‌خواهم',
    'x'.repeat(100),
    '😀'.repeat(100),
  ])('%s is a name like any other', async (name) => {
    for (const answer of await everywhere(JSON.stringify({ name }))) {
      expect([answer.status, answer.body.name]).toEqual([201, name]);
    }
  });
});

describe('expiresInDays', () => {
  it.each(['-1', '366', '1.5', '1e309', '"30"', 'null', 'true', '[]', '{}', '1e-9', '9007199254740993'])(
    '%s is refused',
    async (days) => {
      for (const answer of await everywhere(`{"name":"x","expiresInDays":${days}}`)) {
        expect(answer.status).toBe(400);
        expect(answer.body.message).toMatch(/expiresInDays/);
      }
    },
  );

  it('0 is unlimited for an organization token, and refused for a personal one by policy', async () => {
    const [personal, organization] = await everywhere('{"name":"x","expiresInDays":0}');
    expect(personal).toMatchObject({ status: 400, body: { message: expect.stringContaining('must expire') } });
    expect(organization).toMatchObject({ status: 201, body: { expiresAt: null } });
  });
});

describe('a body', () => {
  it.each(['userId', 'role', 'digest', 'organizationId', 'createdBy', 'id', 'token', '__proto__', 'constructor'])(
    'that smuggles %s in is refused',
    async (field) => {
      for (const answer of await everywhere(`{"name":"x","${field}":"admin"}`)) {
        expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('field') } });
      }
    },
  );

  it.each([
    ['broken', '{"name":'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['empty', ''],
  ])('that is %s is refused', async (_title, body) => {
    for (const answer of await everywhere(body)) expect(answer.status).toBe(400);
  });

  it('that is too large is refused', async () => {
    for (const answer of await everywhere(JSON.stringify({ name: 'x'.repeat(70_000) })))
      expect(answer.status).toBe(413);
  });
});

describe('scopes', () => {
  it.each(['[]', '["seo; drop"]', '["ALL"]', '[1]', '"all"', '[["all"]]', '["__proto__"]', 'null'])(
    '%s are refused',
    async (scopes) => {
      expect(await post(paths()[1] ?? '', `{"name":"x","scopes":${scopes}}`)).toMatchObject({ status: 400 });
    },
  );

  it('named twice count once', async () => {
    expect(await post(paths()[1] ?? '', '{"name":"x","scopes":["newsletter","newsletter"]}')).toMatchObject({
      status: 201,
      body: { scopes: ['newsletter'] },
    });
  });
});

describe('an id', () => {
  it('that is a token finds nothing and is not in the log', async () => {
    const { body } = await post(paths()[0] ?? '', '{"name":"x"}');
    const { token = '' } = body;
    const before = identity.logged.length;
    for (const path of paths()) {
      for (const id of [token, `x${token}`, encodeURIComponent(token).replace('_', '%5F')])
        expect((await post(`${path}/${id}/revoke`, '{}')).status).toBe(404);
    }
    await until('the log', () => identity.logged.length >= before + 6 || undefined);
    const logged = identity.logged.slice(before).join('');
    expect(logged).toContain('/revoke');
    expect(logged).not.toContain(token.slice('td_'.length));
  });

  it.each(['%00', 'tok_%00', '%ff', '..%2f..', "'%20OR%201=1", '%F0%9F%98%80', 'x'.repeat(5_000)])(
    '%s finds nothing',
    async (id) => {
      for (const path of paths()) expect([400, 404]).toContain((await post(`${path}/${id}/revoke`, '{}')).status);
      expect([400, 403]).toContain((await post(`/api/organizations/${id}/tokens`, '{"name":"x"}')).status);
    },
  );
});

it('none of it was a fault of ours', () => {
  expect(identity.logged.filter((line) => line.includes('request failed'))).toEqual([]);
});
