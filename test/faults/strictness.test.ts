// Once a revoking call has answered, no instance says active: three real processes on one Postgres and one Redis, whose
// cables are pulled, held up and slowed down, and which are stopped, while credentials are made, ended and asked about.
// `npm run test:strictness` does it 100,000 times, for STRICTNESS_SECONDS at most; STRICTNESS_SEED repeats a run's choices.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Backend, createBackend } from '../support/backends.ts';
import { inWords } from '../support/history.ts';
import { everyFault } from '../support/strictness-faults.ts';
import { run } from '../support/strictness-run.ts';
import { startWorld, type World } from '../support/strictness-world.ts';

const LONG = process.env['PAIRS'] !== undefined;
const PAIRS = Number(process.env['PAIRS'] ?? 2_500);
const SECONDS = Number(process.env['STRICTNESS_SECONDS'] ?? (LONG ? 60 * 60 : 240));
const SEED = Number(process.env['STRICTNESS_SEED'] ?? randomInt(2 ** 31));
/** A run that came to less has not shown enough, however busy the machine was. */
const FEWEST = PAIRS * 0.8;

const TIMES = LONG
  ? { from: 1_000, to: 5_000, stopped: 30_000, calm: 2_000 }
  : { from: 300, to: 900, stopped: 1_200, calm: 150 };

describe.runIf(inject('backend') === 'services')('three instances, among faults', () => {
  let backend: Backend;
  let world: World;

  beforeAll(async () => {
    backend = await createBackend();
    world = await startWorld(backend);
  });
  afterAll(async () => {
    await world?.close();
    await backend?.dispose();
  }, 300_000);

  it('never call a credential active whose end was acknowledged, nor inactive one that lives', {
    timeout: SECONDS * 1_000 + 120_000,
  }, async () => {
    console.log(`STRICTNESS_SEED=${SEED}`);
    const { record, faults, missing, seconds } = await run(world, {
      seed: SEED,
      pairs: PAIRS,
      seconds: SECONDS,
      people: 8,
      faults: everyFault(world),
      times: TIMES,
    });
    const begun = [...faults].map(([fault, times]) => `${times} × ${fault}`).join(', ');
    console.log(`${seconds.toFixed(0)} s, seed ${SEED}\n${record.report()}\n\nfaults: ${begun}`);

    expect(record.violations.slice(0, 20).map(inWords)).toEqual([]);
    expect(record.pairs).toBeGreaterThan(FEWEST);
    expect(missing).toEqual([]);
    expect(faults.size).toBeGreaterThan(4);
  });
});
