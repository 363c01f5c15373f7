// How the identity service is asked: what is sent, when it is asked again, and what comes of no answer.
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { formatToken } from '../../../src/oauth/token-format.ts';
import type { PrivateKey } from '../../../src/resource-server/client-authentication.ts';
import { personalToken, send, serviceOf, startIntrospector } from './support.ts';

const PAT = formatToken('td_', new Uint8Array(28).fill(2));

describe('the question', () => {
  it('tells the credential and who uses it for what', async () => {
    const introspector = await startIntrospector({ active: false });
    const { authenticator } = serviceOf(introspector.url);
    const request = new Request('https://service.example/api/v1/agents/char_1?secret=x', {
      method: 'PATCH',
      headers: { authorization: `bearer  ${PAT}`, 'user-agent': `ci/${'1'.repeat(400)}` },
    });
    const call = { service: 'agents', route: '/api/v1/agents/:id', clientAddress: '203.0.113.7' };
    await authenticator.authenticate(request, call);
    expect(introspector.asked).toEqual([
      {
        authorization: `Basic ${btoa('newsletter:s3cret')}`,
        form: {
          token: PAT,
          service: 'agents',
          method: 'PATCH',
          route: '/api/v1/agents/:id',
          remote_address: '203.0.113.7',
          user_agent: `ci/${'1'.repeat(253)}`,
        },
      },
    ]);
  });

  it('tells no more than is known', async () => {
    const introspector = await startIntrospector({ active: false });
    await serviceOf(introspector.url).authenticate();
    expect(introspector.asked[0]?.form).toEqual({ token: 'opaque', service: 'newsletter', method: 'GET' });
  });

  it('is signed by a secret of any characters (RFC 6749 §2.3.1)', async () => {
    const introspector = await startIntrospector({ active: false });
    await serviceOf(introspector.url, { clientSecret: 'a b:c+d%é' }).authenticate();
    const [, base64 = ''] = introspector.asked[0]?.authorization?.split(' ') ?? [];
    expect(atob(base64)).toBe('newsletter:a+b%3Ac%2Bd%25%C3%A9');
  });

  it('is signed by a key, with a new assertion each time', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const key = { ...((await exportJWK(privateKey)) as PrivateKey), kid: 'k1' };
    const introspector = await startIntrospector({ active: false });
    const { authenticator } = serviceOf(introspector.url, { privateKey: key, clientSecret: '' });
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] });
    for (const _time of [1, 2]) {
      const request = new Request('https://service.example/', { headers: { authorization: 'Bearer opaque' } });
      await authenticator.authenticate(request, { service: 'newsletter' });
    }
    const ids = [];
    for (const { form, authorization } of introspector.asked) {
      expect(authorization).toBeUndefined();
      expect(form['client_assertion_type']).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      const options = { issuer: 'newsletter', subject: 'newsletter', audience: introspector.url };
      const { payload } = await jwtVerify(form['client_assertion'] ?? '', keys, options);
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
      ids.push(payload.jti);
    }
    expect(new Set(ids).size).toBe(2);
  });

  it.each([`${PAT.slice(0, -1)}x`, PAT.slice(0, -1), 'otk_short', 'é'.repeat(20), 'x'.repeat(4097)])(
    'is not put about rubbish: %s',
    async (token) => {
      const introspector = await startIntrospector({ active: true });
      expect(await serviceOf(introspector.url).authenticate(token)).toMatchObject({
        status: 401,
        reason: 'invalid_token',
      });
      expect(introspector.asked).toEqual([]);
    },
  );

  it('goes over a connection that stays open', async () => {
    const introspector = await startIntrospector({ active: false });
    const { authenticate } = serviceOf(introspector.url);
    for (let calls = 0; calls < 5; calls += 1) await authenticate();
    expect([introspector.asked.length, introspector.connections]).toEqual([5, 1]);
  });
});

