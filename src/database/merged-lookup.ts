// Many look-ups at once become one statement. Nothing is remembered: an answer always comes from a statement that was
// sent after the question was asked, so that what was revoked before is never seen alive.
import { DatabaseUnavailable } from './database.ts';

/** Statements under way at once: one, so that the questions which come meanwhile are many and share the next. */
const MAX_IN_FLIGHT = 1;
/** A statement that takes this long is hanging: the next ones don't wait for it. */
const HANGS_AFTER_MS = 250;
/** Who asks is told so within this time instead of waiting with us for a database that hangs. */
const DEADLINE_MS = 950;

/** Questions that were asked together, in the order of their answers. */
interface Batch<Question, Answer> {
  readonly questions: Question[];
  readonly waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[];
  readonly deadline: NodeJS.Timeout;
}

/**
 * @param answerAll the answers to all these questions, in their order, from one statement
 * @returns how to ask one; rejects with DatabaseUnavailable when no answer comes within a second
 */
export function mergeLookups<Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let next: Batch<Question, Answer> | undefined;
  let inFlight = 0;
  let scheduled = false;

  return (question) =>
    new Promise((resolve, reject) => {
      next ??= newBatch();
      next.questions.push(question);
      next.waiting.push({ resolve, reject });
      schedule();
    });

  function newBatch(): Batch<Question, Answer> {
    const batch: Batch<Question, Answer> = {
      questions: [],
      waiting: [],
      deadline: setTimeout(() => {
        if (next === batch) next = undefined; // it has not even been sent
        fail(batch, new DatabaseUnavailable(`no answer within ${DEADLINE_MS} ms`));
      }, DEADLINE_MS),
    };
    return batch;
  }

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
        (error: unknown) => fail(batch, error),
      )
      .finally(() => {
        clearTimeout(impatience);
        clearTimeout(batch.deadline);
        makeRoom();
      });
  }

  function fail({ waiting }: Batch<Question, Answer>, error: unknown): void {
    for (const { reject } of waiting) reject(error);
  }
}
