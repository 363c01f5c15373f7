// Who belongs to an organization, changed at the same moment as something else, with a database far enough away that
// everybody reads before anybody writes. On Postgres every crowd is spread over two instances.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { invitationSecret } from '../../src/members/invitation.ts';
import { createPersonAccess } from '../../src/members/person-access.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, read, redeem, refresh, startLogin } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { createDistance } from '../support/slow-database.ts';
import { Visitor } from '../support/visitor.ts';

const { wrapDatabase, farAway } = createDistance();
const ROUNDS = [1, 2, 3];
const ACTOR = { credential: 'test' };

let identity: Identity;
let urls: [string, string];
let service: string;

beforeAll(async () => {
  identity = await startIdentity({ wrapDatabase });
  urls = [
    identity.url,
    inject('backend') === 'services' ? (await identity.another({ wrapDatabase })).url : identity.url,
  ];
  service = (await identity.addResourceServer()).authorization;
});
afterAll(() => identity?.close());

interface Caller extends TestPerson {
  readonly bearer: string;
  readonly refreshToken: string;
}

async function caller(options: Parameters<Identity['addPerson']>[0] = {}): Promise<Caller> {
  const person = await identity.addPerson(options);
  const { access_token: bearer, refresh_token: refreshToken } = await logIn(identity.url, person);
  return { ...person, bearer, refreshToken };
}

async function send(url: string, by: Caller, method: string, path: string, body: object): Promise<JsonAnswer> {
  const headers = { authorization: `Bearer ${by.bearer}`, 'content-type': 'application/json' };
  return await read(await fetch(url + path, { method, headers, body: JSON.stringify(body) }));
}

const act = (url: string, by: Caller, on: TestPerson, what: string, body = {}) =>
  send(url, by, 'POST', `/api/organizations/${by.organizationId}/members/${on.id}/${what}`, body);

async function adminsOf({ organizationId }: TestPerson): Promise<number> {
  const members = await identity.services.members.list(organizationId);
  return members.filter(({ role }) => role === 'admin').length;
}

