// The metadata documents (RFC 8414, OpenID Connect Discovery) and the keys: exact, public, and the same for whoever asks.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity } from '../support/identity.ts';
import { read } from '../support/oauth.ts';
import { faultsIn } from '../support/refusals.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(async () => {
  const faults = faultsIn(identity.logged);
  await identity.close();
  expect(faults).toEqual([]);
});

const DOCUMENTS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const get = async (path: string, init: RequestInit = {}) => await read(await fetch(identity.url + path, init));

describe('the metadata', () => {
  it.each(DOCUMENTS)('at %s says what this server does, and nothing else', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const services = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
    expect(answer.body).toMatchObject({
      issuer: identity.url,
      jwks_uri: `${identity.url}/oauth/jwks`,
      device_authorization_endpoint: `${identity.url}/oauth/device_authorization`,
      token_endpoint: `${identity.url}/oauth/token`,
      token_endpoint_auth_methods_supported: ['none'],
      introspection_endpoint: `${identity.url}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: services,
      revocation_endpoint: `${identity.url}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: ['none'],
      grant_types_supported: expect.arrayContaining(['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token']),
      scopes_supported: ['agents:manage', 'agents:execute', 'spaces:access', 'tasks:create'],
      ui_locales_supported: ['en', 'cs'],
    });
    expect(answer.body).not.toHaveProperty('authorization_endpoint');
    expect(answer.body).not.toHaveProperty('registration_endpoint');
  });

  it('names only addresses that exist', async () => {
    const { body } = await get(DOCUMENTS[0] ?? '');
    for (const [name, url] of Object.entries<string>(body)) {
      if (!/_(?:endpoint|uri)$/.test(name)) continue;
      expect([name, (await fetch(url, { method: 'GET' })).status]).not.toEqual([name, 404]);
    }
  });

  it('is the same in both documents', async () => {
    const [one, two] = await Promise.all(DOCUMENTS.map((path) => get(path)));
    expect(one?.body).toEqual(two?.body);
  });

  it.each([...DOCUMENTS, '/oauth/jwks'])('at %s may be read by a web page of any origin', async (path) => {
    const answer = await get(path, { headers: { origin: 'https://elsewhere.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://elsewhere.example');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([...DOCUMENTS, '/oauth/jwks'])('at %s takes GET and HEAD only', async (path) => {
    expect((await fetch(identity.url + path, { method: 'HEAD' })).status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await get(path, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    }
  });

  it.each(['/.well-known/', '/.well-known/nothing', '/.well-known/openid-configuration/', '/oauth/', '/oauth/nothing'])(
    'is not at %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    },
  );
});

describe('the keys', () => {
  it('are public parts only', async () => {
    const { body } = await get('/oauth/jwks');
    expect(body).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          alg: 'ES256',
          use: 'sig',
          kid: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
          x: expect.any(String),
          y: expect.any(String),
        },
      ],
    });
  });
});

describe('a forged Host or forwarding header', () => {
  const FORGED: Record<string, string> = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '666',
    'x-forwarded-for': '6.6.6.6',
    forwarded: 'for=6.6.6.6;host=evil.example;proto=https',
    'x-original-url': '/evil',
    'x-http-method-override': 'DELETE',
  };

  /** node:http, because fetch doesn't let a caller choose Host. */
  function send(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; headers: string; body: string }> {
    return new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
      const sent = request(identity.url + path, { method, headers: { ...FORGED, ...type } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: JSON.stringify(response.headers),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  it.each([...DOCUMENTS, '/oauth/jwks'])('does not change %s', async (path) => {
    expect((await send('GET', path)).body).toBe(await (await fetch(identity.url + path)).text());
  });

  it('does not get into the answer of a login', async () => {
    const answer = await send('POST', '/oauth/device_authorization', 'client_id=teamday-cli&scope=tasks:create');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).verification_uri).toBe(`${identity.url}/cli-auth`);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/sign-in'],
    ['GET', '/cli-auth?code=WDJB-MJHT'],
    ['GET', '/nothing'],
    ['POST', '/oauth/device_authorization'],
    ['POST', '/oauth/token'],
    ['POST', '/oauth/introspect'],
    ['POST', '/oauth/revoke'],
    ['GET', '/api/users/me'],
  ])('does not get into the answer to %s %s', async (method, path) => {
    const body = method === 'POST' ? 'client_id=teamday-cli&scope=tasks:create' : undefined;
    const answer = await send(method, path, body);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers + answer.body).not.toMatch(/evil|6\.6\.6\.6/);
  });

  it('of a whole address in the place of the path leads nowhere else', async () => {
    const { port } = new URL(identity.url);
    const headers = { host: `localhost:${port}`, accept: 'text/html' };
    const sent = request(identity.url, { path: 'http://evil.example/', headers }).end(); // RFC 9112 §3.2.2
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect([answer.statusCode, answer.headers.location]).toEqual([302, `${identity.url}/`]);
  });

  it('does not get into the log', () => {
    expect(identity.logged.join('')).not.toMatch(/evil\.example|6\.6\.6\.6/);
  });
});
