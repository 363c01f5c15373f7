// The database away: nothing is known, so nothing is claimed; every answer is 503 and says when to try again. Redis away:
// nobody notices. On Postgres and Redis with real cables that are pulled, between a real process and real servers.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, DatabaseUnavailable } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { CLI_CLIENT_ID, CLI_SCOPES } from '../../src/oauth/device-grant.ts';
import { type Backend, createBackend } from '../support/backends.ts';
import { type Identity, startIdentity } from '../support/identity.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { introspect, type JsonAnswer, logIn, postForm, redeem, refresh, revoke, startLogin } from '../support/oauth.ts';
import { services } from '../support/services.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

/** With some air for a busy machine. */
const A_SECOND = 1_500;

interface Given {
  readonly url: string;
  readonly person: { email: string; password: string; organizationId: string };
  readonly authorization: string;
  /** Takes the database away. */
  readonly away: () => Promise<void>;
  readonly back: () => Promise<void>;
}

/** What introspection says of a token as soon as it says anything. */
function served({ url, authorization }: Given, token: string): Promise<{ active: boolean }> {
  return until('the server to serve again', async () => {
    const { status, body } = await introspect(url, authorization, token);
    return status === 200 ? body : undefined;
  });
}

/** What every door says while the database is away. */
function answers503(given: () => Given): void {
  it('answers 503 at every door, and serves again afterwards', async () => {
    const { url, person, authorization, away, back } = given();
    const tokens = await logIn(url, person);
    const login = await startLogin(url);
    const visitor = new Visitor(url);
    await visitor.signIn(person);

    await away();
    const doors: Record<string, JsonAnswer> = {
      introspection: await introspect(url, authorization, tokens.access_token),
      refresh: await refresh(url, tokens.refresh_token),
      redemption: await redeem(url, login.device_code),
      revocation: await revoke(url, tokens.refresh_token),
      'device authorization': await postForm(`${url}/oauth/device_authorization`, {
        client_id: CLI_CLIENT_ID,
        scope: CLI_SCOPES.join(' '),
      }),
    };
    for (const [door, { status, headers, body }] of Object.entries(doors)) {
      expect({ door, status, body }).toEqual({
        door,
        status: 503,
        body: { error: 'temporarily_unavailable', error_description: expect.stringMatching(/try again/i) },
      });
      expect(headers.get('retry-after')).toBe('1');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    for (const page of [await visitor.get(`/cli-auth?code=${login.user_code}`), await visitor.get('/sign-in')]) {
      expect(page.status).toBe(503);
      expect(page.headers.get('retry-after')).toBe('1');
      expect(page.body).toContain(page.headers.get('x-request-id'));
    }
    const api = await fetch(`${url}/api/users/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect([api.status, await api.json()]).toEqual([503, { statusCode: 503, message: expect.any(String) }]);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/health/alive`)).status).toBe(200);

    await back();
    expect((await served(given(), tokens.access_token)).active).toBe(true);
    expect((await refresh(url, tokens.refresh_token)).status).toBe(200);
    await visitor.decide(login.user_code, 'authorize', person.organizationId);
    expect((await redeem(url, login.device_code)).status).toBe(200);
  });
}

describe('a database that gives up on every statement', () => {
  let close: (() => Promise<void>) | undefined;
  let given: Given;

  beforeAll(async () => {
    let isAway = false;
    const identity = await startIdentity({ wrapDatabase: (database) => unreachable(database, () => isAway) });
    close = () => identity.close();
    const switchTo = (state: boolean) => async () => {
      isAway = state;
    };
    const [person, { authorization }] = [await identity.addPerson(), await identity.addResourceServer()];
    given = { url: identity.url, person, authorization, away: switchTo(true), back: switchTo(false) };
  });
  afterAll(() => close?.());

  answers503(() => given);
});

