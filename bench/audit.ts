// How long searches of the audit log take at a million records, on Postgres: npm run bench:audit. Nine tenths of them are
// one organization's. Each search is run anew, with other parameters; the table shows milliseconds, as a caller waits.
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { recordAct } from '../src/audit/audit-log.ts';
import { searchRecords } from '../src/audit/record-store.ts';
import { loadConfig } from '../src/config.ts';
import type { Database } from '../src/database/database.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { createTrail, type TrailQuery } from '../src/trail/trail.ts';
import { startUsageRecorder } from '../src/usage/usage-recorder.ts';

const RECORDS = Number(process.env['RECORDS'] ?? 1_000_000);
const ROUNDS = 100;
const POSTGRES = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const NAME = 'teamday_bench_audit';
const DAY = 86_400_000;

const admin = new pg.Client(POSTGRES);
await admin.connect();
await admin.query(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
await admin.query(`CREATE DATABASE ${NAME}`);
const url = Object.assign(new URL(POSTGRES), { pathname: NAME }).href;
const database = await openDatabase(loadConfig({ DATABASE_URL: url }));
try {
  await database.migrate();
  const filling = new pg.Client(url); // its statements take longer than the server's may
  await filling.connect();
  const begun = await fill(filling);
  await filling.end();
  await measure(database, begun);
} finally {
  await database.close();
  await admin.query(`DROP DATABASE ${NAME} WITH (FORCE)`);
  await admin.end();
}

/** 2,000 tokens of 200 people over 400 days. The chains are left out: searches don't look at them. */
async function fill(on: pg.Client): Promise<number> {
  const begun = Date.now() - 400 * DAY;
  await on.query(
    "INSERT INTO organizations (id, name, created_at) VALUES ('org_big', 'Big', now()), ('org_small', 'Small', now())",
  );
  await on.query(
    `INSERT INTO people (id, email, name, created_at) SELECT 'user_' || n, 'p' || n || '@acme.example', 'Person ' || n, now() FROM generate_series(0, 199) AS n`,
  );
  await on.query(
    "INSERT INTO memberships (person_id, organization_id, role, created_at) SELECT id, 'org_big', 'member', $1 FROM people",
    [new Date(begun)],
  );
  await on.query('ALTER TABLE audit_records DISABLE TRIGGER USER');
  const { rows: indexes } = await on.query<{ name: string; definition: string }>(
    "SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename = 'audit_records' AND indexname <> 'audit_records_pkey'",
  );
  for (const { name } of indexes) await on.query(`DROP INDEX ${name}`);
  const part = 50_000;
  for (let from = 0; from < RECORDS; from += part) {
    await on.query(
      `INSERT INTO audit_records (at, action, organization_id, actor_id, credential, target, address, user_agent, request_id, details)
       SELECT $1::timestamptz + n * ($2::float8 * interval '1 second'),
              (ARRAY['token.created', 'token.revoked', 'session.created', 'session.ended', 'token.rotated'])[1 + n % 5],
              CASE WHEN n % 20 = 0 THEN NULL WHEN n % 20 = 1 THEN 'org_small' ELSE 'org_big' END,
              'user_' || (n * 7919) % 200, 'session:ses_' || (n * 104729) % 20000, 'token:tok_' || (n * 7919) % 2000, '203.0.113.7',
              'teamday/0.1.0 (linux x64)', md5(n::text), jsonb_build_object('kind', 'personal', 'personId', 'user_' || (n * 104729) % 200)
       FROM generate_series($3::bigint, $4::bigint) AS n`,
      [new Date(begun), (400 * 86_400) / RECORDS, from, from + part - 1],
    );
  }
  for (const { definition } of indexes) await on.query(definition);
  await on.query('ALTER TABLE audit_records ENABLE TRIGGER USER');
  await on.query('VACUUM ANALYZE audit_records');
  return begun;
}

async function measure(on: Database, begun: number): Promise<void> {
  const trail = createTrail(on, { now: () => new Date() });
  const search = (query: TrailQuery) => trail.search('org_big', query, { before: undefined, limit: 50 });
  const day = (n: number) => new Date(begun + ((n * 37) % 400) * DAY);
  const searches: Readonly<Record<string, (n: number) => Promise<unknown>>> = {
    newest: () => search({}),
    'of one token': (n) => search({ tokenId: `tok_${n * 13}` }),
    'of one sign-in': (n) => search({ sessionId: `ses_${n * 131}` }),
    'of one person, their account too': (n) => search({ personId: `user_${n}` }),
    'of one action': () => search({ action: 'token.revoked' }),
    'of an action that never was': () => search({ action: 'audit.pruned' }),
    'until some day': (n) => search({ until: day(n) }),
    'of one person in one week': (n) =>
      search({ personId: `user_${n}`, since: day(n), until: new Date(day(n).getTime() + 7 * DAY) }),
    'of one person and action, until some day': (n) =>
      search({ personId: `user_${n}`, action: 'token.revoked', until: day(n) }),
    'a page far back': (n) => searchRecords(on, 'org_big', {}, { at: day(n), id: 0 }, 50),
    'of a small organization': () => trail.search('org_small', {}, { before: undefined, limit: 50 }),
    'of nobody': () => search({ personId: 'user_nobody' }),
  };
  console.log(
    `| search among ${RECORDS.toLocaleString('en')} records | median | p99 | most |\n| --- | ---: | ---: | ---: |`,
  );
  for (const [name, run] of Object.entries(searches)) {
    const times = await timesOf(run);
    console.log(`| ${name} | ${[0.5, 0.99, 1].map((part) => at(times, part).toFixed(1)).join(' | ')} |`);
  }
  const written = await timesOf(() =>
    on.transaction((transaction) =>
      recordAct(transaction, new Date(), {
        action: 'token.created',
        target: 'token:tok_1',
        organizationId: 'org_big',
        actor: {},
      }),
    ),
  );
  console.log(`\nA record written, linked and committed: ${at(written, 0.5).toFixed(1)} ms (median).`);
  console.log(`A use counted: ${(await nanosecondsOfAUse(on)).toFixed(0)} ns.`);
}

async function timesOf(run: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const begun = performance.now();
    await run(n);
    times.push(performance.now() - begun);
  }
  return times.toSorted((a, b) => a - b);
}

function at(times: readonly number[], part: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
}

async function nanosecondsOfAUse(on: Database): Promise<number> {
  const usage = startUsageRecorder(on, { now: () => new Date() }, () => {});
  const now = new Date();
  const count = 1_000_000;
  let begun = 0;
  for (let n = -count; n < count; n += 1) {
    if (n === 0) begun = performance.now();
    const use = {
      service: 'newsletter',
      method: 'GET',
      route: '/api/v1/agents',
      address: '203.0.113.7',
      userAgent: 'curl',
    };
    usage.record(`token:tok_${n & 4095}`, 'org_big', use, now);
  }
  const took = performance.now() - begun;
  await usage.stop();
  return (took * 1e6) / count;
}