async function isActive(token: string): Promise<boolean> {
  const answers = await Promise.all(urls.map((url) => introspect(url, service, token)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  return answers.some(({ body }) => body.active);
}

/**
 * No request came to grief: deadlocks and time-outs are 503. The embedded database does one thing after the other, and
 * look-ups that wait for a far one give up within a second.
 */
function expectAnswered(answers: readonly { status: number }[]): void {
  const most = inject('backend') === 'services' ? 499 : 503;
  for (const { status } of answers) expect(status).toBeLessThanOrEqual(most);
}

describe('the last two admins', () => {
  it.each<[string, (ada: Caller, bob: Caller) => Promise<JsonAnswer>[]]>([
    [
      'who demote each other',
      (ada, bob) => [
        act(urls[0], ada, bob, 'role', { role: 'member' }),
        act(urls[1], bob, ada, 'role', { role: 'viewer' }),
      ],
    ],
    ['who remove each other', (ada, bob) => [act(urls[0], ada, bob, 'remove'), act(urls[1], bob, ada, 'remove')]],
    [
      'who both step down',
      (ada, bob) => [
        act(urls[0], ada, ada, 'role', { role: 'member' }),
        act(urls[1], bob, bob, 'role', { role: 'member' }),
      ],
    ],
    ['who both leave', (ada, bob) => [act(urls[0], ada, ada, 'remove'), act(urls[1], bob, bob, 'remove')]],
  ])('%s leave one', async (_, race) => {
    for (const _round of ROUNDS) {
      const ada = await caller({ role: 'admin' });
      const bob = await caller({ organizationId: ada.organizationId, role: 'admin' });
      const answers = await farAway(() => Promise.all(race(ada, bob)));
      expectAnswered(answers);
      const winners = answers.filter(({ status }) => status === 200).length;
      const gaveUp = answers.some(({ status }) => status === 503);
      expect(winners).toBe(gaveUp ? Math.min(winners, 1) : 1);
      expect(await adminsOf(ada)).toBe(2 - winners);
    }
  });

  it('of three in a ring leave one', async () => {
    const ada = await caller({ role: 'admin' });
    const { organizationId } = ada;
    const [bob, eve] = [
      await caller({ organizationId, role: 'admin' }),
      await caller({ organizationId, role: 'admin' }),
    ];
    const answers = await farAway(() =>
      Promise.all([
        act(urls[0], ada, bob, 'remove'),
        act(urls[1], bob, eve, 'remove'),
        act(urls[0], eve, ada, 'remove'),
      ]),
    );
    expectAnswered(answers);
    expect(await adminsOf(ada)).toBeGreaterThanOrEqual(1);
  });
});

describe('an invitation accepted in parallel', () => {
  async function invite(admin: TestPerson, email: string): Promise<string> {
    const by = { personId: admin.id, sessionId: undefined };
    const sent = await identity.services.invitations.send(admin.organizationId, { email, role: 'member' }, by, ACTOR);
    if (sent.outcome !== 'sent') throw new Error(sent.outcome);
    const secret = invitationSecret(sent.invitation.id, identity.services.keys.invitationKey).reveal();
    registerSecret('invitation', secret);
    return `/invitations/${secret}`;
  }

  async function recorded({ organizationId }: TestPerson): Promise<string[]> {
    const { rows } = await identity.services.database.query<{ action: string }>(
      `SELECT action FROM audit_records WHERE organization_id = $1 AND action IN ('invitation.accepted', 'membership.created')
       AND credential <> 'test' ORDER BY id`,
      [organizationId],
    );
    return rows.map(({ action }) => action);
  }

  it('by one person makes one membership', async () => {
    const admin = await identity.addPerson({ role: 'admin' });
    const bob = await identity.addPerson();
    const path = await invite(admin, bob.email);
    const opened = await Promise.all(
      [...urls, ...urls].map(async (url) => {
        const visitor = new Visitor(url);
        await visitor.signIn(bob);
        return { visitor, page: await visitor.get(path) };
      }),
    );
    const answers = await farAway(() => Promise.all(opened.map(({ visitor, page }) => visitor.submit(path, page, {}))));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect(await recorded(admin)).toEqual(['invitation.accepted', 'membership.created']);
    expect(await identity.services.members.list(admin.organizationId)).toHaveLength(2);
  });

  it('by somebody new makes one account', async () => {
    const admin = await identity.addPerson({ role: 'admin' });
    const path = await invite(admin, 'grace-races@acme.example');
    const opened = await Promise.all(
      [...urls, ...urls].map(async (url) => {
        const visitor = new Visitor(url);
        return { visitor, page: await visitor.get(path) };
      }),
    );
    const register = ({ visitor, page }: (typeof opened)[0], index: number) => {
      const fields = { name: `Grace ${index}`, password: `my passphrase number ${index}` };
      registerSecret('password', fields.password);
      return visitor.submit(path, page, fields);
    };
    const answers = await farAway(() => Promise.all(opened.map(register)));
    expectAnswered(answers);
    const made = answers.filter(({ headers }) => headers.get('location')?.endsWith('/members'));
    expect(made).toHaveLength(1);
    expect(await recorded(admin)).toEqual(['invitation.accepted', 'membership.created']);
    expect(await identity.services.members.list(admin.organizationId)).toHaveLength(2);
  });
});

describe('a removal that answers', () => {
  /** Removes `bob` a moment after `others` have begun; lets him in again when all have answered. */
  async function removeAmong<Answer extends { status: number }>(
    admin: Caller,
    bob: Caller,
    wait: number,
    others: () => Promise<Answer>[],
  ): Promise<Answer[]> {
    const answers = await farAway(async () => {
      const begun = others();
      await setTimeout(wait);
      expect((await act(urls[1], admin, bob, 'remove')).status).toBe(200);
      return await Promise.all(begun);
    });
    expectAnswered(answers);
    await identity.join(bob, admin.organizationId, 'admin');
    return answers;
  }

  const pair = async (): Promise<[admin: Caller, bob: Caller]> => {
    const admin = await caller({ role: 'admin' });
    return [admin, await caller({ organizationId: admin.organizationId })];
  };

  it('among creations and rotations of tokens leaves no live one', async () => {
    const [admin, bob] = await pair();
    const first = await send(urls[0], bob, 'POST', '/api/users/me/tokens', { name: 'First' });
    const create = async (index: number) => {
      await setTimeout(index * 25);
      return await send(urls[index % 2] as string, bob, 'POST', '/api/users/me/tokens', { name: `Token ${index}` });
    };
    const answers = await removeAmong(admin, bob, 60, () => [
      send(urls[0], bob, 'POST', `/api/users/me/tokens/${first.body.id}/rotate`, { graceSeconds: 60 }),
      ...Array.from({ length: 7 }, (_, index) => create(index)),
    ]);
    const made = answers.filter(({ status }) => status === 201);
    for (const { body } of [first, ...made]) expect(await isActive(body.token)).toBe(false);
  });

  it('among logins that are approved and redeemed leaves no live one', async () => {
    const [admin, bob] = await pair();
    const visitor = new Visitor(urls[0]);
    await visitor.signIn(bob);
    const logins = await Promise.all(Array.from({ length: 6 }, () => startLogin(urls[0])));
    const pages = await Promise.all(logins.map((login) => visitor.get(`/cli-auth?code=${login.user_code}`)));
    const redemptions: JsonAnswer[] = [];
    const decide = async (index: number) => {
      await setTimeout(index * 25);
      const answer = await visitor.submit('/cli-auth', pages[index] as (typeof pages)[0], { decision: 'authorize' });
      if (index < 3) redemptions.push(await redeem(urls[index % 2] as string, logins[index]?.device_code ?? ''));
      return answer;
    };
    await removeAmong(admin, bob, 100, () => logins.map((_, index) => decide(index)));

    for (const { status, body } of redemptions.filter(({ body }) => body.access_token !== undefined)) {
      expect([status, await isActive(body.access_token)]).toEqual([200, false]);
      expect((await refresh(urls[0], body.refresh_token)).status).toBe(400);
    }
    for (const login of logins) expect((await redeem(urls[0], login.device_code)).status).toBe(400);
  });

  it('among changes of the organization leaves no login acting for it', async () => {
    for (const delay of [150, 250, 350, 450]) {
      const admin = await caller({ role: 'admin' });
      const bob = await caller();
      await identity.join(bob, admin.organizationId);
      const change = async () => {
        await setTimeout(delay); // the removal is under way
        return await send(urls[0], bob, 'PUT', '/api/users/me/organization', { organizationId: admin.organizationId });
      };
      await removeAmong(admin, bob, 0, () => [change()]);
      const { body } = await introspect(urls[0], service, bob.bearer);
      expect([{ active: false }, expect.objectContaining({ org_id: bob.organizationId })]).toContainEqual(body);
    }
  });
});

it('a person who is disabled among sign-ins and approvals has nothing left when they are enabled', async () => {
  const access = createPersonAccess(identity.services.database, identity.services.clock);
  const bob = await caller();
  const visitor = new Visitor(urls[0]);
  await visitor.signIn(bob);
  const login = await startLogin(urls[0]);
  const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
  const visitors = urls.flatMap((url) => [new Visitor(url), new Visitor(url), new Visitor(url)]);
  await farAway(async () => {
    const signIns = visitors.map((each) => each.signIn(bob).catch(() => undefined));
    const approval = visitor.submit('/cli-auth', page, { decision: 'authorize' });
    await setTimeout(150);
    await access.disable(bob.email, ACTOR);
    await Promise.all([...signIns, approval]);
  });
  await access.enable(bob.email, ACTOR);

  for (const each of [visitor, ...visitors])
    expect((await each.get('/settings/api-keys')).headers.get('location')).toMatch(/^\/sign-in/);
  expect((await redeem(urls[0], login.device_code)).status).toBe(400);
  for (const token of [bob.bearer, bob.refreshToken]) expect(await isActive(token)).toBe(false);
});
