// What many want of the database at the same moment becomes one statement: the questions of all who ask, or the same act
// for all who want it done. Nothing is remembered: an answer always comes from a statement that was sent after it was asked
// for, so that what was revoked before is never seen alive.
import { monotonicMs } from '../clock.ts';
import { DatabaseUnavailable } from './database.ts';

/** Statements under way at once: one, so that the questions which come meanwhile are many and share the next. */
const MAX_IN_FLIGHT = 1;
/** A statement is sent with so many questions at once, … */
const ENOUGH = 256;
/** … or with this part of as many as usually wait for one, unless those are so few that sharing saves them nothing. */
const USUAL_PART = 0.75;
const A_FEW = 3;
/** A statement waits no longer than this while more come, and once more when it is quiet. */
const GATHERING_MS = 1;
/** How fast what is usual falls when fewer ask, a statement; it rises at once. */
const FALL = 0.25;
/** A statement that takes this long is hanging: the next ones don't wait for it. */
const HANGS_AFTER_MS = 250;
/** Who asks in a hurry is told so within this time instead of waiting with us for a database that hangs. */
const HURRY_MS = 950;

/** Who has asked: exactly one of the two is called, once. */
interface Asker<Answer> {
  answered(answer: Answer): void;
  failed(error: unknown): void;
}

/** Asks one. In a hurry: fails with DatabaseUnavailable when no answer comes within a second. */
export type Ask<Question, Answer> = (question: Question, asker: Asker<Answer>, inHurry?: boolean) => void;

/** Questions that were asked together, in the order of their answers. */
interface Batch<Question, Answer> {
  readonly questions: Question[];
  /** Undefined: was told that it takes too long. */
  readonly askers: (Asker<Answer> | undefined)[];
  readonly inHurry: boolean[];
  /** Runs from the first question in a hurry. */
  hurry?: NodeJS.Timeout;
}

/** @param answerAll the answers to all these questions, in their order, from one statement */
export function mergeStatements<Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): Ask<Question, Answer> {
  let next: Batch<Question, Answer> | undefined;
  let inFlight = 0;
  let isGathering = false;
  /** Runs while it is quiet and more are waited for. */
  let patience: NodeJS.Timeout | undefined;
  /** As many as lately waited when an answer came, those whom it answered included. */
  let usual = 0;

  return (question, asker, inHurry = false) => {
    const batch: Batch<Question, Answer> = next ?? { questions: [], askers: [], inHurry: [] };
    batch.questions.push(question);
    batch.askers.push(asker);
    batch.inHurry.push(inHurry);
    if (inHurry) batch.hurry ??= setTimeout(() => loseHurried(batch), HURRY_MS);
    next = batch;
    if (patience === undefined) gather();
    else if (isEnough(batch)) {
      clearTimeout(patience);
      patience = undefined;
      setImmediate(send, batch);
    }
  };

  function gather(): void {
    if (isGathering || inFlight >= MAX_IN_FLIGHT || next === undefined) return;
    isGathering = true;
    setImmediate(sendWhenQuiet, next, 0, monotonicMs() + GATHERING_MS);
  }

  /**
   * All share what a statement costs. So more questions are worth waiting for as long as each turn of the event loop brings
   * some, and when it brings none, but those who usually ask, and have just been answered, are still to come.
   */
  function sendWhenQuiet(batch: Batch<Question, Answer>, before: number, until: number): void {
    const { length } = batch.questions;
    const isLate = monotonicMs() >= until;
    if (length > before && length < ENOUGH && !isLate) setImmediate(sendWhenQuiet, batch, length, until);
    else if (isLate || isEnough(batch)) send(batch);
    else patience = setTimeout(send, GATHERING_MS, batch);
  }

  function isEnough({ questions: { length } }: Batch<Question, Answer>): boolean {
    return length >= ENOUGH || usual <= A_FEW || length >= usual * USUAL_PART;
  }

  function send(batch: Batch<Question, Answer>): void {
    isGathering = false;
    patience = undefined;
    next = undefined;
    inFlight += 1;
    let counted = true;
    const makeRoom = () => {
      if (counted) inFlight -= 1;
      counted = false;
      gather();
    };
    const impatience = setTimeout(makeRoom, HANGS_AFTER_MS);
    const landed = () => {
      clearTimeout(impatience);
      clearTimeout(batch.hurry);
      const waited = batch.questions.length + (next?.questions.length ?? 0);
      usual = Math.max(waited, usual + (waited - usual) * FALL);
      makeRoom();
    };
    answerAll(batch.questions).then(
      (answers) => {
        landed();
        for (const [n, asker] of batch.askers.entries()) asker?.answered(answers[n] as Answer);
      },
      (error: unknown) => {
        landed();
        for (const asker of batch.askers) asker?.failed(error);
      },
    );
  }
}

function loseHurried<Question, Answer>(batch: Batch<Question, Answer>): void {
  const { askers, inHurry } = batch;
  delete batch.hurry; // who joins it yet has a second of their own
  const error = new DatabaseUnavailable(`no answer within ${HURRY_MS} ms`);
  for (const [n, asker] of askers.entries()) {
    if (!inHurry[n]) continue;
    askers[n] = undefined;
    asker?.failed(error);
  }
}

/** Asks one, for who would rather wait for a promise. @throws DatabaseUnavailable, in a hurry within a second */
export function askOne<Question, Answer>(
  ask: Ask<Question, Answer>,
  question: Question,
  inHurry?: boolean,
): Promise<Answer> {
  return new Promise((answered, failed) => ask(question, { answered, failed }, inHurry));
}

/** One look-up for all who ask for something at the moment, each by its key: any text. */
export function mergeLookups<Found>(
  findAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): (key: string) => Promise<Found | undefined> {
  const ask = mergeStatements(async (keys: readonly string[]) => {
    const found = await findAll([...new Set(keys)]);
    return keys.map((key) => found.get(key));
  });
  return (key) => askOne(ask, key);
}
