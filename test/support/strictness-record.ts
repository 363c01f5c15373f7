// What the strictness test has seen so far: judged histories as counts, and how available introspection was under each
// fault, at the instances that it hit and at the others.
import { type History, type Judgement, judge, type Violation } from './history.ts';
import type { Answer } from './strictness-door.ts';

/** Answers to introspections that were sent under one fault. */
interface Availability {
  asked: number;
  answered: number;
  refused: number;
  slowestMs: number;
}

export interface StrictnessRecord {
  /** Judges a history that nothing will be added to. */
  close(history: History): void;
  /** The same for what was seen of it afterwards. */
  lookBack(history: History): void;
  /** @param under the fault at the moment it was sent, and whether it hit the instance that was asked */
  note(answer: Answer, under: { readonly fault: string; readonly hit: boolean }): void;
  readonly pairs: number;
  readonly violations: readonly Violation[];
  /** Changes that were never acknowledged. */
  readonly unknown: number;
  readonly pairsByAct: ReadonlyMap<string, number>;
  /** In words, as tables. */
  report(): string;
}

export function startRecord(): StrictnessRecord {
  const pairsByAct = new Map<string, number>();
  const availability = new Map<string, Availability>();
  const violations: Violation[] = [];
  const sum = { pairs: 0, unknown: 0, before: 0, after: 0, during: 0, later: 0 };

  function add({ pairs, before, after, during, violations: found }: Judgement): void {
    for (const [act, count] of pairs) {
      pairsByAct.set(act, (pairsByAct.get(act) ?? 0) + count);
      sum.pairs += count;
    }
    sum.before += before;
    sum.after += after;
    sum.during += during;
    violations.push(...found);
  }

  return {
    close(history) {
      add(judge(history));
      sum.unknown += history.changes.filter(({ answeredAt }) => answeredAt === undefined).length;
    },

    lookBack(history) {
      violations.push(...judge(history).violations);
      sum.later += history.sightings.length;
    },

    note({ status, sentAt, answeredAt }, { fault, hit }) {
      const key = hit ? fault : `${fault} (the others)`;
      const found = availability.get(key) ?? { asked: 0, answered: 0, refused: 0, slowestMs: 0 };
      availability.set(key, found);
      found.asked += 1;
      if (status === 200) {
        found.answered += 1;
        found.slowestMs = Math.max(found.slowestMs, answeredAt - sentAt);
      } else if (status > 0) found.refused += 1;
    },

    get pairs() {
      return sum.pairs;
    },
    get unknown() {
      return sum.unknown;
    },
    violations,
    pairsByAct,

    report() {
      const counted = (kind: Violation['fault']) => violations.filter(({ fault }) => fault === kind).length;
      const lines = [
        `${sum.pairs} pairs: a change that was acknowledged, and introspections of what it changed that were sent afterwards`,
        `judged: ${sum.before} introspections before the change, ${sum.after} after it was acknowledged, ${sum.during} while it was under way or unknown, ${sum.later} at the very end`,
        `stale ${counted('stale')}, false inactive ${counted('false inactive')}, revived ${counted('revived')}; changes never acknowledged: ${sum.unknown}`,
        '',
        ...[...pairsByAct].map(([act, count]) => `${String(count).padStart(8)}  ${act}`),
        '',
        `${'introspections under'.padEnd(52)}    asked   answered      503   no answer   slowest`,
      ];
      for (const [name, { asked, answered, refused, slowestMs }] of [...availability].toSorted(([a], [b]) =>
        a < b ? -1 : 1,
      )) {
        const share = (n: number) => `${((100 * n) / asked).toFixed(1)} %`.padStart(10);
        const cells = [share(answered), share(refused), share(asked - answered - refused)].join(' ');
        lines.push(`${name.padEnd(52)} ${String(asked).padStart(8)} ${cells} ${slowestMs.toFixed(0).padStart(7)} ms`);
      }
      return lines.join('\n');
    },
  };
}
