// Two acts on tokens at the same moment, on a slow database.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, logIn, revoke } from '../support/oauth.ts';
import { createDistance } from '../support/slow-database.ts';

const { wrapDatabase, farAway } = createDistance();
/** The embedded database takes one after the other anyway: more of them only wait longer. */
const CROWD = inject('backend') === 'services' ? 100 : 25;

let identity: Identity;
let ada: TestPerson;
let authorization: string;
let service: string;

beforeAll(async () => {
  identity = await startIdentity({ wrapDatabase });
  ada = await identity.addPerson({ role: 'admin' });
  authorization = `Bearer ${(await logIn(identity.url, ada)).access_token}`;
  service = (await identity.addResourceServer()).authorization;
});
afterAll(() => identity?.close());

const post = async (path: string, body: object, by = authorization) =>
  await fetch(identity.url + path, {
    method: 'POST',
    headers: { authorization: by, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A request that stops in the middle of its body. Gives what finishes it; that gives the status of the answer. */
function sendSlowly(path: string, body: object, by: string): () => Promise<number> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const answer = fetch(identity.url + path, {
    method: 'POST',
    headers: { authorization: by, 'content-type': 'application/json' },
    body: readable,
    duplex: 'half',
  } as RequestInit);
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const writer = writable.getWriter();
  const begun = writer.write(bytes.slice(0, 2));
  return async () => {
    await begun;
    await writer.write(bytes.slice(2));
    await writer.close();
    return (await answer).status;
  };
}

describe('at the same moment', () => {
  it(`${CROWD} creations by one person make ten tokens, the others are told when to come back`, async () => {
    const paths = ['/api/users/me/tokens', `/api/organizations/${ada.organizationId}/tokens`];
    const answers = await farAway(() =>
      Promise.all(Array.from({ length: CROWD }, (_, i) => post(paths[i % 2] ?? '', { name: `Token ${i}` }))),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.filter(({ status }) => status === 201).length, refused.length]).toEqual([10, CROWD - 10]);
    for (const { headers } of refused) {
      const seconds = Number(headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(3_500);
      expect(seconds).toBeLessThanOrEqual(3_600);
    }
    const counted = await identity.services.database.query<{ n: number }>(
      `SELECT count(*) AS n FROM audit_records WHERE action = 'token.created'`,
    );
    expect(counted.rows[0]?.n).toBe(10);
  });

  it('two rotations of one token make one successor', async () => {
    const bob = await identity.addPerson();
    const by = `Bearer ${(await logIn(identity.url, bob)).access_token}`;
    const created = (await (await post('/api/users/me/tokens', { name: 'x' }, by)).json()) as { id: string };
    const answers = await farAway(() =>
      Promise.all([1, 2, 3].map(() => post(`/api/users/me/tokens/${created.id}/rotate`, { graceSeconds: 60 }, by))),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  });

  it('a removal and creations leave no live token', async () => {
    const carol = await identity.addPerson();
    const by = `Bearer ${(await logIn(identity.url, carol)).access_token}`;
    const [answers] = await farAway(() =>
      Promise.all([
        Promise.all(Array.from({ length: 8 }, (_, i) => post('/api/users/me/tokens', { name: `Token ${i}` }, by))),
        identity.services.database.query('DELETE FROM memberships WHERE person_id = $1', [carol.id]),
      ]),
    );
    for (const answer of answers.filter(({ status }) => status === 201)) {
      const { token } = (await answer.json()) as { token: string };
      expect((await introspect(identity.url, service, token)).body).toEqual({ active: false });
    }
    expect(answers.every(({ status }) => [201, 401, 403].includes(status))).toBe(true);
  });
});

describe('a sign-in that is revoked', () => {
  it('while a request’s body is on its way makes no token', async () => {
    const dan = await identity.addPerson();
    const login = await logIn(identity.url, dan);
    const by = `Bearer ${login.access_token}`;
    const created = (await (await post('/api/users/me/tokens', { name: 'x' }, by)).json()) as { id: string };
    const requests = [
      sendSlowly('/api/users/me/tokens', { name: 'y' }, by),
      sendSlowly(`/api/organizations/${dan.organizationId}/tokens`, { name: 'y' }, by),
      sendSlowly(`/api/users/me/tokens/${created.id}/rotate`, { graceSeconds: 0 }, by),
    ];
    await setTimeout(300); // by now the server has looked at the sign-in and waits for the bodies

    expect((await revoke(identity.url, login.refresh_token)).status).toBe(200);

    expect(await Promise.all(requests.map((finish) => finish()))).toEqual([401, 401, 401]);
  });

  it('among creations by it makes none afterwards', async () => {
    const eve = await identity.addPerson();
    const login = await logIn(identity.url, eve);
    const by = `Bearer ${login.access_token}`;
    await farAway(async () => {
      const creations: Promise<Response>[] = [];
      let revocation: ReturnType<typeof revoke> | undefined;
      for (let i = 0; i < 8; i += 1) {
        creations.push(post('/api/users/me/tokens', { name: `Token ${i}` }, by));
        if (i === 2) revocation = revoke(identity.url, login.refresh_token);
        await setTimeout(20);
      }
      expect((await revocation)?.status).toBe(200);
      for (const { status } of await Promise.all(creations)) expect([201, 401, 403]).toContain(status);
    });

    const late = await identity.services.database.query(
      `SELECT created.id FROM audit_records created JOIN audit_records ended ON ended.target = created.credential
       WHERE created.actor_id = $1 AND created.action = 'token.created' AND ended.action = 'session.ended'
         AND created.id > ended.id`,
      [eve.id],
    );
    expect(late.count).toBe(0);
  });
});
