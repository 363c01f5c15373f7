// The same act for all who want it done at the moment, in one transaction: each of its steps is one statement for all, and
// so is the commit. Acts that are done together wait for nobody, so none is kept waiting by what another needs, and no
// two transactions wait for each other; who would have to wait can do so alone.
import { type Database, DatabaseUnavailable, type Queryable } from './database.ts';
import { askOne, mergeStatements } from './merged-statements.ts';

/** Nothing has come of the act: what it needs is not to be had without waiting, or not what it takes. */
export const BUSY = Symbol('busy');

/** How rows are locked: `skips` those that somebody else holds, or `waits` for them. */
export type Locking = 'skips' | 'waits';

/** What follows `FOR UPDATE` and the like. */
export function lockingSql(locking: Locking): string {
  return locking === 'skips' ? 'SKIP LOCKED' : '';
}

export interface MergedActs<Act, Outcome> {
  /** With all others of the moment, if it is plainly to be done. Rejects when it may have been done or not. */
  together(act: Act): Promise<Outcome | typeof BUSY>;
  alone(act: Act): Promise<Outcome>;
  /** Together, or else alone. */
  carryOut(act: Act): Promise<Outcome>;
}

/**
 * @param carryOutAll all of these acts, with their outcomes in their order. Where it `skips`, it says BUSY of whatever
 *   isn't plainly done; where it `waits`, there is one act, and never BUSY.
 */
export function mergeActs<Act, Outcome>(
  database: Database,
  carryOutAll: (
    transaction: Queryable,
    acts: readonly Act[],
    locking: Locking,
  ) => Promise<readonly (Outcome | typeof BUSY)[]>,
): MergedActs<Act, Outcome> {
  const ask = mergeStatements(async (acts: readonly Act[]): Promise<readonly (Outcome | typeof BUSY)[]> => {
    try {
      return await database.transaction((transaction) => carryOutAll(transaction, acts, 'skips'));
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error; // it may have been committed
      return acts.map(() => BUSY); // the fault is one act's: it was rolled back for all
    }
  });
  const together = (act: Act) => askOne(ask, act);

  async function alone(act: Act): Promise<Outcome> {
    const [outcome] = await database.transaction((transaction) => carryOutAll(transaction, [act], 'waits'));
    if (outcome === undefined || outcome === BUSY) throw new Error('an act that waits is never busy');
    return outcome;
  }

  return {
    together,
    alone,
    async carryOut(act) {
      const outcome = await together(act);
      return outcome === BUSY ? await alone(act) : outcome;
    },
  };
}
