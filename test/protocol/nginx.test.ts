// docs/gateways/nginx.conf on a real nginx, between a client that tries things and a service that says what reached it.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/config.ts';
import { DatabaseUnavailable } from '../../src/database/database.ts';
import { freePort } from '../support/free-port.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { missingNginx, type Nginx, startNginx } from '../support/nginx.ts';
import { logIn, read } from '../support/oauth.ts';

const settings = (given: Settings): Settings => ({
  ...given,
  requestLimits: { ...given.requestLimits, personalAccessToken: { points: 2, seconds: 60 } },
  limits: { ...given.limits, tokenCreationPerPerson: { points: 100, seconds: 3600 } },
});

describe.skipIf(missingNginx().length > 0)('nginx as documented', () => {
  let identity: Identity;
  let service: Server;
  let nginx: Nginx;
  let ada: TestPerson;
  let accessToken: string;
  let newsletterToken: { token: string; id: string };
  let away = false;
  /** Requests that reached the service. */
  let reached: { url: string; headers: Record<string, string[]> }[] = [];

  beforeAll(async () => {
    const unless = <T>(work: () => Promise<T>) => (away ? Promise.reject(new DatabaseUnavailable('away')) : work());
    identity = await startIdentity({
      env: { TRUSTED_PROXIES: '127.0.0.1' },
      settings,
      wrapDatabase: (database) => ({
        ...database,
        query: (sql, parameters) => unless(() => database.query(sql, parameters)),
        transaction: (work) => unless(() => database.transaction(work)),
      }),
    });
    service = createServer((request, response) => {
      reached.push({ url: request.url ?? '', headers: request.headersDistinct as Record<string, string[]> });
      response.writeHead(request.url === '/broken' ? 500 : 200).end(request.url === '/broken' ? 'broken' : 'welcome');
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    nginx = await startNginx(upstreams());
    ada = await identity.addPerson();
    accessToken = (await logIn(identity.url, ada)).access_token;
    newsletterToken = await newToken(['newsletter']);
  });
  beforeEach(() => {
    reached = [];
    away = false;
  });
  afterAll(async () => {
    await nginx?.stop();
    service?.closeAllConnections();
    service?.close();
    await identity?.close();
  });

  const upstreams = (identityHost = new URL(identity.url).host) => ({
    'server 127.0.0.1:3000;': `server ${identityHost};`,
    'server 127.0.0.1:8080;': `server 127.0.0.1:${(service.address() as AddressInfo).port};`,
  });

  async function api(path: string, body: object) {
    const answer = await fetch(`${identity.url}/api/organizations/${ada.organizationId}/tokens${path}`, {
      method: 'POST',
      headers: { ...bearer(accessToken), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await read(answer)).body as { token: string; id: string };
  }
  const newToken = (scopes: string[]) => api('', { name: 'Sync', scopes });

  const ask = (path: string, headers: Record<string, string> = {}, more: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${nginx.port}${path}`, { headers, ...more });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** Status, message, challenge and when to try again; the message is in JSON, and nothing may be cached. */
  async function shown(answer: Response) {
    const { statusCode, message } = (await answer.json()) as { statusCode: number; message: string };
    expect([answer.status, answer.headers.get('content-type')]).toEqual([statusCode, 'application/json']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return [statusCode, message, answer.headers.get('www-authenticate'), answer.headers.get('retry-after')];
  }

  const ofNewsletterToken = () => ({
    'x-teamday-subject': [ada.organizationId],
    'x-teamday-organization': [ada.organizationId],
    'x-teamday-token-use': ['organization_token'],
    'x-teamday-scope': ['newsletter'],
    'x-teamday-token-id': [newsletterToken.id],
    'x-teamday-expires': [expect.stringMatching(/^\d+$/)],
  });

  /** Byte for byte, for what no proper client would send. Gives the status and all that follows. */
  async function send(...headers: string[]): Promise<string> {
    const socket = connect(nginx.port, '127.0.0.1');
    socket.write(['GET /x HTTP/1.1', 'Host: newsletter.example', 'Connection: close', ...headers, '', ''].join('\r\n'));
    return await text(socket);
  }

  it('lets a good token through and tells the service who it is', async () => {
    const answer = await ask('/api/services/newsletter/subscribers?page=2', bearer(newsletterToken.token));
    expect([answer.status, await answer.text()]).toEqual([200, 'welcome']);
    expect(reached[0]?.url).toBe('/api/services/newsletter/subscribers?page=2');
    expect(identityOf(reached[0])).toEqual(ofNewsletterToken());
    expect(reached[0]?.headers['authorization']).toBeUndefined();
  });

  it('lets a person through and says so', async () => {
    expect(
      (await ask('/', { ...bearer(accessToken), 'user-agent': 'curl/8' }, { method: 'POST', body: 'x' })).status,
    ).toBe(200);
    expect(identityOf(reached[0])).toMatchObject({
      'x-teamday-subject': [ada.id],
      'x-teamday-username': [ada.email],
      'x-teamday-role': ['member'],
      'x-teamday-client-id': ['teamday-cli'],
      'x-teamday-session': [expect.stringMatching(/^ses_/)],
    });
  });

  it('lets nothing through that a client says of itself, however it is spelt', async () => {
    const forged = DOCUMENTED.flatMap((name) => [
      `${name}: forged`,
      `${name.toLowerCase()}: forged`,
      `${name.toUpperCase()}:forged`,
      `${name.replaceAll('-', '_')}: forged`,
      `${name.replace('-', '_')}: forged`,
      `${name.replace(/-(?=[^-]*$)/, '_')}: forged`,
    ]);
    expect(await send(`Authorization: Bearer ${newsletterToken.token}`, ...forged)).toMatch(/^HTTP\/1\.1 200 /);
    expect(JSON.stringify(reached)).not.toContain('forged');
    expect(identityOf(reached[0])).toEqual(ofNewsletterToken());
    expect(await send(`Authorization: Bearer ${newsletterToken.token}`, 'X-TeamDay-Role : admin')).toMatch(/ 400 /);
    expect(
      await send(`Authorization: Bearer ${newsletterToken.token}`, 'X-TeamDay-Foo: x', ' X-TeamDay-Role: admin'),
    ).toMatch(/ 400 /);
    expect(reached).toHaveLength(1);
  });

  it('asks about each request by itself, whatever bodies came before on the same connections', async () => {
    const smuggled = `GET /forward-auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${accessToken}\r\n\r\n`;
    const stream = () => new Blob([smuggled]).stream();
    for (const more of [{ body: 'x' }, { body: smuggled }, { body: stream(), duplex: 'half' }]) {
      const init = { method: 'POST', ...more } as RequestInit;
      expect((await ask('/x', bearer(newsletterToken.token), init)).status).toBe(200);
      expect((await ask('/x', bearer('td_x'), { method: 'POST', body: smuggled })).status).toBe(401);
      expect((await ask('/x', bearer(newsletterToken.token))).status).toBe(200);
    }
    for (const request of reached) expect(identityOf(request)).toEqual(ofNewsletterToken());
  });

  it('asks about the one credential that there is, whatever else the client writes', async () => {
    const authorization = `Authorization: Bearer ${newsletterToken.token}`;
    expect(await send(authorization, 'Authorization: Bearer another')).toMatch(/^HTTP\/1\.1 400 /);
    const { token: agents } = await newToken(['agents']);
    expect((await ask('/x?service=agents&scope=agents&role=viewer', bearer(agents))).status).toBe(403);
    expect((await ask('/x?service=agents', bearer(newsletterToken.token))).status).toBe(200);
    expect((await ask('/_teamday', bearer(newsletterToken.token))).status).toBe(404);
    expect(reached.map(({ url }) => url)).toEqual(['/x?service=agents']);
  });

  it('answers 401 with body and challenge, once a token is revoked at once', async () => {
    const none = await ask('/x');
    expect(await shown(none)).toEqual([401, 'No authentication token found', 'Bearer realm="TeamDay"', null]);
    const { token, id } = await newToken(['newsletter']);
    expect((await ask('/x', bearer(token))).status).toBe(200);
    await api(`/${id}/revoke`, {});
    const message = 'Unauthorized. Invalid or expired organization token';
    const challenge = `Bearer realm="TeamDay", error="invalid_token", error_description="${message}"`;
    for (const init of [{}, { method: 'POST', body: 'x'.repeat(200_000) }]) {
      expect(await shown(await ask('/x', bearer(token), init))).toEqual([401, message, challenge, null]);
    }
    expect(reached).toHaveLength(1);
  });

  it('answers 403 with body and challenge to a token of another service', async () => {
    const { token } = await newToken(['agents']);
    const message = "Token does not have access to the 'newsletter' service. Required scope: 'newsletter' or 'all'.";
    const challenge = `Bearer realm="TeamDay", error="insufficient_scope", error_description="${message}", scope="newsletter"`;
    expect(await shown(await ask('/x', bearer(token)))).toEqual([403, message, challenge, null]);
    expect(reached).toEqual([]);
  });

  it('answers 503 while nothing can be known, and serves again afterwards', async () => {
    const message = 'The service is briefly unavailable. Try again in a moment.';
    away = true;
    expect(await shown(await ask('/x', bearer(newsletterToken.token)))).toEqual([503, message, null, '1']);
    away = false;
    expect((await ask('/x', bearer(newsletterToken.token))).status).toBe(200);
    expect(reached).toHaveLength(1);
  });

  it('answers 503 where nobody can be asked, and 500 where it asks wrongly itself', async () => {
    const unreachable = await startNginx(upstreams(`127.0.0.1:${await freePort()}`));
    const misconfigured = await startNginx({ ...upstreams(), 'service=newsletter;': 'service=seo;' });
    const from = ({ port }: Nginx) => fetch(`http://127.0.0.1:${port}/x`, { headers: bearer(newsletterToken.token) });
    try {
      const away = 'The service is briefly unavailable. Try again in a moment.';
      expect(await shown(await from(unreachable))).toEqual([503, away, null, '1']);
      expect(await shown(await from(misconfigured))).toEqual([500, 'The gateway is misconfigured.', null, null]);
      expect(reached).toEqual([]);
    } finally {
      await unreachable.stop();
      await misconfigured.stop();
    }
  });

  it('tells what is left of a token’s limit, and answers 429 over it', async () => {
    const made = await fetch(`${identity.url}/api/users/me/tokens`, {
      method: 'POST',
      headers: { ...bearer(accessToken), 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'CI', expiresInDays: 7 }),
    });
    const { token } = (await read(made)).body as { token: string };
    const left = ({ headers }: Response) => [headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')];
    expect(left(await ask('/x', bearer(token)))).toEqual(['2', '1']);
    expect(left(await ask('/x', bearer(token)))).toEqual(['2', '0']);
    const answer = await ask('/x', bearer(token));
    expect(left(answer)).toEqual(['2', '0']);
    expect(answer.headers.get('ratelimit-reset')).toBe(answer.headers.get('retry-after'));
    expect(await shown(answer)).toEqual([429, 'Rate limit exceeded', null, expect.stringMatching(/^\d+$/)]);
    expect(reached).toHaveLength(2);
  });

  it('hands on what the service says, its own errors too', async () => {
    const answer = await ask('/broken', bearer(newsletterToken.token));
    expect([answer.status, await answer.text()]).toEqual([500, 'broken']);
  });
});

/** The headers that the configuration sets, as docs/gateways.md lists them. */
const DOCUMENTED = [
  'X-TeamDay-Subject',
  'X-TeamDay-Username',
  'X-TeamDay-Organization',
  'X-TeamDay-Role',
  'X-TeamDay-Token-Use',
  'X-TeamDay-Client-Id',
  'X-TeamDay-Scope',
  'X-TeamDay-Session',
  'X-TeamDay-Token-Id',
  'X-TeamDay-Expires',
  'X-TeamDay-Refusal',
];

const identityOf = (request?: { headers: Record<string, string[]> }) =>
  Object.fromEntries(Object.entries(request?.headers ?? {}).filter(([name]) => /teamday/i.test(name)));
