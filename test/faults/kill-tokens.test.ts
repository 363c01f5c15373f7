// kill -9 at random moments while people create, rotate and revoke tokens: what was acknowledged holds after the restart,
// and every act has its one audit record, also one whose answer was never sent. `npm run test:long` does it 100 times.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { introspect, logIn, read } from '../support/oauth.ts';

const KILLS = Number(process.env['KILLS'] ?? 4);
/** Requests are under way from the first moment to this one. */
const LATEST_KILL_MS = 800;
const PLENTY = { points: 1_000_000, seconds: 3_600 };
const ORGANIZATION = 'org_acme';
const PASSWORD = 'correct horse battery';
const PEOPLE = ['ada@acme.example', 'bob@acme.example'];
const LISTS = ['/api/users/me/tokens', `/api/organizations/${ORGANIZATION}/tokens`];
/** A worker that has this many live tokens makes no more of them. */
const ENOUGH = 8;

interface Token {
  readonly id: string;
  readonly value: string;
}

/** Somebody who creates, rotates and revokes in one list, and writes down what the server acknowledged. */
interface Worker {
  readonly list: string;
  readonly authorization: string;
  readonly live: Token[];
  /** Since the last restart: the server said that these are over. */
  readonly ended: Token[];
  /** What was asked of this one when the server died: it was done or it wasn't. */
  unsure?: Token;
}

let identity: IdentityProcess;
let introspector: string;
let workers: readonly Worker[];
/** Every act that was acknowledged, as `made` names them. */
const acknowledged: string[] = [];
const allEnded: Token[] = [];

beforeAll(async () => {
  identity = await startIdentityProcess({
    settings: (given) => ({
      ...given,
      accessToken: { lifetimeSeconds: 3_600 }, // longer than the test
      limits: { ...given.limits, tokenCreationPerPerson: PLENTY },
    }),
    async before(run) {
      await run(['organizations', 'create', '--id', ORGANIZATION, '--name', 'Acme Corp']);
      for (const email of PEOPLE)
        await run(['users', 'create', '--email', email, '--organization', ORGANIZATION, '--password-stdin'], PASSWORD);
      const created = JSON.parse(await run(['resource-servers', 'create', '--id', 'newsletter', '--json']));
      introspector = `Basic ${Buffer.from(`newsletter:${created.client_secret}`).toString('base64')}`;
    },
  });
  const logins = await Promise.all(
    PEOPLE.map((email) => logIn(identity.url, { email, password: PASSWORD, organizationId: ORGANIZATION })),
  );
  workers = logins.flatMap(({ access_token: token }) =>
    LISTS.map((list) => ({ list, authorization: `Bearer ${token}`, live: [], ended: [] })),
  );
});
afterAll(() => identity?.stop());

async function post({ list, authorization }: Worker, path: string, body: object, expected: number): Promise<Token> {
  const answer = await read(
    await fetch(`${identity.url}${list}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  expect({ status: answer.status, message: answer.body.message }).toEqual({ status: expected, message: undefined });
  return { id: answer.body.id, value: answer.body.token };
}

/** One act, written down when it was acknowledged. Throws when the server dies on the way. */
async function act(worker: Worker): Promise<void> {
  const { live, ended } = worker;
  const creates = live.length === 0 || (live.length < ENOUGH && Math.random() < 0.5);
  if (creates) {
    const token = await post(worker, '', { name: 'CI Pipeline' }, 201);
    live.push(token);
    acknowledged.push(`created ${token.id}`);
    return;
  }
  const [token] = live.splice(Math.floor(Math.random() * live.length), 1) as [Token];
  worker.unsure = token;
  if (Math.random() < 0.5) {
    const successor = await post(worker, `/${token.id}/rotate`, {}, 201);
    live.push(successor);
    acknowledged.push(`rotated ${token.id} to ${successor.id}`);
  } else {
    await post(worker, `/${token.id}/revoke`, {}, 200);
    acknowledged.push(`revoked ${token.id}`);
  }
  delete worker.unsure;
  ended.push(token);
}

/** Acts again and again until the server is gone. */
async function work(worker: Worker): Promise<void> {
  try {
    for (;;) await act(worker);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
  }
}

/** fetch's own word for a server that went away, before or within its answer. */
function isConnectionLost(error: unknown): boolean {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message);
}

async function isActive({ value }: Token): Promise<boolean> {
  const { status, body } = await introspect(identity.url, introspector, value);
  expect(status).toBe(200);
  return body.active;
}

/** What the server said before it died is still so. */
async function verify(worker: Worker): Promise<void> {
  const { live, ended, unsure } = worker;
  for (const token of live) expect([token.id, await isActive(token)]).toEqual([token.id, true]);
  for (const token of ended) expect([token.id, await isActive(token)]).toEqual([token.id, false]);
  allEnded.push(...ended.splice(0));
  if (unsure === undefined) return;
  ((await isActive(unsure)) ? live : allEnded).push(unsure);
  delete worker.unsure;
}

/** The acts as the rows of the tokens tell them, and as the audit records do. While the server is stopped. */
async function actsInDatabase(): Promise<{ made: string[]; recorded: string[] }> {
  const { env } = identity;
  const database = await openDatabase({ databaseUrl: env['DATABASE_URL'], dataDir: env['DATA_DIR'] ?? '' });
  try {
    const made = await database.query<{ act: string }>(
      `SELECT CASE WHEN replaces IS NULL THEN 'created ' || id ELSE 'rotated ' || replaces || ' to ' || id END AS act FROM tokens
       UNION ALL SELECT 'revoked ' || id FROM tokens WHERE revoke_reason = 'revoked'`,
    );
    const recorded = await database.query<{ act: string }>(
      `SELECT replace(action, 'token.', '') || ' ' || replace(target, 'token:', '')
              || coalesce(' to ' || (details ->> 'successor'), '') AS act
       FROM audit_records WHERE action LIKE 'token.%'`,
    );
    const sorted = ({ rows }: { rows: readonly { act: string }[] }) => rows.map((row) => row.act).sort();
    return { made: sorted(made), recorded: sorted(recorded) };
  } finally {
    await database.close();
  }
}

/** created, rotated, revoked -> how many. */
function countByKind(acts: readonly string[]): Record<string, number> {
  const kinds = ['created', 'rotated', 'revoked'];
  return Object.fromEntries(kinds.map((kind) => [kind, acts.filter((act) => act.startsWith(kind)).length]));
}

describe(`the server, killed ${KILLS} times among creations, rotations and revocations`, () => {
  it('keeps every token that it gave, ends every one that it took, and has recorded each act once', {
    timeout: 60_000 + KILLS * 10_000,
  }, async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const dying = setTimeout(Math.random() * LATEST_KILL_MS).then(() => identity.kill('SIGKILL'));
      await Promise.all([...workers.map(work), dying]);
      await identity.restart();
      await Promise.all(workers.map(verify));
    }
    for (const token of allEnded) expect([token.id, await isActive(token)]).toEqual([token.id, false]);

    await identity.kill();
    const { made, recorded } = await actsInDatabase();
    expect(recorded).toEqual(made);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((each) => !made.includes(each))).toEqual([]);
    const figures = { acknowledged: countByKind(acknowledged), made: countByKind(made) };
    console.log(`${KILLS} kills among token acts on ${identity.kind}: ${JSON.stringify(figures)}`);
  });
});
