// The chains of audit records on each database: they hold under concurrency, and whatever is done to the tables behind the
// server's back is found and named.
import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordAct } from '../../src/audit/audit-log.ts';
import { jsonbText } from '../../src/audit/chain.ts';
import type { Seal } from '../../src/audit/chain-store.ts';
import { pruneAuditLog } from '../../src/audit/pruning.ts';
import { sealChains } from '../../src/audit/seals.ts';
import { type Verification, verifyAuditLog } from '../../src/audit/verification.ts';
import { type Clock, DAY, after as moved, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Database, Queryable } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { type Backend, createBackend } from '../support/backends.ts';

let backend: Backend;
let database: Database;
const key = createSecretKey(randomBytes(32));

beforeAll(async () => {
  backend = await createBackend();
  database = await openDatabase(loadConfig(backend.env));
  await database.migrate();
});
afterAll(async () => {
  await database?.close();
  await backend?.dispose();
});

const write = (on: Queryable, organizationId: string | undefined, name: string, at = systemClock.now()) =>
  recordAct(on, at, {
    action: 'token.created',
    target: `token:tok_${name}`,
    organizationId,
    actor: {
      personId: 'user_ada',
      credential: 'session:ses_1',
      address: '203.0.113.7',
      userAgent: 'Žluťoučký "kůň"\\',
    },
    details: { kind: 'personal', name, long: 12_345, none: null, yes: true, 'quoted "key"': 'line\nbreak\u0001 😀' },
  });

let serial = 0;
/** A chain of its own for a test. */
async function chainOf(records: number): Promise<string> {
  serial += 1;
  const organization = `org_chain${serial}`;
  for (let n = 1; n <= records; n += 1) {
    await database.transaction((transaction) => write(transaction, organization, String(n)));
  }
  return organization;
}

const seal = (clock: Clock = systemClock) => sealChains(database, clock, key);
const verify = () => verifyAuditLog(database, key);
const faultsOf = ({ faults }: Verification, chain: string) =>
  faults.filter((fault) => fault.chain === chain).map(({ kind, seq, recordId }) => ({ kind, seq, recordId }));

/** As somebody would who may change the schema. */
async function tamper(...statements: readonly string[]): Promise<void> {
  await database.transaction(async (transaction) => {
    for (const table of ['audit_records', 'audit_links'])
      await transaction.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    for (const statement of statements) await transaction.query(statement);
    for (const table of ['audit_records', 'audit_links'])
      await transaction.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  });
}

async function recordIds(chain: string): Promise<number[]> {
  const { rows } = await database.query<{ id: number }>(
    'SELECT record_id AS id FROM audit_links WHERE chain = $1 ORDER BY seq',
    [chain],
  );
  return rows.map(({ id }) => id);
}

/** The links of a chain computed anew from what the records say now, head and all: what a chain alone can't tell. */
const recompute = (chain: string) => `DO $do$
  DECLARE l record; h bytea; r audit_records;
  BEGIN
    SELECT base_hash INTO h FROM audit_chains WHERE chain = '${chain}';
    FOR l IN SELECT * FROM audit_links WHERE chain = '${chain}' ORDER BY seq LOOP
      SELECT * INTO r FROM audit_records WHERE id = l.record_id;
      h := sha256(h || convert_to(audit_text('${chain}', l.seq, r), 'UTF8'));
      UPDATE audit_links SET hash = h WHERE chain = '${chain}' AND seq = l.seq;
      UPDATE audit_chains SET seq = l.seq, hash = h WHERE chain = '${chain}';
    END LOOP;
  END $do$`;

