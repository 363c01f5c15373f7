// What happens at the same moment, with a database far enough away that everybody reads before anybody writes. On
// Postgres and Redis every crowd is spread over two instances.
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { createBackend } from '../support/backends.ts';
import { type Identity, startIdentity, type TestPerson } from '../support/identity.ts';
import { startIdentityProcess } from '../support/identity-process.ts';
import { introspect, type JsonAnswer, logIn, redeem, refresh, revoke, startLogin } from '../support/oauth.ts';
import { registerSecret } from '../support/secrets-at-rest.ts';
import { createDistance } from '../support/slow-database.ts';
import { rowCounts } from '../support/tables.ts';
import { Visitor } from '../support/visitor.ts';

const { wrapDatabase, farAway } = createDistance();
/** The embedded database takes one after the other anyway: more of them only wait longer. */
const CROWD = inject('backend') === 'services' ? 50 : 15;
const PLENTY = { points: 10_000, seconds: 60 };

let identity: Identity;
let urls: string[];
let ada: TestPerson;
let authorization: string;

beforeAll(async () => {
  identity = await startIdentity({
    wrapDatabase,
    settings: (given) => ({
      ...given,
      limits: { ...given.limits, userCodePerPerson: PLENTY, userCodePerAddress: PLENTY }, // else they would end the race
    }),
  });
  urls = [identity.url];
  if (inject('backend') === 'services') urls.push((await identity.another({ wrapDatabase })).url);
  ada = await identity.addPerson();
  authorization = (await identity.addResourceServer()).authorization;
});
afterAll(() => identity?.close());

/** All of them at once, each at the next instance. */
function crowd<T>(size: number, act: (url: string, index: number) => Promise<T>): Promise<T[]> {
  return farAway(() =>
    Promise.all(Array.from({ length: size }, (_, index) => act(urls[index % urls.length] as string, index))),
  );
}

async function signedIn(person: TestPerson): Promise<Visitor> {
  const visitor = new Visitor(identity.url);
  await visitor.signIn(person);
  return visitor;
}

/** How often each thing was recorded about a session, or other target. */
async function recorded(target: string): Promise<Record<string, number>> {
  const { rows } = await identity.services.database.query<{ action: string; count: number }>(
    'SELECT action, count(*) AS count FROM audit_records WHERE target = $1 GROUP BY action',
    [target],
  );
  return Object.fromEntries(rows.map(({ action, count }) => [action, count]));
}

async function liveSessions(person: TestPerson): Promise<string[]> {
  const { rows } = await identity.services.database.query<{ id: string }>(
    "SELECT id FROM sessions WHERE person_id = $1 AND kind = 'cli' AND ended_at IS NULL",
    [person.id],
  );
  return rows.map(({ id }) => id);
}

function statuses(answers: readonly { status: number }[]): number[] {
  return [...new Set(answers.map(({ status }) => status))];
}

function refreshTokens(answers: readonly JsonAnswer[]): string[] {
  return [...new Set(answers.map(({ body }) => body.refresh_token as string))];
}

async function isActive(token: string, url = identity.url): Promise<boolean> {
  const answer = await introspect(url, authorization, token);
  expect(answer.status).toBe(200);
  return answer.body.active;
}

