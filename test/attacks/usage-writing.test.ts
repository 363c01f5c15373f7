// Writing down what credentials were used for, in the background, never stands in the way of ending them; and what a service
// tells of a use is kept only as far as it can be true.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createHolds } from '../support/held-database.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn, postForm, read } from '../support/oauth.ts';
import { until } from '../support/until.ts';

const holds = createHolds();
let identity: Identity;
let admin: TestPerson;
let member: TestPerson;
let service: { authorization: string };

beforeAll(async () => {
  identity = await startIdentity({ wrapDatabase: holds.wrapDatabase });
  admin = await identity.addPerson({ role: 'admin' });
  member = await identity.addPerson({ organizationId: admin.organizationId });
  service = await identity.addResourceServer();
});
afterAll(() => identity?.close());

async function send(url: string, bearer: string, path: string, body: object) {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  return await read(await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/** A sign-in of the member and a token made with it. */
async function credentials(): Promise<{ bearer: string; id: string; token: string }> {
  const { access_token: bearer } = await logIn(identity.url, member);
  const { body } = await send(identity.url, bearer, '/api/users/me/tokens', { name: 'CI' });
  return { bearer, ...body };
}

const use = (token: string, more: Record<string, string> = {}) =>
  postForm(`${identity.url}/oauth/introspect`, { token, ...more }, { authorization: service.authorization });

// The embedded database has one connection: its transactions come one after the other.
describe.runIf(inject('backend') === 'services')('ending all that a person has', () => {
  it.each([/UPDATE sessions s SET last_used_at/, /UPDATE tokens t SET last_used_at/])(
    'waits for the writer of uses and is carried out: after %s',
    async (statement) => {
      const { bearer, token } = await credentials();
      const hold = holds.hold(statement); // whoever writes first: this test, or the timer
      for (const one of [bearer, token]) expect((await use(one)).body.active).toBe(true);
      const { access_token: adminBearer } = await logIn(identity.url, admin);
      const other = await identity.another();

      const writing = identity.services.background.usage.flush();
      await hold.reached;
      const path = `/api/organizations/${admin.organizationId}/members/${member.id}/revoke-all`;
      const ending = send(other.url, adminBearer, path, {});
      await until('the ending to wait', async () => {
        const { count } = await other.services.database.query(
          "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return count > 0 || undefined;
      });
      hold.release();
      await writing;
      expect((await ending).status).toBe(200);
      for (const one of [bearer, token]) expect((await use(one)).body).toEqual({ active: false });
    },
  );
});

it('keeps of an address with a zone the address', async () => {
  const { bearer, id, token } = await credentials();
  await use(token, { remote_address: `fe80::1%${'x'.repeat(1_000)}` });
  await identity.services.background.usage.flush();
  const headers = { authorization: `Bearer ${bearer}` };
  const { body } = await read(await fetch(`${identity.url}/api/users/me/tokens/${id}/audit`, { headers }));
  expect(body).toMatchObject({ token: { lastUsedAddress: 'fe80::1' }, usage: [{ address: 'fe80::1' }] });
});
