import { describe, expect, it } from 'vitest';
import { waitForApproval } from '../../../src/cli/device-flow.ts';
import { CliError, Interrupted } from '../../../src/cli/errors.ts';
import { formOf, listen, testIo } from './support.ts';

const TOKENS = { access_token: 'a', refresh_token: 'r', token_type: 'Bearer', expires_in: 900 };

/** Polls a server that gives these answers in turn; 0 cuts the connection. Time passes only by waiting. */
async function poll(answers: [status: number, body?: object, headers?: Record<string, string>][], lifetime = 600) {
  const waits: number[] = [];
  const forms: string[] = [];
  const server = await listen(async (request, response) => {
    forms.push((await formOf(request)).toString());
    const [status, body, headers] = answers.shift() ?? [0];
    if (status === 0) {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
  });
  let time = Date.now();
  const io = testIo({
    clock: { ...testIo().clock, now: () => time },
    sleep: async (milliseconds) => {
      waits.push(milliseconds / 1000);
      time += milliseconds;
    },
  });
  const device = { deviceCode: 'code', userCode: '', verificationUri: '', verificationUriComplete: '' };
  let complaints = 0;
  const outcome = await waitForApproval(io, server, { ...device, lifetime: lifetime * 1000, interval: 5_000 }, () => {
    complaints += 1;
  }).catch((error: unknown) => error);
  return { outcome, waits, forms, complaints };
}

const pending = { error: 'authorization_pending' };

describe('waiting for approval', () => {
  it('asks every interval until the tokens come', async () => {
    const { outcome, waits, forms } = await poll([
      [400, pending],
      [400, pending],
      [200, TOKENS],
    ]);
    expect(outcome).toEqual({ accessToken: 'a', refreshToken: 'r', lifetime: 900_000 });
    expect(waits).toEqual([5, 5, 5]);
    expect(new Set(forms)).toEqual(
      new Set([
        'client_id=teamday-cli&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=code',
      ]),
    );
  });

  it('waits five seconds longer after slow_down, then and from then on', async () => {
    const slow = { error: 'slow_down' };
    const { waits } = await poll([
      [400, slow],
      [400, pending],
      [400, slow],
      [200, TOKENS],
    ]);
    expect(waits).toEqual([5, 10, 10, 15]);
  });

  it('asks ever less often while the server does not answer, and goes back when it does', async () => {
    const { outcome, waits } = await poll([[0], [503], [0], [400, pending], [200, TOKENS]]);
    expect(outcome).toMatchObject({ accessToken: 'a' });
    expect(waits).toEqual([5, 10, 20, 40, 5]);
  });

  it('tells once that the server cannot be reached, and never of a server that is overloaded', async () => {
    expect((await poll([[0], [0], [400, pending], [0], [200, TOKENS]])).complaints).toBe(1);
    expect((await poll([[503], [200, TOKENS]])).complaints).toBe(0);
  });

  it('waits as long as an overloaded server asks for', async () => {
    const { waits } = await poll([
      [429, {}, { 'retry-after': '33' }],
      [200, TOKENS],
    ]);
    expect(waits).toEqual([5, 33]);
  });

  it('ends when the person cancels', async () => {
    const { outcome, waits } = await poll([
      [400, pending],
      [400, { error: 'access_denied' }],
    ]);
    expect(outcome).toMatchObject({ exitCode: 1, message: 'The sign-in was cancelled in the browser' });
    expect(waits).toEqual([5, 5]);
  });

  it.each(['expired_token', 'invalid_grant'])('ends when the server says %s', async (error) => {
    const { outcome } = await poll([[400, { error }]]);
    expect(outcome).toMatchObject({ exitCode: 1, message: 'The code has expired before the sign-in was completed' });
  });

  it('ends with the code, also when the server says nothing about it', async () => {
    const { outcome, waits } = await poll(
      [
        [400, pending],
        [400, pending],
        [400, pending],
      ],
      12,
    );
    expect(outcome).toMatchObject({ message: 'The code has expired before the sign-in was completed' });
    expect(waits).toEqual([5, 5, 2]);
  });

  it('does not go on after any other refusal', async () => {
    const { outcome } = await poll([[401, { error: 'invalid_client', error_description: 'unknown client' }]]);
    expect(outcome).toBeInstanceOf(CliError);
    expect((outcome as CliError).message).toContain('refused the request: invalid_client (unknown client)');
  });

  it('ends at once by Ctrl+C, also while the server lets it wait', async () => {
    const interruption = new AbortController();
    const server = await listen(() => interruption.abort(new Interrupted()));
    const io = testIo({ interrupted: interruption.signal, sleep: async () => {} });
    const device = { deviceCode: 'c', userCode: '', verificationUri: '', verificationUriComplete: '' };
    const waiting = waitForApproval(io, server, { ...device, lifetime: 60_000, interval: 1 }, () => {});
    await expect(waiting).rejects.toThrow(Interrupted);
  });
});