function unreachable(database: Database, isAway: () => boolean): Database {
  const check = () => {
    if (isAway()) throw new DatabaseUnavailable('gone');
  };
  return {
    ...database,
    async query(text, parameters) {
      check();
      return await database.query(text, parameters);
    },
    async transaction(work) {
      check();
      return await database.transaction(work);
    },
  };
}

if (inject('backend') === 'services') {
  describe('a Postgres in trouble', () => {
    let identity: Identity;
    let operator: Database;
    let name: string;
    let given: Given;

    beforeAll(async () => {
      identity = await startIdentity();
      operator = await openDatabase({ databaseUrl: services.databaseUrl, dataDir: '' });
      name = new URL(identity.config.databaseUrl ?? '').pathname.slice(1);
      const [person, { authorization }] = [await identity.addPerson(), await identity.addResourceServer()];
      const away = async () => {
        await operator.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
        await endConnections();
      };
      given = { url: identity.url, person, authorization, away, back: letIn };
    });
    afterEach(letIn);
    afterAll(async () => {
      await identity?.close();
      await operator?.close();
    });

    async function letIn(): Promise<void> {
      await operator.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    }

    /** Gives how many there were. */
    async function endConnections(which = 'true'): Promise<number> {
      const { count } = await operator.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND ${which}`,
        [name],
      );
      return count;
    }

    answers503(() => given);

    it('that ends a connection within a transaction is no success, and the next request is served', async () => {
      const { url, person, authorization } = given;
      const { refresh_token: token } = await logIn(url, person);
      const revocation = await identity.services.database.transaction(async (transaction) => {
        await transaction.query('SELECT id FROM sessions FOR UPDATE'); // so that the revocation waits in the midst of its own
        const answer = revoke(url, token);
        await until('it to wait', async () => (await endConnections("wait_event_type = 'Lock'")) || undefined);
        return await answer;
      });
      expect([revocation.status, revocation.headers.get('retry-after')]).toEqual([503, '1']);
      expect((await introspect(url, authorization, token)).body.active).toBe(true);
      expect((await revoke(url, token)).status).toBe(200);
      expect((await introspect(url, authorization, token)).body).toEqual({ active: false });
    });
  });

  it('a Postgres that lets somebody in and says nothing more is given up, and others are let in', {
    timeout: 30_000,
  }, async () => {
    const proxy = await startTcpProxy(services.databaseUrl);
    proxy.stallAt('pg_is_in_recovery');
    const database = await openDatabase({ databaseUrl: proxy.url, dataDir: '' });
    const asked = Array.from({ length: 5 }, () => database.query('SELECT 1 AS one'));
    for (const one of await Promise.allSettled(asked))
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
    await proxy.heal();
    expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await database.close();
    await proxy.close();
  });

  describe('cables that are pulled', () => {
    const ORGANIZATION = 'org_acme';
    const person = { email: 'ada@acme.example', password: 'correct horse battery', organizationId: ORGANIZATION };
    let backend: Backend;
    let postgres: TcpProxy;
    let redis: TcpProxy;
    let identity: IdentityProcess;
    let given: Given;

    beforeAll(async () => {
      backend = await createBackend();
      postgres = await startTcpProxy(backend.env['DATABASE_URL'] ?? '');
      redis = await startTcpProxy(backend.env['REDIS_URL'] ?? '');
      let authorization = '';
      identity = await startIdentityProcess({
        backend,
        env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
        async before(run) {
          await run(['organizations', 'create', '--id', ORGANIZATION, '--name', 'Acme Corp']);
          const { email, password } = person;
          const options = ['--email', email, '--organization', ORGANIZATION, '--password-stdin'];
          await run(['users', 'create', ...options], password);
          const created = JSON.parse(await run(['resource-servers', 'create', '--id', 'newsletter', '--json']));
          authorization = `Basic ${Buffer.from(`newsletter:${created.client_secret}`).toString('base64')}`;
        },
      });
      given = { url: identity.url, person, authorization, away: postgres.cut, back: postgres.heal };
    });
    afterAll(async () => {
      await identity?.stop();
      await postgres?.close();
      await redis?.close();
      await backend?.dispose();
    });

    afterEach(async () => {
      await postgres.heal();
      await redis.heal();
    });

    answers503(() => given);

    it('never call a live token inactive, whenever they are pulled, and answer within a second', async () => {
      const { url, authorization } = given;
      const { access_token: token } = await logIn(url, person);
      const answers: (JsonAnswer & { ms: number })[] = [];
      let isOver = false;
      const ask = async () => {
        while (!isOver) {
          const startedAt = performance.now();
          const answer = await introspect(url, authorization, token);
          answers.push({ ...answer, ms: performance.now() - startedAt });
        }
      };
      const asking = Promise.all(Array.from({ length: 8 }, ask));
      for (let round = 0; round < 10; round += 1) {
        await pause(Math.random() * 60);
        await postgres.cut();
        await pause(Math.random() * 120);
        await postgres.heal();
      }
      await postgres.cut();
      await pause(50);
      const healedAt = performance.now();
      await postgres.heal();
      await served(given, token);
      const recoveryMs = performance.now() - healedAt;
      isOver = true;
      await asking;

      expect(recoveryMs).toBeLessThan(5_000);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(A_SECOND);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
      for (const { status, headers, body } of answers) {
        if (status === 200) expect(body.active).toBe(true);
        else expect([headers.get('retry-after'), body.error]).toEqual(['1', 'temporarily_unavailable']);
      }
    });

    it.each<[string, () => void, () => unknown]>([
      ['go silent', () => postgres.stall(), () => postgres.heal()],
      ['hold everything up', () => postgres.hold(), () => postgres.release()],
    ])('or %s make introspection answer 503 within a second, and serve again soon after', async (_, begin, end) => {
      const { url, authorization } = given;
      const { access_token: token } = await logIn(url, person);
      begin();
      const startedAt = performance.now();
      const answers = await Promise.all(Array.from({ length: 20 }, () => introspect(url, authorization, token)));
      expect(performance.now() - startedAt).toBeLessThan(A_SECOND);
      for (const { status, headers } of answers) expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      await end();
      const endedAt = performance.now();
      expect((await served(given, token)).active).toBe(true);
      expect(performance.now() - endedAt).toBeLessThan(5_000);
    });

    it('lose no refresh that is tried again', async () => {
      const { url } = given;
      let { refresh_token: token } = await logIn(url, person);
      for (let round = 0; round < 10; round += 1) {
        const pulled = pause(Math.random() * 12)
          .then(postgres.cut)
          .then(postgres.heal);
        const answer = await refresh(url, token);
        await pulled;
        expect([200, 503]).toContain(answer.status);
        token = await until('the refresh to work', async () => {
          const again = await refresh(url, token);
          expect([200, 503]).toContain(again.status);
          return again.status === 200 ? (again.body.refresh_token as string) : undefined;
        });
      }
    });

    it('of Redis change nothing', async () => {
      const { url, authorization } = given;
      await redis.cut();
      await everythingWorks(url, authorization);
      await redis.heal();
      await everythingWorks(url, authorization);
    });

    it('of a Redis that takes connections and says nothing change nothing but the time it takes', async () => {
      const { url, authorization } = given;
      redis.stall();
      await everythingWorks(url, authorization);
      await redis.heal();
      await everythingWorks(url, authorization);
    });

    async function everythingWorks(url: string, authorization: string): Promise<void> {
      const tokens = await logIn(url, person);
      const { status, body: refreshed } = await refresh(url, tokens.refresh_token);
      expect(status).toBe(200);
      expect((await introspect(url, authorization, refreshed.access_token)).body.active).toBe(true);
      expect((await revoke(url, refreshed.refresh_token)).status).toBe(200);
      expect((await introspect(url, authorization, refreshed.access_token)).body).toEqual({ active: false });
    }
  });
}
