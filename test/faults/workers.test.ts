// What becomes of a server with WORKERS when its processes die: one of them, all of them, their primary, at the start
// and later.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Backend, createBackend } from '../support/backends.ts';
import { type IdentityProcess, startIdentityProcess } from '../support/identity-process.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { isAlive, statusOf, workersOf } from '../support/workers.ts';

describe.runIf(inject('backend') === 'services')('two workers', () => {
  let backend: Backend;
  let proxy: TcpProxy;
  let identity: IdentityProcess;

  beforeAll(async () => {
    backend = await createBackend();
    proxy = await startTcpProxy(backend.env['DATABASE_URL'] ?? '');
    identity = await startIdentityProcess({ backend, env: { WORKERS: '2', DATABASE_URL: proxy.url } });
  });
  afterAll(async () => {
    await identity?.stop();
    await proxy?.close();
    await backend?.dispose();
  });

  const living = () => workersOf(identity).filter(isAlive);

  it('survive a kill -9 of one: the other serves, and a third takes its place', async () => {
    const [one = 0, other = 0] = workersOf(identity);
    process.kill(one, 'SIGKILL');
    await until('its end to be noticed', () => (identity.output.includes('a worker ended') ? true : undefined));
    for (let request = 0; request < 4; request += 1) expect(await statusOf(`${identity.url}/health/ready`)).toBe(200);
    await until('another', () => (workersOf(identity).length === 3 ? true : undefined));
    expect(living()).toHaveLength(2);
    expect(living()).toContain(other);
  });

  it('let requests under way finish on SIGTERM, whoever else is sent it, and exit with 0', async () => {
    const { hostname, port } = new URL(identity.url);
    const socket = connect(Number(port), hostname);
    const body = 'grant_type=refresh_token&client_id=teamday-cli&refresh_token=none';
    const head = ['POST /oauth/token HTTP/1.1', `Host: ${hostname}:${port}`, `Content-Length: ${body.length}`];
    const more = ['Content-Type: application/x-www-form-urlencoded', 'Expect: 100-continue', '', ''];
    socket.write([...head, ...more].join('\r\n'));
    await once(socket, 'data'); // a worker has it, and waits for the body

    const workers = living();
    for (const pid of workers) process.kill(pid, 'SIGINT'); // Ctrl-C goes to all of them
    const ended = identity.kill('SIGTERM');
    // One that was taken at this very moment by the primary gets no worker any more: it waits for the end.
    const another = () => statusOf(`${identity.url}/health/alive`, { signal: AbortSignal.timeout(100) });
    await expect.poll(() => another().catch((error: Error) => error.name)).toBe('TypeError'); // refused
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    const finished = once(socket, 'close');
    socket.write(body);
    await finished;
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"invalid_grant"');
    expect(await ended).toBe(0);
    expect(workers.filter(isAlive)).toEqual([]);
  });

  it('end with their primary', async () => {
    await identity.restart();
    const workers = living();
    expect(workers).toHaveLength(2);
    expect(await identity.kill('SIGKILL')).toBe('SIGKILL');
    await until('their end', () => (workers.some(isAlive) ? undefined : true));
  });

  it('that can’t start again leave the rest to who supervises them: exit 1', async () => {
    await identity.restart();
    await proxy.cut();
    for (const pid of living()) process.kill(pid, 'SIGKILL');
    await until('giving up', () => (identity.output.includes('giving up') ? true : undefined));
    await until('its end', () => (isAlive(identity.pid) ? undefined : true));
    expect(await identity.kill()).toBe(1);
    await proxy.heal();
  });

  it('that can’t start at all say why, once', async () => {
    await proxy.cut();
    const failure = await startIdentityProcess({ backend, env: { WORKERS: '2', DATABASE_URL: proxy.url } }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure.match(/Check DATABASE_URL and that the server runs/g)).toHaveLength(1);
    expect(failure).toContain('a worker ended before it was ready, for the reason above');
    await proxy.heal();
  });
});
