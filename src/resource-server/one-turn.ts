// Single flight, as far as it is strict: calls that are made in the same turn of the event loop share one question. None
// joins a question that was sent already: its answer could be older than a revocation that was answered meanwhile.

/** @param ask is called once for all questions of one turn that have the same key, after the last of them came */
export function joinCallsOfOneTurn<Question, Answer>(
  keyOf: (question: Question) => string,
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const waiting = new Map<string, Promise<Answer>>();
  return (question) => {
    const key = keyOf(question);
    const joined = waiting.get(key);
    if (joined !== undefined) return joined;
    const answer = endOfTurn().then(() => {
      waiting.delete(key);
      return ask(question);
    });
    waiting.set(key, answer);
    return answer;
  };
}

/** Node, Bun and Deno have setImmediate; elsewhere a timer does. */
const { setImmediate: immediately } = globalThis as { setImmediate?: (callback: () => void) => unknown };

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediately === undefined) setTimeout(resolve, 0);
    else immediately(resolve);
  });
}