describe('a chain', () => {
  it('has no gaps and no branches under 50 writers of three organizations', async () => {
    const chains = ['org_a', 'org_b', 'org_c'] as const;
    const failed: unknown[] = [];
    await Promise.all(
      Array.from({ length: 50 }, async (_, writer) => {
        for (let n = 0; n < 4; n += 1) {
          // In every order, and of more than one chain: heads are locked in one order, so nobody waits in a circle.
          const order = [0, 1, 2].map((offset) => chains[(writer + offset * (n + 1)) % 3]);
          await database
            .transaction(async (transaction) => {
              for (const chain of [...order, undefined]) await write(transaction, chain, `${writer}-${n}`);
              if (n === 3 && writer % 5 === 0) throw new Error('never mind');
            })
            .catch((error: Error) => error.message === 'never mind' || failed.push(error));
        }
      }),
    );
    expect(failed).toEqual([]);
    const { faults, chains: reports } = await verify();
    expect(faults).toEqual([]);
    const committed = 50 * 4 - 10;
    const counts = Object.fromEntries(reports.map(({ name, records }) => [name, records]));
    expect(counts['server']).toBe(committed);
    expect((counts['org_a'] ?? 0) + (counts['org_b'] ?? 0) + (counts['org_c'] ?? 0)).toBe(3 * committed);
  });

  it('is not touched by what is rolled back, in part or whole', async () => {
    const chain = await chainOf(2);
    await expect(
      database.transaction(async (transaction) => {
        await write(transaction, chain, 'lost');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await database.transaction(async (transaction) => {
      await write(transaction, chain, 'kept');
      await transaction.query('SAVEPOINT half');
      await write(transaction, chain, 'lost');
      await write(transaction, `${chain}_other`, 'lost');
      await transaction.query('ROLLBACK TO SAVEPOINT half');
      await write(transaction, chain, 'kept too');
    });
    const { faults, chains } = await verify();
    expect(faults).toEqual([]);
    expect(chains.find(({ name }) => name === chain)).toMatchObject({ records: 4, head: { seq: 4 } });
    expect(chains.map(({ name }) => name)).not.toContain(`${chain}_other`);
  });

  it('is the same whatever the time zone and the style of dates', async () => {
    const chain = await chainOf(0);
    await database.transaction(async (transaction) => {
      await transaction.query("SET LOCAL TimeZone = 'Asia/Kathmandu'");
      await transaction.query("SET LOCAL DateStyle = 'German'");
      await write(transaction, chain, 'elsewhere');
    });
    expect((await verify()).faults).toEqual([]);
  });

  it('hashes details as they are stored', async () => {
    const { rows } = await database.query<{ text: string; details: Record<string, unknown> }>(
      `SELECT d::text AS text, d AS details FROM (SELECT $1::jsonb AS d) AS one`,
      [JSON.stringify({ zz: 1, a: 'ž"\\\u0007\n😀', ab: null, B: true, ž: -1.5, 'a b': '', é: 1e15 })],
    );
    expect(jsonbText(rows[0]?.details ?? {})).toBe(rows[0]?.text);
  });

  it('refuses changes and removals', async () => {
    await chainOf(1);
    for (const statement of [
      "UPDATE audit_records SET action = 'x'",
      'DELETE FROM audit_records',
      'TRUNCATE audit_records',
      'UPDATE audit_links SET seq = seq + 1',
      'DELETE FROM audit_links',
      'TRUNCATE audit_links',
    ]) {
      await expect(database.query(statement), statement).rejects.toThrow(/append-only/);
    }
  });
});

describe('verification names the first record that was', () => {
  it.each([
    ['action', "action = 'token.revoked'"],
    ['time', "at = at + interval '1 microsecond'"],
    ['actor', "actor_id = 'user_eve'"],
    ['organization', 'organization_id = NULL'],
    ['address', "address = '198.51.100.1'"],
    ['user agent', 'user_agent = NULL'],
    ['request', "request_id = ''"],
    ['outcome', "outcome = 'denied'"],
    ['details', 'details = details || \'{"long": 12346}\''],
    ['fields, with the same text in all', "target = target || coalesce(address, ''), address = ''"],
  ])('altered: %s', async (_, change) => {
    const chain = await chainOf(3);
    const [, second = 0] = await recordIds(chain);
    await tamper(`UPDATE audit_records SET ${change} WHERE id = ${second}`);
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'altered', seq: 2, recordId: second }]);
  });

  it('removed from the middle, with or without its link', async () => {
    const chain = await chainOf(4);
    const [, second = 0] = await recordIds(chain);
    await tamper(`DELETE FROM audit_records WHERE id = ${second}`);
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'removed', seq: 2, recordId: second }]);
    await tamper(`DELETE FROM audit_links WHERE record_id = ${second}`);
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'removed', seq: 2, recordId: null }]);
  });

  it('removed from the end', async () => {
    const chain = await chainOf(4);
    const ids = await recordIds(chain);
    await tamper(
      `DELETE FROM audit_links WHERE chain = '${chain}' AND seq > 2`,
      `DELETE FROM audit_records WHERE id IN (${ids.slice(2).join()})`,
    );
    const { faults } = await verify();
    expect(faults.find((fault) => fault.chain === chain)?.message).toBe('records 3 to 4 were removed');
  });

  it('removed from the beginning, as if its time were over', async () => {
    const chain = await chainOf(4);
    const [first = 0] = await recordIds(chain);
    await tamper(
      `UPDATE audit_chains SET base_seq = 1, base_hash = l.hash FROM audit_links l WHERE l.record_id = ${first} AND audit_chains.chain = l.chain`,
      `DELETE FROM audit_links WHERE record_id = ${first}`,
      `DELETE FROM audit_records WHERE id = ${first}`,
    );
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'removed', seq: 1, recordId: null }]);
  });

  it('removed from the beginning, with a record that says so as the server does', async () => {
    const chain = await chainOf(4);
    const told = { records: 3, throughSeq: 3, hash: '00'.repeat(32), mac: '00'.repeat(32) };
    await database.transaction((transaction) =>
      recordAct(transaction, systemClock.now(), {
        action: 'audit.pruned',
        target: `organization:${chain}`,
        organizationId: chain,
        actor: { credential: 'maintenance' },
        details: told,
      }),
    );
    const ids = await recordIds(chain);
    await tamper(
      `UPDATE audit_chains c SET base_seq = 3, base_hash = l.hash FROM audit_links l WHERE l.record_id = ${ids[2]} AND c.chain = l.chain`,
      `DELETE FROM audit_links WHERE record_id IN (${ids.slice(0, 3).join()})`,
      `DELETE FROM audit_records WHERE id IN (${ids.slice(0, 3).join()})`,
    );
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'removed', seq: 1, recordId: null }]);
  });

  it('put in, past the chain or into its middle', async () => {
    const chain = await chainOf(4);
    const copy = `INSERT INTO audit_records (at, action, organization_id, target, details)
      SELECT at, 'token.created', '${chain}', 'token:tok_forged', '{}' FROM audit_records WHERE organization_id = '${chain}' LIMIT 1`;
    await tamper(copy);
    const { faults } = await verify();
    const forged = faults.find(({ kind, seq }) => kind === 'inserted' && seq === null);
    expect(forged?.message).toMatch(/^record id \d+, token\.created at .*, was put in past the chain$/);
    await tamper(
      `UPDATE audit_links SET seq = -seq WHERE chain = '${chain}' AND seq >= 3`,
      `UPDATE audit_links SET seq = 1 - seq WHERE chain = '${chain}' AND seq < 0`,
      `INSERT INTO audit_links (chain, seq, record_id, hash) SELECT '${chain}', 3, ${forged?.recordId}, sha256('x')`,
      `UPDATE audit_chains SET seq = 5 WHERE chain = '${chain}'`,
    );
    expect(faultsOf(await verify(), chain)).toMatchObject([{ seq: 3, recordId: forged?.recordId }]);
  });

  it('moved', async () => {
    const chain = await chainOf(4);
    const [, second = 0, third = 0] = await recordIds(chain);
    await tamper(
      `UPDATE audit_links SET record_id = -record_id WHERE record_id IN (${second}, ${third})`,
      `UPDATE audit_links SET record_id = CASE record_id WHEN ${-second} THEN ${third} ELSE ${second} END WHERE record_id IN (${-second}, ${-third})`,
    );
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'moved', seq: 2, recordId: third }]);
  });
});

