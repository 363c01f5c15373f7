// Whoever ends something takes locks that others hold, who may want some of theirs: unless all take them in one order, the
// database gives one of them up after a second, and what was to be ended is still there. Each request is stopped halfway,
// another instance does the ending, both have to come through. The embedded database does one thing after the other.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createPersonAccess } from '../../src/members/person-access.ts';
import { retireReplaced } from '../../src/tokens/token-store.ts';
import { createHolds } from '../support/held-database.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { logIn, read, redeem, startLogin } from '../support/oauth.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

const ACTOR = { credential: 'test' };

describe.runIf(inject('backend') === 'services')('at the same moment', () => {
  const holds = createHolds();
  let identity: Identity;
  /** The instance that ends things, while requests are held at the first. */
  let ender: Identity['services'];

  beforeAll(async () => {
    identity = await startIdentity({ wrapDatabase: holds.wrapDatabase });
    ender = (await identity.another()).services;
  });
  afterAll(() => identity?.close());

  it('a token is made, and an admin ends the sign-in that makes it', async () => {
    const [admin, bob] = await adminAndMember();
    const { access_token: bearer } = await logIn(identity.url, bob);
    const hold = holds.hold(/FROM sessions WHERE id = \$1 .* FOR SHARE/);
    const making = makeToken(bearer);
    await hold.reached;
    const of = { organizationId: admin.organizationId, personId: bob.id };
    const both = Promise.all([making, ender.signIns.endAll(of, await browserOf(admin), ACTOR)]);
    await waiting(1);
    hold.release();
    expect(await both).toEqual([201, { outcome: 'ended', count: 1 }]);
  });

  it('a login is redeemed, its person makes a token, and an admin ends all of the organization', async () => {
    const [admin, bob] = await adminAndMember();
    const { access_token: bearer } = await logIn(identity.url, bob);
    const by = await browserOf(admin);
    const login = await startLogin(identity.url);
    const visitor = new Visitor(identity.url);
    await visitor.signIn(bob);
    await visitor.decide(login.user_code, 'authorize', bob.organizationId);
    const hold = holds.hold(/UPDATE device_authorizations SET redeemed_at/);
    const redeeming = redeem(identity.url, login.device_code);
    await hold.reached;
    const ending = ender.signIns.endAll({ organizationId: admin.organizationId }, by, ACTOR);
    await waiting(1);
    const making = makeToken(bearer);
    const all = Promise.all([redeeming, ending, making]);
    await waiting(2);
    hold.release();
    const [redeemed, ended, made] = await all;
    expect([redeemed.status, ended, made]).toEqual([200, { outcome: 'ended', count: 2 }, 403]);
  });

  it('several tokens are revoked, and one is used for the first time, which retires another', async () => {
    const [admin, bob] = await adminAndMember();
    const [replaced = '', between = '', successor = ''] = (await tokensOf(bob, 3)).toSorted();
    const { database } = ender;
    await database.query('UPDATE tokens SET replaces = $2, retires_replaced = true WHERE id = $1', [
      successor,
      replaced,
    ]);
    const ids = [replaced, between, successor];
    const by = await browserOf(admin);
    const hold = holds.hold(/FROM tokens WHERE id = \$1 FOR UPDATE/);
    const holding = identity.services.database.transaction((t) =>
      t.query('SELECT id FROM tokens WHERE id = $1 FOR UPDATE', [between]),
    );
    await hold.reached;
    const revoking = ender.credentials.revoke(admin.organizationId, ids, by, ACTOR);
    await waiting(1); // with the first of them
    const retiring = database.transaction((t) => retireReplaced(t, successor, ender.clock.now()));
    const all = Promise.all([revoking, retiring, holding]);
    await waiting(2);
    hold.release();
    expect((await all)[0]).toMatchObject({ outcome: 'done', selected: [{}, {}, {}] });
  });

  it('one of two admins steps down and the other is disabled: one remains', async () => {
    const [ada, bob] = await adminAndMember('admin');
    const by = await browserOf(ada);
    const hold = holds.hold(/own\.role = 'admin' AND NOT EXISTS/);
    const disabling = createPersonAccess(identity.services.database, identity.services.clock).disable(bob.email, ACTOR);
    await hold.reached;
    let done = false;
    const steppingDown = ender.members.changeRole(ada.organizationId, ada.id, 'member', by, ACTOR).finally(() => {
      done = true;
    });
    await until('the end, or a wait for it', async () => done || (await waits()) > 0 || undefined);
    hold.release();
    const [disabled, { outcome }] = await Promise.all([disabling, steppingDown]);
    expect([disabled?.organizationsWithoutAdmin, outcome]).toEqual([[], 'last_admin']);
  });

  async function adminAndMember(role: 'member' | 'admin' = 'member'): Promise<[admin: TestPerson, other: TestPerson]> {
    const admin = await identity.addPerson({ role: 'admin' });
    return [admin, await identity.addPerson({ organizationId: admin.organizationId, role })];
  }

  async function makeToken(bearer: string): Promise<number> {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'CI' });
    return (await read(await fetch(`${identity.url}/api/users/me/tokens`, { method: 'POST', headers, body }))).status;
  }

  async function tokensOf({ id, organizationId }: TestPerson, count: number): Promise<string[]> {
    const by = { personId: id, sessionId: undefined };
    const request = { kind: 'personal', name: 'CI', expiresInDays: 30, organizationId, by } as const;
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const made = await ender.tokens.create(request, ACTOR);
      if (made.outcome !== 'issued') throw new Error(made.outcome);
      ids.push(made.token.id);
    }
    return ids;
  }

  /** Who ends things, by a browser of their own. */
  async function browserOf(person: TestPerson) {
    await new Visitor(identity.url).signIn(person);
    const [newest] = (await ender.signIns.list({ personId: person.id }, { limit: 1 }))?.signIns ?? [];
    return { personId: person.id, sessionId: newest?.id ?? '' };
  }

  async function waits(): Promise<number> {
    const { rows } = await ender.database.query<{ count: number }>(
      "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows[0]?.count ?? 0;
  }

  async function waiting(count: number): Promise<void> {
    await until(`${count} that wait`, async () => (await waits()) >= count || undefined);
  }
});
