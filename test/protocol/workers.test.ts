// WORKERS: several processes of one server, on one port, with one set of limits and one /metrics. What becomes of them
// when they die is in faults/workers.test.ts.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ConfigurationError, loadConfig } from '../../src/config.ts';
import { freePort } from '../support/free-port.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { startLogin } from '../support/oauth.ts';
import { statusOf, workersOf } from '../support/workers.ts';

const LIMIT = 5;

describe('WORKERS', () => {
  it('is refused on the embedded database, together with all else that is wrong', () => {
    expect(faultsOf({ WORKERS: '2', PORT: '0' })).toEqual([
      'PORT must be a number from 1 to 65535, not "0"',
      'WORKERS=2 needs DATABASE_URL: the embedded database serves one process',
    ]);
    expect(loadConfig({ WORKERS: '1' }).workers).toBe(1);
  });

  it('is a number from 1 to 99', () => {
    for (const text of ['0', '-1', '1.5', '100', 'two', '2x']) {
      const faults = [`WORKERS must be a number from 1 to 99, not ${JSON.stringify(text)}`];
      expect(faultsOf({ WORKERS: text, DATABASE_URL: 'postgres://127.0.0.1/x' })).toEqual(faults);
    }
    expect(loadConfig({ WORKERS: '12', DATABASE_URL: 'postgres://127.0.0.1/x' }).workers).toBe(12);
  });
});

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

describe.runIf(inject('backend') === 'services')('two workers without Redis', () => {
  let identity: IdentityProcess;
  let metrics: string;

  beforeAll(async () => {
    const metricsPort = String(await freePort());
    metrics = `http://127.0.0.1:${metricsPort}/metrics`;
    identity = await startIdentityProcess({
      env: { WORKERS: '2', REDIS_URL: '', METRICS_PORT: metricsPort },
      settings: (given) => ({
        ...given,
        limits: { ...given.limits, deviceAuthorizationPerAddress: { points: LIMIT, seconds: 600 } },
      }),
    });
  });
  afterAll(() => identity?.stop());

  it('are ready together, make one first account and say so once', () => {
    expect(workersOf(identity)).toHaveLength(2);
    expect(identity.output.match(/is ready at/g)).toHaveLength(1);
    expect(identity.output.match(/First start:/g)).toHaveLength(1);
    expect(identity.demo).toBeDefined();
  });

  it('answer both: with either one held, the other goes on, and nothing is lost', async () => {
    for (const pid of workersOf(identity)) {
      process.kill(pid, 'SIGSTOP');
      let answered = 0;
      const requests = Array.from({ length: 8 }, async () => {
        const status = await statusOf(`${identity.url}/health/alive`);
        answered += 1;
        return status;
      });
      await expect.poll(() => answered).toBeGreaterThan(0);
      expect(answered).toBeLessThan(requests.length);
      process.kill(pid, 'SIGCONT');
      expect(await Promise.all(requests)).toEqual(Array(8).fill(200));
    }
  });

  it('are counted together, on one port', async () => {
    const counted = async () => {
      const text = await (await fetch(metrics)).text();
      expect(text).toContain('process_cpu_seconds_total');
      return Number(/_count\{method="GET",route="\/oauth\/jwks",status="200"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    expect(await counted()).toBe(0);
    await Promise.all(Array.from({ length: 10 }, () => statusOf(`${identity.url}/oauth/jwks`)));
    expect(await counted()).toBe(10);
    expect(await statusOf(`${identity.url}/metrics`)).toBe(404);
    expect(await statusOf(metrics.replace('/metrics', '/'))).toBe(404);
  });

  it('share one limit', async () => {
    for (let login = 0; login < LIMIT; login += 1) await startLogin(identity.url);
    const body = new URLSearchParams({ client_id: 'teamday-cli' });
    const more = Array.from({ length: 6 }, () =>
      statusOf(`${identity.url}/oauth/device_authorization`, { method: 'POST', body }),
    );
    expect(await Promise.all(more)).toEqual(Array(6).fill(429));
  });
});
