// What was done to one credential and what was seen of it, and the judgement over both. An introspection may tell any
// state that the credential could have had between the question and the answer, and no other.
import type { Role } from '../../src/oauth/roles.ts';

/** What an introspection tells: `active` is one that has no role. */
export type State = 'inactive' | 'active' | Role;

/** A call that was to bring a credential into a state. The first one of a history is what made it. */
export interface Change {
  readonly to: State;
  /** What kind of call it was. */
  readonly by: string;
  readonly sentAt: number;
  /** When its success was known. Undefined: it never was, so it may happen at any time after it was sent. */
  answeredAt: number | undefined;
}

/** An introspection that was answered. */
export interface Sighting {
  readonly state: State;
  readonly instance: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Times are milliseconds of one monotonic clock. */
export interface History {
  readonly of: string;
  readonly changes: Change[];
  readonly sightings: Sighting[];
}

/**
 * `stale`: asked after the change was answered, tells the state before it. `false inactive`: no revocation had even
 * been sent. `revived`: asked after an answer that said inactive, tells it alive.
 */
type Fault = 'stale' | 'false inactive' | 'revived';

export interface Violation {
  readonly fault: Fault;
  readonly sighting: Sighting;
  readonly history: History;
}

/** In one line. */
export function inWords({ fault, sighting, history: { of, changes } }: Violation): string {
  const at = (from: number, until: number | undefined) => `${from.toFixed(1)}-${until?.toFixed(1) ?? '?'}`;
  const calls = changes.map(({ to, by, sentAt, answeredAt }) => `${to} by ${by} ${at(sentAt, answeredAt)}`);
  const { state, instance, sentAt, answeredAt } = sighting;
  return `${fault}: ${of} was ${state} at ${instance} ${at(sentAt, answeredAt)}; ${calls.join('; ')}`;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Kind of call -> its acknowledged changes that were looked at afterwards, before anything else was done. */
  readonly pairs: ReadonlyMap<string, number>;
  /** Sightings that could be right in one way only: before the first change, and after an acknowledged one. */
  readonly before: number;
  readonly after: number;
  /** Those that a change was under way at, or one that was never acknowledged. */
  readonly during: number;
}

export function judge(history: History): Judgement {
  const { changes, sightings } = history;
  const violations: Violation[] = [];
  const pairs = new Map<string, number>();
  const count = { before: 0, after: 0, during: 0 };
  const inactiveKnownAt = Math.min(...sightings.filter(isInactive).map(({ answeredAt }) => answeredAt));
  for (const sighting of sightings) {
    const possible = possibleStates(changes, sighting);
    if (possible.size > 1) count.during += 1;
    else if (changes.some((change, n) => n > 0 && change.sentAt < sighting.answeredAt)) count.after += 1;
    else count.before += 1;
    const fault = faultOf(sighting, possible, inactiveKnownAt);
    if (fault !== undefined) violations.push({ fault, sighting, history });
  }
  for (const [n, change] of changes.entries()) {
    const { answeredAt } = change;
    if (n === 0 || answeredAt === undefined || changesNothing(changes, n)) continue;
    const next = changes[n + 1]?.sentAt ?? Number.POSITIVE_INFINITY;
    if (sightings.some((sighting) => sighting.sentAt > answeredAt && sighting.answeredAt < next))
      pairs.set(change.by, (pairs.get(change.by) ?? 0) + 1);
  }
  return { violations, pairs, ...count };
}

/** Whether the change before it that is known had led there already. */
function changesNothing(changes: readonly Change[], n: number): boolean {
  return changes.slice(0, n).findLast(({ answeredAt }) => answeredAt !== undefined)?.to === changes[n]?.to;
}

function faultOf(sighting: Sighting, possible: ReadonlySet<State>, inactiveKnownAt: number): Fault | undefined {
  if (!possible.has(sighting.state)) return isInactive(sighting) ? 'false inactive' : 'stale';
  return !isInactive(sighting) && sighting.sentAt > inactiveKnownAt ? 'revived' : undefined;
}

/** The states that some moment between question and answer can have had. */
function possibleStates(changes: readonly Change[], { sentAt, answeredAt }: Sighting): ReadonlySet<State> {
  const begun = changes.filter((change) => change.sentAt < answeredAt);
  const over = begun.filter((change) => change.answeredAt !== undefined && change.answeredAt < sentAt);
  // Nothing brings a credential back, not even a call that was under way.
  if (over.some(({ to }) => to === 'inactive')) return new Set(['inactive']);
  const isReplaced = ({ answeredAt: end = Number.POSITIVE_INFINITY }: Change) =>
    over.some((later) => later.sentAt >= end);
  return new Set(begun.filter((change) => !isReplaced(change)).map(({ to }) => to));
}

function isInactive({ state }: Sighting): boolean {
  return state === 'inactive';
}