describe('without an answer', () => {
  const UNAVAILABLE = {
    kind: 'refusal',
    status: 503,
    reason: 'unavailable',
    body: { statusCode: 503, message: 'The service is briefly unavailable. Try again in a moment.' },
    headers: { 'retry-after': '1', 'cache-control': 'no-store' },
  };

  it('says so at once when nobody is there', async () => {
    const { authenticate, faults } = serviceOf('http://127.0.0.1:1');
    expect(await authenticate()).toMatchObject(UNAVAILABLE);
    expect(faults).toEqual([expect.stringMatching(/^The identity service at http:\S+introspect can't be reached: /)]);
    expect(faults.join()).not.toContain('opaque');
  });

  it('says so in time when the service is silent, and waits for no second silence', async () => {
    const introspector = await startIntrospector(() => {});
    const { authenticate, faults } = serviceOf(introspector.url, { timeoutMs: 100 });
    expect(await authenticate()).toMatchObject(UNAVAILABLE);
    expect(faults).toEqual([
      `The identity service at ${introspector.url}/oauth/introspect did not answer within 100 ms.`,
    ]);
    expect(introspector.asked).toHaveLength(1);
  });

  it('counts an answer that doesn’t end as silence', async () => {
    const introspector = await startIntrospector((response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"active":');
    });
    expect(await serviceOf(introspector.url, { timeoutMs: 100 }).authenticate()).toMatchObject(UNAVAILABLE);
  });

  it('asks once more when the connection breaks', async () => {
    const introspector = await startIntrospector({});
    const { authenticate, faults } = serviceOf(introspector.url);
    introspector.answer = (response) => {
      if (introspector.asked.length === 1) response.socket?.destroy();
      else send(response, personalToken(introspector.url));
    };
    expect(await authenticate()).toMatchObject({ kind: 'person' });
    introspector.answer = (response) => void response.socket?.destroy();
    expect(await authenticate()).toMatchObject(UNAVAILABLE);
    expect([introspector.asked.length, faults.length]).toEqual([4, 1]);
  });

  it.each<[string, number, string | undefined, string]>([
    ['503', 503, '7', '7'],
    ['503 without a time', 503, undefined, '1'],
    ['503 for a day', 503, '86400', '60'],
    ['503 until a date', 503, 'Wed, 21 Oct 2030 07:28:00 GMT', '1'],
    ['500', 500, undefined, '1'],
    ['429', 429, '3', '3'],
    ['404', 404, undefined, '1'],
  ])('%s is passed on as 503, and not asked again', async (_what, status, retryAfter, expected) => {
    const introspector = await startIntrospector((response: ServerResponse) =>
      send(response, { active: true }, status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    );
    expect(await serviceOf(introspector.url).authenticate()).toMatchObject({
      ...UNAVAILABLE,
      headers: { 'retry-after': expected },
    });
    expect(introspector.asked).toHaveLength(1);
  });

  it('tells the operator when the service itself is not known', async () => {
    const introspector = await startIntrospector((response: ServerResponse) =>
      send(response, { error: 'invalid_client' }, 401),
    );
    const { authenticate, faults } = serviceOf(introspector.url);
    expect(await authenticate()).toMatchObject(UNAVAILABLE);
    expect(faults.join()).toMatch(/doesn't know this service: check clientId and its secret or key\.$/);
  });

  it('takes no answer from an issuer of another name', async () => {
    const introspector = await startIntrospector(personalToken('https://evil.example'));
    const { authenticate, faults } = serviceOf(introspector.url);
    expect(await authenticate()).toMatchObject(UNAVAILABLE);
    expect(faults.join()).toContain('calls itself "https://evil.example"');
  });

  it('follows no redirect with its secret', async () => {
    const elsewhere = await startIntrospector(personalToken('x'));
    const introspector = await startIntrospector((response: ServerResponse) =>
      send(response, '', 307, { location: `${elsewhere.url}/oauth/introspect` }),
    );
    expect(await serviceOf(introspector.url).authenticate()).toMatchObject(UNAVAILABLE);
    expect(elsewhere.asked).toEqual([]);
  });

  it.each<[string, object | string]>([
    ['a page', '<html>'],
    ['null', 'null'],
    ['no verdict', {}],
    ['a verdict in words', { active: 'true' }],
    ['nobody’s', { active: true, token_use: 'personal_access_token', scope: 'all', org_id: 'org_acme', role: 'admin' }],
    ['without a scope', { active: true, token_use: 'organization_token', sub: 'org_acme', org_id: 'org_acme' }],
    ['without a role', { ...personalToken(''), role: undefined }],
    ['with a role nobody knows', { ...personalToken(''), role: 'root' }],
  ])('takes no answer that is %s', async (_what, body) => {
    const introspector = await startIntrospector({});
    const named = typeof body === 'object' && 'active' in body ? { ...body, iss: introspector.url } : body;
    introspector.answer = (response) => send(response, named);
    expect(await serviceOf(introspector.url).authenticate()).toMatchObject(UNAVAILABLE);
  });
});

describe('calls at the same time', () => {
  it('share one question within a turn of the event loop', async () => {
    const introspector = await startIntrospector({});
    introspector.answer = personalToken(introspector.url);
    const { authenticate } = serviceOf(introspector.url);
    const calls = [authenticate(), authenticate(), authenticate('another'), authenticate('opaque', { service: 'seo' })];
    const found = await Promise.all(calls);
    expect(found.map(({ kind }) => kind)).toEqual(['person', 'person', 'person', 'person']);
    expect(introspector.asked.map(({ form }) => [form['token'], form['service']])).toEqual([
      ['opaque', 'newsletter'],
      ['another', 'newsletter'],
      ['opaque', 'seo'],
    ]);
  });

  it('never share one that was sent before: what was revoked since then is refused', async () => {
    const introspector = await startIntrospector({});
    const { authenticate } = serviceOf(introspector.url);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    introspector.answer = async (response) => {
      const first = introspector.asked.length === 1;
      if (first) await held; // decided before the revocation, delivered after it
      send(response, first ? personalToken(introspector.url) : { active: false });
    };
    const before = authenticate();
    while (introspector.asked.length === 0) await setTimeout(1);
    // Here somebody's call that revokes the token is answered with success.
    expect(await authenticate()).toMatchObject({ status: 401 });
    release();
    expect(await before).toMatchObject({ kind: 'person' });
  });

  it('fail together and are forgotten', async () => {
    const introspector = await startIntrospector({});
    introspector.answer = (response) => send(response, '', 503);
    const { authenticate } = serviceOf(introspector.url);
    const both = await Promise.all([authenticate(), authenticate()]);
    expect(both).toMatchObject([{ status: 503 }, { status: 503 }]);
    introspector.answer = personalToken(introspector.url);
    expect(await authenticate()).toMatchObject({ kind: 'person' });
  });
});