/** For the tests that follow: a seal that is missing stops all sealing. */
async function putBack(seal: Seal | undefined): Promise<void> {
  if (seal === undefined) throw new Error('there was none');
  const { chain, seq, hash, sealedAt, mac } = seal;
  await database.query('INSERT INTO audit_seals (chain, seq, hash, sealed_at, mac) VALUES ($1, $2, $3, $4, $5)', [
    chain,
    seq,
    hash,
    sealedAt,
    mac,
  ]);
  await database.query('UPDATE audit_chains SET sealed_seq = $2 WHERE chain = $1', [chain, seq]);
}

describe('a seal', () => {
  it('tells a chain that was computed anew, and between which seals', async () => {
    const chain = await chainOf(2);
    await seal();
    for (const name of ['3', '4']) await database.transaction((transaction) => write(transaction, chain, name));
    await seal();
    const ids = await recordIds(chain);
    await tamper(`UPDATE audit_records SET actor_id = 'user_eve' WHERE id = ${ids[2]}`, recompute(chain));
    const { faults } = await verify();
    expect(faults.filter((fault) => fault.chain === chain)).toMatchObject([{ kind: 'rewritten', seq: 3 }]);
    expect(faults.find((fault) => fault.chain === chain)?.message).toMatch(
      /one of the records 3 to 4 is not what was sealed/,
    );
    // Nor is it sealed as if nothing had happened.
    await database.transaction((transaction) => write(transaction, chain, '5'));
    expect((await seal()).faults.map((fault) => fault.chain)).toContain(chain);
  });

  it('tells an end that was cut off together with the head', async () => {
    const chain = await chainOf(3);
    await seal();
    const ids = await recordIds(chain);
    await tamper(
      `DELETE FROM audit_links WHERE record_id = ${ids[2]}`,
      `DELETE FROM audit_records WHERE id = ${ids[2]}`,
      `UPDATE audit_chains c SET seq = 2, hash = l.hash FROM audit_links l WHERE c.chain = '${chain}' AND l.record_id = ${ids[1]}`,
    );
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'removed', seq: 3, recordId: null }]);
  });

  it('can be neither made, altered nor taken away', async () => {
    const chain = await chainOf(2);
    const { seals } = await seal();
    const ids = await recordIds(chain);
    await tamper(
      `UPDATE audit_records SET actor_id = 'user_eve' WHERE id = ${ids[1]}`,
      recompute(chain),
      `UPDATE audit_seals s SET hash = l.hash FROM audit_links l WHERE s.chain = '${chain}' AND l.record_id = ${ids[1]}`,
    );
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'seal', seq: 2, recordId: null }]);
    await tamper(`DELETE FROM audit_seals WHERE chain = '${chain}'`);
    expect(faultsOf(await verify(), chain)).toEqual([{ kind: 'seal', seq: 2, recordId: null }]);
    await tamper(`UPDATE audit_chains SET sealed_seq = 0 WHERE chain = '${chain}'`);
    expect((await verify()).faults.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^a chain or its last seal was removed or put back since round \d+ sealed them/),
    );
    await putBack(seals.find((one) => one.chain === chain));
  });

  it('is given no more once one is missing: the next round would cover it up', async () => {
    const [rewritten, gone] = [await chainOf(2), await chainOf(2)];
    const { seals } = await seal();
    const [first] = await recordIds(rewritten);
    await tamper(
      `UPDATE audit_records SET actor_id = 'user_eve' WHERE id = ${first}`,
      recompute(rewritten),
      `DELETE FROM audit_seals WHERE chain IN ('${rewritten}', '${gone}')`,
      `UPDATE audit_chains SET sealed_seq = 0 WHERE chain = '${rewritten}'`,
      `DELETE FROM audit_records WHERE organization_id = '${gone}'`,
      `DELETE FROM audit_links WHERE chain = '${gone}'`,
      `DELETE FROM audit_chains WHERE chain = '${gone}'`,
    );
    await chainOf(1);
    const missed = expect.stringMatching(
      /^a chain or its last seal was removed or put back since round \d+ sealed them/,
    );
    const { round, faults } = await seal();
    expect(round).toBeUndefined();
    expect(faults.map(({ message }) => message)).toContainEqual(missed);
    expect((await verify()).faults.map(({ message }) => message)).toContainEqual(missed);
    await database.query('INSERT INTO audit_chains (chain, sealed_seq) VALUES ($1, 2)', [gone]);
    for (const chain of [rewritten, gone]) await putBack(seals.find((one) => one.chain === chain));
  });

  it('is given once, by whichever instance is first', async () => {
    await chainOf(2);
    const rounds = await Promise.all([seal(), seal(), seal()]);
    expect(rounds.filter(({ round }) => round !== undefined)).toHaveLength(1);
    expect((await seal()).round).toBeUndefined();
  });
});

