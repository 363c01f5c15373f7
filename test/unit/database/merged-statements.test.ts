import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DatabaseUnavailable } from '../../../src/database/database.ts';
import { askOne, mergeStatements } from '../../../src/database/merged-statements.ts';

function byPromise<Question, Answer>(answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
  const lookUp = mergeStatements(answerAll);
  return (question: Question, inHurry?: boolean) => askOne(lookUp, question, inHurry);
}

/** A table that is read slowly: what is in it when the statement is sent is what comes back. */
function slowTable(rows: Map<string, string>, takes = 20) {
  const statements: string[][] = [];
  const lookUp = byPromise(async (keys: readonly string[]) => {
    statements.push([...keys]);
    const found = keys.map((key) => rows.get(key));
    await sleep(takes);
    return found;
  });
  return { lookUp, statements };
}

const twoTurns = async () => {
  await setImmediate();
  await setImmediate();
};

describe('look-ups', () => {
  it('of one moment share a statement', async () => {
    const { lookUp, statements } = slowTable(new Map([['a', '1']]));
    expect(await Promise.all(['a', 'b', 'a', 'c'].map((key) => lookUp(key)))).toEqual(['1', undefined, '1', undefined]);
    expect(statements).toEqual([['a', 'b', 'a', 'c']]);
  });

  it('are never answered by a statement that was sent before they were asked', async () => {
    const rows = new Map([['a', 'alive']]);
    const { lookUp, statements } = slowTable(rows);
    const before = lookUp('a');
    await twoTurns(); // the statement is under way
    expect(statements.length).toBe(1);
    rows.set('a', 'revoked');
    const after = await lookUp('a');
    expect([await before, after]).toEqual(['alive', 'revoked']);
  });

  it('that fail are told so, and the next ones are asked anew', async () => {
    let away = true;
    const lookUp = byPromise(async (keys: readonly string[]) => {
      if (away) throw new Error('away');
      return keys;
    });
    await expect(Promise.all([lookUp('a'), lookUp('b')])).rejects.toThrow('away');
    away = false;
    expect(await lookUp('a')).toBe('a');
  });

  it('don’t wait for statements that hang; who asked those in a hurry is told within a second', async () => {
    let hanging = true;
    const lookUp = byPromise((keys: readonly string[]) =>
      hanging ? new Promise<never>(() => {}) : Promise.resolve(keys),
    );
    const hangs = lookUp('hangs', true).catch((error: unknown) => error);
    let patient: unknown = 'waiting';
    void lookUp('hangs, too').then((answer) => {
      patient = answer;
    });
    await twoTurns();
    hanging = false;
    expect(await lookUp('a')).toBe('a');
    expect(await hangs).toBeInstanceOf(DatabaseUnavailable);
    expect(patient).toBe('waiting');
  });

  it('that were never sent are told within a second, too', async () => {
    const lookUp = byPromise(() => new Promise<never>(() => {}));
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 6; i += 1) {
      asked.push(lookUp(i, true).catch((error: unknown) => error));
      await twoTurns();
    }
    for (const answer of await Promise.all(asked)) expect(answer).toBeInstanceOf(DatabaseUnavailable);
    await expect(lookUp('later', true)).rejects.toBeInstanceOf(DatabaseUnavailable);
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

describe('look-ups where many usually ask at once', () => {
  afterEach(() => vi.useRealTimers());

  /** Of which eight have just been answered, at a time that stands still. */
  async function usuallyEight() {
    const { lookUp, statements } = slowTable(new Map(), 0);
    await Promise.all(Array.from({ length: 8 }, (_, i) => lookUp(String(i))));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    statements.length = 0;
    return { lookUp, statements };
  }

  it('wait until most of those ask again, turn by turn', async () => {
    const { lookUp, statements } = await usuallyEight();
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      void lookUp(key);
      await twoTurns();
      await twoTurns();
    }
    expect(statements).toEqual([]);
    void lookUp('f');
    await twoTurns();
    expect(statements).toEqual([['a', 'b', 'c', 'd', 'e', 'f']]);
  });

  it('wait a millisecond and no longer', async () => {
    const { lookUp, statements } = await usuallyEight();
    void lookUp('a');
    await twoTurns();
    await twoTurns();
    expect(statements).toEqual([]);
    vi.advanceTimersByTime(1);
    await twoTurns();
    expect(statements).toEqual([['a']]);
  });

  it('stop waiting for those who ask no more', async () => {
    const { lookUp, statements } = await usuallyEight();
    vi.useRealTimers();
    for (let i = 0; i < 8; i += 1) await lookUp('a');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    statements.length = 0;
    void lookUp('b');
    await twoTurns();
    await twoTurns();
    expect(statements).toEqual([['b']]);
  });
});