describe(`${CROWD} at once`, () => {
  it('redeem one device code for one session', async () => {
    const person = await identity.addPerson();
    const login = await startLogin(identity.url);
    await (await signedIn(person)).decide(login.user_code, 'authorize', person.organizationId);

    const answers = await crowd(CROWD, (url) => redeem(url, login.device_code));

    expect(statuses(answers)).toEqual([200]);
    const [token = '', ...others] = refreshTokens(answers);
    expect(others).toEqual([]);
    const [session = '', ...forks] = await liveSessions(person);
    expect(forks).toEqual([]);
    expect(await recorded(`session:${session}`)).toEqual({ 'login.approved': 1, 'session.created': 1 });
    expect((await refresh(identity.url, token)).status).toBe(200);
  });

  it('refresh with one token and get one successor, round after round', async () => {
    const person = await identity.addPerson();
    let { refresh_token: token } = await logIn(identity.url, person);
    const [session = ''] = await liveSessions(person);
    const before = await rowCounts(identity.services.database);

    for (let round = 0; round < 3; round += 1) {
      const answers = await crowd(CROWD, (url) => refresh(url, token));
      expect(statuses(answers)).toEqual([200]);
      const [successor = '', ...others] = refreshTokens(answers);
      expect(others).toEqual([]);
      expect(successor).not.toBe(token);
      token = successor;
      for (const { body } of answers.slice(0, 5)) expect(await isActive(body.access_token)).toBe(true);
    }

    expect(await liveSessions(person)).toEqual([session]);
    expect(await rowCounts(identity.services.database)).toEqual(before);
    expect(await isActive(token)).toBe(true);
  });

  it('replay an old refresh token and end its session once', async () => {
    const person = await identity.addPerson();
    const { refresh_token: first } = await logIn(identity.url, person);
    const [session = ''] = await liveSessions(person);
    const { body: second } = await refresh(identity.url, first);
    const { body: third } = await refresh(identity.url, second.refresh_token);

    const answers = await crowd(CROWD, (url) => refresh(url, first));

    expect(statuses(answers)).toEqual([400]);
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']));
    expect(await liveSessions(person)).toEqual([]);
    expect(await recorded(`session:${session}`)).toMatchObject({ 'session.ended': 1 });
    expect(await isActive(third.access_token)).toBe(false);
  });
});

describe('Authorize and Cancel', () => {
  it('have one winner of 12', async () => {
    const visitor = await signedIn(ada);
    for (let round = 0; round < 3; round += 1) {
      const login = await startLogin(identity.url);
      const page = await visitor.get(`/cli-auth?code=${login.user_code}`);
      const before = await decisions();

      await crowd(12, (_, index) =>
        visitor.submit('/cli-auth', page, { decision: index % 2 === 0 ? 'authorize' : 'cancel' }),
      );

      const after = await decisions();
      expect(after.approved + after.denied).toBe(before.approved + before.denied + 1);
      const answer = await redeem(identity.url, login.device_code);
      expect(answer.status === 200 ? 'approved' : answer.body.error).toBe(
        after.approved > before.approved ? 'approved' : 'access_denied',
      );
    }
  });

  it('of two people bind the login to one of them', async () => {
    for (let round = 0; round < 3; round += 1) {
      const people = await Promise.all([identity.addPerson(), identity.addPerson()]);
      const visitors = await Promise.all(people.map(signedIn));
      const login = await startLogin(identity.url);
      const pages = await Promise.all(visitors.map((visitor) => visitor.get(`/cli-auth?code=${login.user_code}`)));
      const before = await decisions();

      await farAway(() =>
        Promise.all(
          visitors.map((visitor, index) =>
            visitor.submit('/cli-auth', pages[index] as (typeof pages)[0], { decision: 'authorize' }),
          ),
        ),
      );

      expect((await decisions()).approved).toBe(before.approved + 1);
      const { body: tokens } = await redeem(identity.url, login.device_code);
      const { body: owner } = await introspect(identity.url, authorization, tokens.access_token);
      const shown = await Promise.all(visitors.map((visitor) => visitor.get(`/cli-auth?code=${login.user_code}`)));
      expect(shown.map(({ status }) => status)).toEqual(people.map(({ id }) => (id === owner.sub ? 200 : 404)));
    }
  });

  async function decisions(): Promise<{ approved: number; denied: number }> {
    const { rows } = await identity.services.database.query<{ approved: number; denied: number }>(
      `SELECT count(*) FILTER (WHERE action = 'login.approved') AS approved,
              count(*) FILTER (WHERE action = 'login.denied') AS denied FROM audit_records`,
    );
    return rows[0] ?? { approved: 0, denied: 0 };
  }
});

