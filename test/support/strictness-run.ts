// One run of the strictness test: people make, use and end credentials at three instances, all of which are asked about
// these all the time, while faults come and go.
import { monotonicMs } from '../../src/clock.ts';
import type { RevokingAct } from './strictness-acts.ts';
import { createFaults, type Fault, type FaultTimes } from './strictness-faults.ts';
import { type Lane, openLane } from './strictness-lane.ts';
import { everyAct } from './strictness-people-acts.ts';
import { type SeededRandom, seededRandom } from './strictness-random.ts';
import { type StrictnessRecord, startRecord } from './strictness-record.ts';
import { startWatch } from './strictness-watch.ts';
import type { World } from './strictness-world.ts';

export interface RunOptions {
  readonly seed: number;
  /** It ends when there are so many, or after so long among faults. */
  readonly pairs: number;
  readonly seconds: number;
  readonly people: number;
  readonly faults: readonly Fault[];
  readonly times: FaultTimes;
}

export interface Run {
  readonly record: StrictnessRecord;
  /** Fault -> how often it was begun. */
  readonly faults: ReadonlyMap<string, number>;
  /** Of the acts that there are, those that were not seen to be done. */
  readonly missing: readonly string[];
  readonly seconds: number;
}

/** By one person. */
const ACTS_AT_ONCE = 2;
/** Among faults, and before them: a busy machine is no fault. */
const PATIENCE_MS = 2_000;
const CALM_PATIENCE_MS = 20_000;
/** Time that instances need at the end, to answer what waits. */
const MARGIN_MS = 10_000;

/** @throws when an answer came that none of the calls can have */
export async function run(world: World, options: RunOptions): Promise<Run> {
  const { seed, pairs, seconds, people, times } = options;
  const record = startRecord();
  const defects: unknown[] = [];
  const onDefect = (error: unknown) => void defects.push(error);
  const randomOf = (n: number) => seededRandom(seed + n);
  const startedAt = monotonicMs();
  const faults = createFaults(world, options.faults, randomOf(-1), times);
  const watch = startWatch(world, record, faults, randomOf(-2), { patienceMs: times.stopped + MARGIN_MS, onDefect });
  const acts = everyAct(world, watch);
  let isCalm = true;
  const patienceMs = () => (isCalm ? CALM_PATIENCE_MS : PATIENCE_MS);
  const around = { world, watch, avoidedUntil: new Map(), patienceMs };
  let endsAt = Number.POSITIVE_INFINITY;
  const isOver = () => defects.length > 0 || record.pairs >= pairs || monotonicMs() > endsAt;

  const open = async (n: number) =>
    await openLane(around, await world.addPerson(n === 0 ? 'admin' : 'member'), randomOf(n));
  const work = async (lane: Lane, admin: Lane) => {
    while (!isOver()) await choose(acts, lane.random).run(lane, admin);
  };
  try {
    const lanes = await Promise.all(Array.from({ length: people }, (_, n) => open(n)));
    const [admin] = lanes as [Lane];
    const laneOf = (n: number) => lanes[n % people] as Lane;
    // Each of them once in calm weather, so that there is none that a run has not shown.
    await Promise.all(acts.map((act, n) => act.run(laneOf(n), admin)));
    isCalm = false;
    endsAt = monotonicMs() + seconds * 1_000;
    faults.start();
    await Promise.all(Array.from({ length: people * ACTS_AT_ONCE }, (_, n) => work(laneOf(n), admin)));
  } catch (error) {
    onDefect(error);
  }
  await faults.stop();
  await watch.end();
  if (defects.length > 0) throw new AggregateError(defects, `something else went wrong (seed ${seed})`);
  const missing = acts.map(({ name }) => name).filter((name) => !record.pairsByAct.has(name));
  return { record, faults: faults.begun, missing, seconds: (monotonicMs() - startedAt) / 1_000 };
}

function choose(acts: readonly RevokingAct[], random: SeededRandom): RevokingAct {
  let at = random.between(
    0,
    acts.reduce((sum, { weight }) => sum + weight, 0),
  );
  for (const act of acts) {
    at -= act.weight;
    if (at < 0) return act;
  }
  return acts.at(-1) as RevokingAct;
}
