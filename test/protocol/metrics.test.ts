// GET /metrics, on a port of its own.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { createHolds } from '../support/held-database.ts';
import { type Identity, startIdentity } from '../support/identity.ts';
import { logIn } from '../support/oauth.ts';
import { until } from '../support/until.ts';

const holds = createHolds();
let identity: Identity;
let metrics: string;

beforeAll(async () => {
  const metricsPort = await freePort();
  metrics = `http://127.0.0.1:${metricsPort}/metrics`;
  identity = await startIdentity({ env: { METRICS_PORT: String(metricsPort) }, wrapDatabase: holds.wrapDatabase });
});
afterAll(() => identity?.close());

it('counts requests by route and status, whatever the paths were', async () => {
  for (const path of [
    '/health/alive',
    '/api/organizations/org_a/tokens',
    '/api/organizations/org_b/tokens',
    '/nowhere/1',
    '/oauth/jwks',
    '/forward-auth/-/nowhere/2',
    '/forward-auth?service=agents',
  ]) {
    await (await fetch(identity.url + path)).text();
  }
  const text = await (await fetch(metrics)).text();
  const count = (route: string, status: number) =>
    new RegExp(
      `^http_request_duration_seconds_count\\{method="GET",route="${route}",status="${status}"\\} (\\d+)$`,
      'm',
    ).exec(text)?.[1];
  expect(count('/health/alive', 200)).toBe('1');
  expect(count('/api/organizations/:orgId/tokens', 401)).toBe('2');
  expect(count('/oauth/jwks', 200)).toBe('1');
  expect(count('/forward-auth', 401)).toBe('2');
  expect(count('other', 404)).toBe('1');
  expect(text).not.toContain('org_a');
  expect(text).toContain('process_cpu_seconds_total');
});

it('counts a request whose sender did not wait for the answer under its route, too', async () => {
  const { access_token: token } = await logIn(identity.url, await identity.addPerson());
  const hold = holds.hold(/JOIN sessions s ON s\.id = q\.key/);
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const asked = fetch(`${identity.url}/api/users/me`, { headers, signal: leaving.signal });
  await hold.reached;
  try {
    leaving.abort();
    await expect(asked).rejects.toThrow();
    const counted = /^http_request_duration_seconds_count\{method="GET",route="\/api\/users\/me",/m;
    await until('it is counted', async () => counted.test(await (await fetch(metrics)).text()) || undefined);
  } finally {
    hold.release();
  }
});

it('is not on the public port', async () => {
  expect((await fetch(`${identity.url}/metrics`)).status).toBe(404);
});