describe('a revocation among refreshes', () => {
  it('leaves nothing active once it has answered', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { access_token: access, refresh_token: token } = await logIn(identity.url, ada);
      const refreshes = crowd(20, (url) => refresh(url, token));
      const { status } = await revoke(identity.url, token);
      expect(status).toBe(200);

      for (const url of urls) for (const shown of [access, token]) expect(await isActive(shown, url)).toBe(false);
      const given = (await refreshes).filter((answer) => answer.status === 200);
      for (const { body } of given) expect(await isActive(body.access_token)).toBe(false);
      for (const each of [token, ...refreshTokens(given)]) {
        expect(await isActive(each)).toBe(false);
        expect((await refresh(identity.url, each)).status).toBe(400);
      }
    }
  });
});

describe('the same person, created twice at once,', () => {
  const bob = { name: 'Bob', password: 'correct horse battery', role: 'member' } as const;
  const create = async (organizationIds: readonly string[], email: string) => {
    const created = await farAway(() =>
      Promise.all(
        organizationIds.map((organizationId) =>
          identity.services.accounts.createPerson({ ...bob, email, organizationId }, { credential: 'test' }),
        ),
      ),
    );
    return created.map(({ outcome }) => outcome).toSorted();
  };

  it('in one organization is a member of it once', async () => {
    const organization = await identity.addOrganization();
    expect(await create([organization, organization], 'bob@acme.example')).toEqual(['already_member', 'created']);
  });

  it('in two organizations is a member of both', async () => {
    const two = [await identity.addOrganization(), await identity.addOrganization()];
    expect(await create(two, 'bob@beta.example')).toEqual(['added', 'created']);
  });
});

describe('set-up links', () => {
  it.each([
    ['one link, used 12 times at once,', 1],
    ['several links, used at once,', 6],
  ])('%s make one organization', async (_, links) => {
    const empty = await startIdentity({ wrapDatabase });
    try {
      const { setUp, database } = empty.services;
      const tokens = await Promise.all(Array.from({ length: links }, async () => (await setUp.createLink())?.reveal()));
      const answers = await crowd(12, async (_, index) => {
        const token = tokens[index % links] ?? '';
        const fields = {
          organization: `Organization ${index}`,
          name: `Founder ${index}`,
          email: `founder-${index}@acme.example`,
          password: `correct horse ${index} battery`,
        };
        registerSecret('set-up token', token);
        registerSecret('password', fields.password);
        const visitor = new Visitor(empty.url);
        return await visitor.submit('/set-up', await visitor.get(`/set-up?token=${token}`), fields);
      });

      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 404)).toHaveLength(11);
      const counts = await rowCounts(database);
      expect(counts).toMatchObject({ organizations: 1, people: 1, memberships: 1, set_up_links: 0 });
      expect(await setUp.createLink()).toBeUndefined();
    } finally {
      await empty.close();
    }
  });
});

if (inject('backend') === 'services') {
  describe('two instances that start at once on an empty database', () => {
    it('share one schema, one signing key and one demo organization', async () => {
      const backend = await createBackend();
      try {
        const starts = await Promise.all([startIdentityProcess({ backend }), startIdentityProcess({ backend })]);
        const keys = await Promise.all(starts.map(async ({ url }) => await (await fetch(`${url}/oauth/jwks`)).json()));
        expect(keys[0].keys).toHaveLength(1);
        expect(keys[1]).toEqual(keys[0]);
        expect(starts.filter(({ demo }) => demo !== undefined)).toHaveLength(1);
        const database = await openDatabase({ databaseUrl: backend.env['DATABASE_URL'], dataDir: '' });
        const counts = await rowCounts(database);
        await database.close();
        const migrations = (await readdir('src/database/migrations')).length;
        expect(counts).toMatchObject({ schema_migrations: migrations, signing_keys: 1, organizations: 1, people: 1 });
        await Promise.all(starts.map((start) => start.stop()));
      } finally {
        await backend.dispose();
      }
    });
  });
}
