// What every store relies on, of whichever database it is given.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import {
  type Database,
  DatabaseUnavailable,
  first,
  RolledBack,
  UnfitText,
  UniqueViolation,
} from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { type Backend, createBackend } from '../support/backends.ts';

let backend: Backend;
let database: Database;

beforeAll(async () => {
  backend = await createBackend();
  database = await openDatabase(loadConfig(backend.env));
  await database.migrate();
  await database.query('CREATE TABLE things (id integer CONSTRAINT things_key PRIMARY KEY, value text)');
});
afterAll(async () => {
  await database?.close();
  await backend?.dispose();
});

const count = async () => first(await database.query<{ n: number }>('SELECT count(*) AS n FROM things'))?.n;

describe('a query', () => {
  it('gives back the types that stores are written for', async () => {
    const at = new Date('2026-11-22T12:34:56.789Z');
    const { rows } = await database.query(
      `SELECT $1::bytea AS bytes, $2::timestamptz AS at, 12345678901::bigint AS big, $3::jsonb AS json, $4::text[] AS list, null::text AS nothing, true AS yes`,
      [Buffer.from([0, 255, 7]), at, JSON.stringify({ a: [1] }), ['x', 'y']],
    );
    expect(rows).toEqual([
      {
        bytes: Buffer.from([0, 255, 7]),
        at,
        big: 12_345_678_901,
        json: { a: [1] },
        list: ['x', 'y'],
        nothing: null,
        yes: true,
      },
    ]);
    expect(Buffer.isBuffer((rows[0] as unknown as { bytes: unknown }).bytes)).toBe(true);
  });

  it('takes lists of bytes, dates and texts with gaps', async () => {
    const { rows } = await database.query(
      'SELECT * FROM unnest($1::bytea[], $2::timestamptz[], $3::text[]) AS t (b, at, name)',
      [[Buffer.from('a')], [new Date(0)], [null]],
    );
    expect(rows).toEqual([{ b: Buffer.from('a'), at: new Date(0), name: null }]);
  });

  it.each([
    ['nothing', '', ''],
    ['letters of all kinds', 'ěščřž 日本 👩‍💻', 'ěščřž 日本 👩‍💻'],
    ['half a pair, which is no letter', 'é\udc00x', 'é\ufffdx'],
    ['a lot', 'ž'.repeat(10_000), 'ž'.repeat(10_000)],
  ])('takes a text of %s', async (_, text, kept) => {
    expect((await database.query('SELECT $1::text AS text', [text])).rows).toEqual([{ text: kept }]);
  });

  it('refuses a text with NUL', async () => {
    await expect(database.query('SELECT $1::text AS text', ['a\0b'])).rejects.toBeInstanceOf(UnfitText);
  });

  it('counts what it returned, or changed', async () => {
    expect((await database.query("INSERT INTO things VALUES (1, 'a'), (2, 'b')")).count).toBe(2);
    expect((await database.query("UPDATE things SET value = 'c' WHERE id > 5")).count).toBe(0);
    expect((await database.query("UPDATE things SET value = 'c' RETURNING id")).count).toBe(2);
    expect((await database.query('SELECT id FROM things WHERE id = 1')).count).toBe(1);
    expect((await database.query('DELETE FROM things')).count).toBe(2);
  });

  it('gives the same each time', async () => {
    const ask = (n: number | null) =>
      database.query('SELECT n, n + 1 AS next, null::text AS nothing FROM generate_series(1, $1::integer) AS n', [n]);
    for (const n of [2, 0, 1, null, 2]) {
      const rows = Array.from({ length: n ?? 0 }, (_, i) => ({ n: i + 1, next: i + 2, nothing: null }));
      expect(await ask(n)).toMatchObject({ rows, count: rows.length });
    }
  });

  it('counts, each time, what it changed by its parameters', async () => {
    const insert = (...ids: number[]) =>
      database.query("INSERT INTO things SELECT id, 'a' FROM unnest($1::integer[]) AS id", [ids]);
    const update = (value: string) => database.query('UPDATE things SET value = $1 WHERE value <> $1', [value]);
    const remove = (id: number) => database.query('DELETE FROM things WHERE id = $1 RETURNING value', [id]);
    expect([await insert(1, 2), await insert(), await insert(3)]).toMatchObject([
      { count: 2 },
      { count: 0 },
      { count: 1 },
    ]);
    expect([await update('b'), await update('b')]).toMatchObject([{ count: 3 }, { count: 0 }]);
    expect(await remove(1)).toMatchObject({ rows: [{ value: 'b' }], count: 1 });
    expect(await remove(1)).toMatchObject({ rows: [], count: 0 });
    await database.query('DELETE FROM things');
  });

  it('names the constraint that refused a row', async () => {
    await database.query("INSERT INTO things VALUES (1, 'a')");
    const again = database.query("INSERT INTO things VALUES (1, 'a')");
    await expect(again).rejects.toThrow(UniqueViolation);
    await expect(again).rejects.toMatchObject({ constraint: 'things_key' });
    await database.query('DELETE FROM things');
  });
});

