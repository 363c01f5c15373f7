// /api/organizations/{orgId}/members: who sees what, changing roles, removing, leaving; and that what ended stays ended
// for somebody who is let back in. On Postgres, asked at another instance than the one that was told.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createPersonAccess } from '../../src/members/person-access.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { introspect, type JsonAnswer, logIn, read, redeem, refresh, startLogin } from '../support/oauth.ts';
import { registerSecretsOf } from '../support/secrets-at-rest.ts';
import { Visitor } from '../support/visitor.ts';

const ACTOR = { credential: 'test' };

let identity: Identity;
let elsewhere: string;
let service: string;

beforeAll(async () => {
  identity = await startIdentity();
  elsewhere = inject('backend') === 'services' ? (await identity.another()).url : identity.url;
  service = (await identity.addResourceServer()).authorization;
});
afterAll(() => identity?.close());

/** Somebody signed in by the CLI. */
interface Caller extends TestPerson {
  readonly bearer: string;
  readonly refreshToken: string;
}

async function caller(options: Parameters<Identity['addPerson']>[0] = {}): Promise<Caller> {
  const person = await identity.addPerson(options);
  return { ...person, ...(await login(person)) };
}

async function login(person: TestPerson): Promise<{ bearer: string; refreshToken: string }> {
  const { access_token: bearer, refresh_token: refreshToken } = await logIn(identity.url, person);
  return { bearer, refreshToken };
}

