// What is said of a field: its hint, and what is wrong with what was entered. Tied to the field by describedBy().

/** `problem` tells what is wrong and what to enter instead. */
export type Explained = { hint?: string | undefined; problem?: string | undefined };

/** For the field's aria-describedby. `id` is the field's; `elsewhere` the id of a message that explains it too. */
export function describedBy(id: string, { hint, problem }: Explained, elsewhere?: string): string | undefined {
  const explainedBy = problem === undefined ? elsewhere : `${id}-problem`;
  const ids = [explainedBy, hint === undefined ? undefined : `${id}-hint`].filter((each) => each !== undefined);
  return ids.length === 0 ? undefined : ids.join(' ');
}

export function Explanation({ id, hint, problem }: Explained & { id: string }) {
  return (
    <>
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
}