describe('records whose time is over', () => {
  it('are removed from the beginning, with a record of it, and the rest still holds', async () => {
    const now = systemClock.now();
    const chain = await chainOf(0);
    for (const age of [500, 450, 420, 300, 1]) {
      await database.transaction((transaction) => write(transaction, chain, String(age), moved(now, -age * DAY)));
    }
    await pruneAuditLog(database, { now: () => now }, key, 400);
    expect(await recordIds(chain), 'nothing is removed before it was looked at and sealed').toHaveLength(5);
    await seal();
    await pruneAuditLog(database, { now: () => now }, key, null);
    expect(await recordIds(chain)).toHaveLength(5);
    await Promise.all([1, 2, 3].map(() => pruneAuditLog(database, { now: () => now }, key, 400)));
    await pruneAuditLog(database, { now: () => now }, key, 400);
    const report = (await verify()).chains.find(({ name }) => name === chain);
    expect(report).toMatchObject({ records: 3, head: { seq: 6 }, fault: undefined });
    const { rows } = await database.query<{ action: string; details: object }>(
      'SELECT action, details FROM audit_records WHERE organization_id = $1 ORDER BY id DESC LIMIT 1',
      [chain],
    );
    expect(rows).toMatchObject([{ action: 'audit.pruned', details: { records: 3, throughSeq: 3 } }]);
    await seal();
    await pruneAuditLog(database, { now: () => moved(now, 1000 * DAY) }, key, 400);
    expect((await verify()).chains.find(({ name }) => name === chain)).toMatchObject({ records: 1, fault: undefined });
  });
});