async function call(by: Caller, path: string, body?: object, method = body === undefined ? 'GET' : 'POST') {
  return await read(
    await fetch(`${identity.url}/api/organizations/${by.organizationId}/members${path}`, {
      method,
      headers: { authorization: `Bearer ${by.bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

const remove = (by: Caller, { id }: TestPerson) => call(by, `/${id}/remove`, {});
const changeRole = (by: Caller, { id }: TestPerson, role: string) => call(by, `/${id}/role`, { role });

async function personalToken({ id: personId, organizationId }: TestPerson): Promise<string> {
  const by = { personId, sessionId: undefined };
  const request = { kind: 'personal', name: 'Deploy', expiresInDays: 90, organizationId, by } as const;
  const created = await identity.services.tokens.create(request, ACTOR);
  if (created.outcome !== 'issued') throw new Error(created.outcome);
  const value = created.token.secret.reveal();
  registerSecretsOf(value);
  return value;
}

const ask = async (token: string) => (await introspect(elsewhere, service, token)).body;
const INACTIVE = { active: false };

async function recorded(action: string, target: string): Promise<object[]> {
  const { rows } = await identity.services.database.query<{ details: object }>(
    'SELECT details FROM audit_records WHERE action = $1 AND target = $2',
    [action, target],
  );
  return rows.map(({ details }) => details);
}

function refusal({ status, body }: JsonAnswer): [number, string] {
  expect(body).toEqual({ statusCode: status, message: expect.any(String) });
  return [status, body.message];
}

describe('the list', () => {
  it('tells admins how people sign in and what acts in their names, others only who is there', async () => {
    const admin = await caller({ role: 'admin', name: 'Zoe' });
    const { organizationId } = admin;
    const viewer = await caller({ organizationId, role: 'viewer', name: 'ada' });
    await personalToken(viewer);
    const passwordless = await identity.services.accounts.createPerson(
      { email: 'later@acme.example', name: 'Later', organizationId, role: 'member' },
      ACTOR,
    );

    const seen = await call(admin, '');
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(seen.body).toEqual({
      count: 3,
      members: [
        {
          id: viewer.id,
          name: 'ada',
          email: viewer.email,
          role: 'viewer',
          joinedAt: time,
          lastSignInAt: time,
          signInMethods: ['password'],
          sessions: 1,
          tokens: 1,
          disabled: false,
        },
        {
          id: 'id' in passwordless && passwordless.id,
          name: 'Later',
          email: 'later@acme.example',
          role: 'member',
          joinedAt: time,
          lastSignInAt: null,
          signInMethods: [],
          sessions: 0,
          tokens: 0,
          disabled: false,
        },
        expect.objectContaining({ id: admin.id, role: 'admin', sessions: 1, tokens: 0 }),
      ],
    });
    const { body } = await call(viewer, '');
    expect(body.count).toBe(3);
    expect(body.members[0]).toEqual({
      id: viewer.id,
      name: 'ada',
      email: viewer.email,
      role: 'viewer',
      joinedAt: time,
    });
  });
});

describe('a role', () => {
  it('that is changed is the new one at the next introspection, and recorded', async () => {
    const admin = await caller({ role: 'admin' });
    const bob = await caller({ organizationId: admin.organizationId, role: 'admin' });
    const token = await personalToken(bob);
    expect(await ask(token)).toMatchObject({ active: true, role: 'admin' });

    expect((await changeRole(admin, bob, 'viewer')).body).toEqual({ id: bob.id, role: 'viewer' });

    for (const credential of [token, bob.bearer]) expect(await ask(credential)).toMatchObject({ role: 'viewer' });
    expect(refusal(await changeRole(bob, bob, 'admin'))[0]).toBe(403);
    expect(await recorded('membership.role_changed', `person:${bob.id}`)).toEqual([{ from: 'admin', to: 'viewer' }]);
    expect((await changeRole(admin, bob, 'viewer')).status).toBe(200);
    expect(await recorded('membership.role_changed', `person:${bob.id}`)).toHaveLength(1);
  });

  it('is one of three, of somebody who is there', async () => {
    const admin = await caller({ role: 'admin' });
    const stranger = await identity.addPerson();
    expect(refusal(await changeRole(admin, admin, 'owner'))).toEqual([
      400,
      'role must be one of admin, member, viewer',
    ]);
    const answers = [
      await changeRole(admin, stranger, 'viewer'),
      await changeRole(admin, { ...admin, id: 'x' }, 'viewer'),
    ];
    for (const answer of answers) expect(refusal(answer)).toEqual([404, 'Member not found']);
  });

  it('can’t be raised by a member for themselves', async () => {
    const admin = await caller({ role: 'admin' });
    const member = await caller({ organizationId: admin.organizationId });
    for (const act of ['role', 'revoke-all'])
      expect(refusal(await call(member, `/${member.id}/${act}`, { role: 'admin' }))[0]).toBe(403);
    expect(refusal(await remove(member, admin))[0]).toBe(403);
  });
});

describe('the last admin', () => {
  it('can neither step down nor leave, and somebody disabled is no other admin', async () => {
    const admin = await caller({ role: 'admin' });
    const other = await identity.addPerson({ organizationId: admin.organizationId, role: 'admin' });
    const access = createPersonAccess(identity.services.database, identity.services.clock);
    expect(await access.disable(other.email, ACTOR)).toMatchObject({ organizationsWithoutAdmin: [] });
    const answers = [await changeRole(admin, admin, 'member'), await remove(admin, admin)];
    for (const answer of answers) {
      expect(refusal(answer)).toEqual([
        409,
        'The last admin of an organization must stay one: make somebody else an admin first',
      ]);
    }
    expect(await ask(admin.bearer)).toMatchObject({ active: true, role: 'admin' });

    expect(await access.enable(other.email, ACTOR)).toEqual({ id: other.id });
    expect((await changeRole(admin, admin, 'member')).status).toBe(200);
    expect(await access.disable(other.email, ACTOR)).toMatchObject({
      organizationsWithoutAdmin: [admin.organizationId],
    });
  });
});

describe('a removal', () => {
  it('ends all that acts for the organization, and letting the person back in revives nothing', async () => {
    const admin = await caller({ role: 'admin' });
    const { organizationId } = admin;
    const bob = await caller({ organizationId });
    const token = await personalToken(bob);
    const made = await identity.services.tokens.create(
      {
        kind: 'organization',
        name: 'Sync',
        expiresInDays: 0,
        organizationId,
        scopes: ['all'],
        by: { personId: bob.id, sessionId: undefined },
      },
      ACTOR,
    );
    const organizationToken = made.outcome === 'issued' ? made.token.secret.reveal() : '';
    registerSecretsOf(organizationToken);
    const visitor = new Visitor(identity.url);
    await visitor.signIn(bob);
    const approved = await startLogin(identity.url);
    await visitor.decide(approved.user_code, 'authorize', organizationId);

    const answer = await remove(admin, bob);

    expect(answer.body).toEqual({ success: true, sessions: 1, tokens: 1, organizationTokens: 1, invitations: 0 });
    const lost = [token, bob.bearer, bob.refreshToken];
    for (const credential of lost) expect(await ask(credential)).toEqual(INACTIVE);
    expect(await ask(organizationToken)).toMatchObject({ active: true });
    expect((await call(bob, '')).status).toBe(401);

    await identity.join(bob, organizationId, 'admin');
    for (const credential of lost) expect(await ask(credential)).toEqual(INACTIVE);
    expect((await refresh(elsewhere, bob.refreshToken)).body.error).toBe('invalid_grant');
    expect((await redeem(elsewhere, approved.device_code)).body.error).toBe('access_denied');
    expect(await ask((await login(bob)).bearer)).toMatchObject({ active: true, role: 'admin' });
    expect(await recorded('membership.removed', `person:${bob.id}`)).toEqual([
      { role: 'member', sessions: 1, tokens: 1, organizationTokens: 1 },
    ]);
    const { rows } = await identity.services.database.query<{ reason: string }>(
      `SELECT details ->> 'reason' AS reason FROM audit_records WHERE actor_id = $1 AND action IN ('session.ended', 'token.revoked')`,
      [admin.id],
    );
    expect(rows.map(({ reason }) => reason)).toEqual(['member_removed', 'member_removed']);
  });

  it('leaves alone what acts for another organization', async () => {
    const admin = await caller({ role: 'admin' });
    const bob = await caller();
    const token = await personalToken(bob);
    await identity.join(bob, admin.organizationId);
    expect((await remove(admin, bob)).body).toMatchObject({ sessions: 0, tokens: 0 });
    for (const credential of [token, bob.bearer]) expect(await ask(credential)).toMatchObject({ active: true });
  });

  it('of somebody who isn’t there says so', async () => {
    const admin = await caller({ role: 'admin' });
    const stranger = await caller();
    expect(refusal(await remove(admin, stranger))).toEqual([404, 'Member not found']);
    expect(refusal(await remove({ ...stranger, organizationId: admin.organizationId }, stranger))).toEqual([
      403,
      'Not a member of this organization',
    ]);
  });

  it('of oneself is open to everybody', async () => {
    const admin = await caller({ role: 'admin' });
    const viewer = await caller({ organizationId: admin.organizationId, role: 'viewer' });
    expect((await remove(viewer, viewer)).body).toMatchObject({ success: true, sessions: 1 });
    expect(await ask(viewer.bearer)).toEqual(INACTIVE);
    expect((await call(admin, '')).body.count).toBe(1);
  });
});

it('revoking a member’s access ends what there is, and they stay a member', async () => {
  const admin = await caller({ role: 'admin' });
  const bob = await caller({ organizationId: admin.organizationId });
  const token = await personalToken(bob);
  expect((await call(admin, `/${bob.id}/revoke-all`, {})).body).toEqual({ success: true, sessions: 1, tokens: 1 });
  for (const credential of [token, bob.bearer, bob.refreshToken]) expect(await ask(credential)).toEqual(INACTIVE);
  expect(await ask((await login(bob)).bearer)).toMatchObject({ active: true, role: 'member' });
  expect(await ask(admin.bearer)).toMatchObject({ active: true });
});

describe('a person who is disabled', () => {
  it('is out of everything, and enabling them revives nothing', async () => {
    const access = createPersonAccess(identity.services.database, identity.services.clock);
    const bob = await caller({ role: 'admin' });
    const token = await personalToken(bob);
    const visitor = new Visitor(identity.url);
    await visitor.signIn(bob);
    const approved = await startLogin(identity.url);
    await visitor.decide(approved.user_code, 'authorize', bob.organizationId);

    expect(await access.disable(bob.email, ACTOR)).toEqual({
      id: bob.id,
      sessions: 3,
      tokens: 1,
      organizationsWithoutAdmin: [bob.organizationId],
    });

    const credentials = [token, bob.bearer, bob.refreshToken];
    for (const credential of credentials) expect(await ask(credential)).toEqual(INACTIVE);
    await expect(visitor.signIn(bob)).rejects.toThrow('401');

    await access.enable(bob.email, ACTOR);
    for (const credential of credentials) expect(await ask(credential)).toEqual(INACTIVE);
    expect((await visitor.get('/settings/api-keys')).headers.get('location')).toMatch(/^\/sign-in/);
    expect((await redeem(elsewhere, approved.device_code)).body.error).toBe('access_denied');
    expect(await ask((await login(bob)).bearer)).toMatchObject({ active: true });
    expect(await recorded('person.disabled', `person:${bob.id}`)).toEqual([{ sessions: 3, tokens: 1 }]);
  });
});
