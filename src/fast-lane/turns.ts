// What one turn of the event loop brings is worked on in one go. Code that runs again and again stays in the processor's
// caches; in between of the system calls and parsing that each request brings with it, it would cost about twice as much.

/**
 * @param work on one; it may not throw
 * @param soon runs a function when the turn has brought all that it brings
 * @returns what takes something to be worked on
 */
export function inTurns<Item>(
  work: (item: Item) => void,
  soon: (workOnAll: () => void) => void = setImmediate,
): (item: Item) => void {
  let waiting: Item[] = [];

  function workOnAll(): void {
    const all = waiting;
    waiting = [];
    for (const item of all) work(item);
  }

  return (item) => {
    if (waiting.push(item) === 1) soon(workOnAll);
  };
}
