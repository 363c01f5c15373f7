import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mergeLookups } from '../../../src/database/merged-lookup.ts';

/** A table that is read slowly: what is in it when the statement is sent is what comes back. */
function slowTable(rows: Map<string, string>, takes = 20) {
  const statements: string[][] = [];
  const lookUp = mergeLookups(
    async (keys: readonly string[]) => {
      statements.push([...keys]);
      const found = keys.flatMap((key) => (rows.has(key) ? [{ key, value: rows.get(key) ?? '' }] : []));
      await sleep(takes);
      return found;
    },
    { ofKey: (key) => key, ofRow: ({ key }) => key },
  );
  return { lookUp, statements };
}

describe('look-ups', () => {
  it('of one moment share a statement, each key in it once', async () => {
    const { lookUp, statements } = slowTable(new Map([['a', '1']]));
    const answers = await Promise.all(['a', 'b', 'a', 'c'].map((key) => lookUp(key)));
    expect(answers.map((row) => row?.value)).toEqual(['1', undefined, '1', undefined]);
    expect(statements).toEqual([['a', 'b', 'c']]);
  });

  it('are never answered by a statement that was sent before they were asked', async () => {
    const rows = new Map([['a', 'alive']]);
    const { lookUp, statements } = slowTable(rows);
    const before = lookUp('a');
    await setImmediate();
    await setImmediate(); // the statement is under way
    expect(statements.length).toBe(1);
    rows.set('a', 'revoked');
    const after = await lookUp('a');
    expect([(await before)?.value, after?.value]).toEqual(['alive', 'revoked']);
  });

  it('that fail are told so, and the next ones are asked anew', async () => {
    let away = true;
    const lookUp = mergeLookups(
      async (keys: readonly string[]) => {
        if (away) throw new Error('away');
        return keys.map((key) => ({ key }));
      },
      { ofKey: (key) => key, ofRow: ({ key }) => key },
    );
    await expect(Promise.all([lookUp('a'), lookUp('b')])).rejects.toThrow('away');
    away = false;
    expect(await lookUp('a')).toEqual({ key: 'a' });
  });

  it('don’t wait for statements that hang', async () => {
    let hanging = true;
    const lookUp = mergeLookups(
      (keys: readonly string[]) =>
        hanging ? new Promise<never>(() => {}) : Promise.resolve(keys.map((key) => ({ key }))),
      { ofKey: (key) => key, ofRow: ({ key }) => key },
    );
    for (let i = 0; i < 6; i += 1) {
      void lookUp(`hangs ${i}`);
      await setImmediate();
      await setImmediate();
    }
    hanging = false;
    expect(await lookUp('a')).toEqual({ key: 'a' });
  });

  it('keep few statements under way', async () => {
    const { lookUp, statements } = slowTable(new Map());
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < 50; i += 1) {
      answers.push(lookUp(String(i)));
      await setImmediate();
    }
    await Promise.all(answers);
    expect(statements.length).toBeLessThan(10);
  });
});