describe('a transaction', () => {
  it('commits all of it', async () => {
    const result = await database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO things VALUES (1, 'a')");
      await transaction.query("INSERT INTO things VALUES (2, 'b')");
      return 'done';
    });
    expect([result, await count()]).toEqual(['done', 2]);
    await database.query('DELETE FROM things');
  });

  it('takes all of it back, and passes on what was thrown, as it was', async () => {
    class OfOurs extends Error {}
    const failing = database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO things VALUES (1, 'a')");
      throw new OfOurs();
    });
    await expect(failing).rejects.toThrow(OfOurs);
    expect(await count()).toBe(0);
  });

  it('takes all of it back when a statement is refused', async () => {
    const failing = database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO things VALUES (1, 'a')");
      await transaction.query("INSERT INTO things VALUES (1, 'a')");
    });
    await expect(failing).rejects.toThrow(UniqueViolation);
    expect(await count()).toBe(0);
  });

  it.each([
    ['carried out', 0, 'division by zero'],
    ['read', 'x', 'invalid input syntax'],
  ])('can send a statement again that was refused when it was first %s', async (_, unfit, refusal) => {
    const rows = await database.transaction(async (transaction) => {
      const ask = (divisor: unknown) => transaction.query(`SELECT 6 / $1::integer AS "${refusal}"`, [divisor]);
      await transaction.query('SAVEPOINT before');
      await expect(ask(unfit)).rejects.toThrow(refusal);
      await transaction.query('ROLLBACK TO before');
      return [...(await ask(2)).rows, ...(await ask(3)).rows];
    });
    expect(rows).toEqual([{ [refusal]: 3 }, { [refusal]: 2 }]);
  });

  it('is no success when the refusal of a statement was overlooked', async () => {
    const overlooking = database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO things VALUES (1, 'a')");
      await transaction.query("INSERT INTO things VALUES (1, 'a')").catch(() => {});
    });
    await expect(overlooking).rejects.toThrow(RolledBack);
    expect(await count()).toBe(0);
  });

  it.runIf(inject('backend') === 'services')(
    'that loses its connection is unavailable, and the next is not',
    async () => {
      const failing = database.transaction(async (transaction) => {
        const { rows } = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await database.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
        await setTimeout(50); // the news comes while no statement waits for it
        await transaction.query('SELECT 1');
      });
      await expect(failing).rejects.toThrow(DatabaseUnavailable);
      expect(await database.transaction(async () => await count())).toBe(0);
    },
  );

  it('lets one of many conditional updates win', async () => {
    await database.query("INSERT INTO things VALUES (1, 'free')");
    const won = await Promise.all(
      Array.from({ length: 20 }, () =>
        database.transaction(
          async (transaction) =>
            (await transaction.query("UPDATE things SET value = 'taken' WHERE id = 1 AND value = 'free'")).count,
        ),
      ),
    );
    expect(won.reduce((a, b) => a + b)).toBe(1);
    await database.query('DELETE FROM things');
  });
});

it('can be migrated again, and by several at once', async () => {
  await Promise.all([database.migrate(), database.migrate(), database.migrate()]);
  const applied = await database.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name');
  expect(new Set(applied.rows.map(({ name }) => name)).size).toBe(applied.count);
});
