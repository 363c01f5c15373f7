// The same as strictness.test.ts on a Postgres that really dies: killed and started again, and failed over to its
// synchronous standby. In the long form only (`npm run test:strictness`), where Postgres' own programs are installed.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Backend, createBackend } from '../support/backends.ts';
import { inWords } from '../support/history.ts';
import type { Fault } from '../support/strictness-faults.ts';
import { type PostgresCluster, postgresBinaries, startPostgresCluster } from '../support/strictness-postgres.ts';
import { run } from '../support/strictness-run.ts';
import { startWorld, type World } from '../support/strictness-world.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const SECONDS = 90;
const SEED = Number(process.env['STRICTNESS_SEED'] ?? randomInt(2 ** 31));

const isLong = process.env['PAIRS'] !== undefined && inject('backend') === 'services';
const binaries = isLong ? postgresBinaries() : undefined;
if (isLong && binaries === undefined) console.log('NOT RUN: there is no pg_config, so no Postgres to kill.');

describe.runIf(binaries !== undefined)('three instances, while their Postgres is killed', () => {
  let backend: Backend;
  let cluster: PostgresCluster;
  let front: TcpProxy;
  let world: World;

  beforeAll(async () => {
    backend = await createBackend();
    cluster = await startPostgresCluster(binaries ?? '');
    front = await startTcpProxy(cluster.url);
    world = await startWorld({ ...backend, env: { ...backend.env, DATABASE_URL: front.url } });
  });
  afterAll(async () => {
    await world?.close();
    await front?.close();
    await cluster?.stop();
    await backend?.dispose();
  }, 120_000);

  it('never call a credential active whose end was acknowledged, nor inactive one that lives', {
    timeout: SECONDS * 1_000 + 120_000,
  }, async () => {
    const { record, faults, seconds } = await run(world, {
      seed: SEED,
      pairs: Number.POSITIVE_INFINITY,
      seconds: SECONDS,
      people: 8,
      times: { from: 500, to: 500, stopped: 0, calm: 3_000 },
      faults: [
        dies('Postgres killed and restarted', () => cluster.restart()),
        dies('Postgres failed over', () => cluster.failOver(front.pointTo)),
      ],
    });
    const begun = [...faults].map(([fault, times]) => `${times} × ${fault}`).join(', ');
    console.log(`${seconds.toFixed(0)} s, seed ${SEED}\n${record.report()}\n\nfaults: ${begun}`);

    expect(record.violations.slice(0, 20).map(inWords)).toEqual([]);
    expect(record.pairs).toBeGreaterThan(100);
    for (const fault of ['Postgres killed and restarted', 'Postgres failed over'])
      expect(faults.get(fault)).toBeGreaterThan(0);
  });
});

/** It is over when there is a Postgres again. */
function dies(name: string, happens: () => Promise<void>): Fault {
  return {
    name,
    hits: 'all',
    async begin() {
      await happens();
      return undefined;
    },
  };
}
