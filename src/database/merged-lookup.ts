// Many look-ups at once become one statement. Nothing is remembered: an answer always comes from a statement that was
// sent after the question was asked, so that what was revoked before is never seen alive.
import { DatabaseUnavailable } from './database.ts';

/** Statements under way at once: one, so that the questions which come meanwhile are many and share the next. */
const MAX_IN_FLIGHT = 1;
/** A statement that takes this long is hanging: the next ones don't wait for it. */
const HANGS_AFTER_MS = 250;
/** Who asks in a hurry is told so within this time instead of waiting with us for a database that hangs. */
const HURRY_MS = 950;

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly inHurry: boolean;
}

/** Questions that were asked together, in the order of their answers. */
interface Batch<Question, Answer> {
  readonly questions: Question[];
  readonly waiting: Waiting<Answer>[];
  /** Runs from the first question in a hurry. */
  hurry?: NodeJS.Timeout;
}

/** Asks one. In a hurry: rejects with DatabaseUnavailable when no answer comes within a second. */
export type LookUp<Question, Answer> = (question: Question, inHurry?: boolean) => Promise<Answer>;

/** @param answerAll the answers to all these questions, in their order, from one statement */
export function mergeLookups<Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): LookUp<Question, Answer> {
  let next: Batch<Question, Answer> | undefined;
  let inFlight = 0;
  let scheduled = false;

  return (question, inHurry = false) =>
    new Promise((resolve, reject) => {
      next ??= { questions: [], waiting: [] };
      next.questions.push(question);
      next.waiting.push({ resolve, reject, inHurry });
      if (inHurry) next.hurry ??= setTimeout(loseHurried, HURRY_MS, next.waiting);
      schedule();
    });

  /** After all that this turn of the event loop brings has been asked. */
  function schedule(): void {
    if (scheduled || inFlight >= MAX_IN_FLIGHT || next === undefined) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const batch = next;
      if (batch === undefined) return;
      next = undefined;
      send(batch);
    });
  }

  function send(batch: Batch<Question, Answer>): void {
    inFlight += 1;
    let counted = true;
    const makeRoom = () => {
      if (counted) inFlight -= 1;
      counted = false;
      schedule();
    };
    const impatience = setTimeout(makeRoom, HANGS_AFTER_MS);
    answerAll(batch.questions)
      .then(
        (answers) => {
          for (const [n, { resolve }] of batch.waiting.entries()) resolve(answers[n] as Answer);
        },
        (error: unknown) => {
          for (const { reject } of batch.waiting) reject(error);
        },
      )
      .finally(() => {
        clearTimeout(impatience);
        clearTimeout(batch.hurry);
        makeRoom();
      });
  }
}

function loseHurried(waiting: readonly Waiting<never>[]): void {
  const error = new DatabaseUnavailable(`no answer within ${HURRY_MS} ms`);
  for (const { reject, inHurry } of waiting) if (inHurry) reject(error);
}
