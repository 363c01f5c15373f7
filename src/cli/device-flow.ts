// Waiting for the person in the browser: RFC 8628 §3.4-3.5.
//   1. wait `interval`, 2. ask for the tokens, 3. by the answer: done, ask again, ask less often, or give up.
// Showing the code and keeping the tokens is the login command's matter.
import { CliError, EXIT, Unreachable } from './errors.ts';
import { retryAfter } from './http.ts';
import type { Io } from './io.ts';
import { type DeviceAuthorization, oauthRefusal, redeemDeviceCode, type TokenReply } from './oauth-client.ts';
import type { Tokens } from './saved-config.ts';

/** RFC 8628 §3.5: by how much `slow_down` lengthens this and every later wait. */
const SLOW_DOWN = 5_000;
const LONGEST_BACK_OFF = 60_000;

/**
 * Polls until the person has decided; `onUnreachable` is called once, when a poll first gets no answer at all.
 * Throws a CliError when the person cancelled or the code has expired.
 */
export async function waitForApproval(
  io: Io,
  server: string,
  device: DeviceAuthorization,
  onUnreachable: () => void,
): Promise<Tokens> {
  const expiresAt = io.clock.now() + device.lifetime;
  let interval = device.interval;
  let failures = 0;
  let wait = interval;
  let hasComplained = false;
  while (io.clock.now() < expiresAt) {
    await io.sleep(Math.min(wait, expiresAt - io.clock.now()));
    const reply = await poll(io, server, device.deviceCode);
    if (reply?.kind === 'tokens') return reply.tokens;
    if (reply === undefined && !hasComplained) {
      hasComplained = true;
      onUnreachable();
    }
    if (reply === undefined || isOverloaded(reply)) {
      // RFC 8628 §3.5: a server that doesn't answer is asked ever less often.
      failures += 1;
      const asked = reply === undefined ? 0 : (retryAfter(io, reply.answer) ?? 0);
      wait = Math.max(asked, Math.min(interval * 2 ** failures, LONGEST_BACK_OFF));
      continue;
    }
    failures = 0;
    switch (reply.error) {
      case 'authorization_pending':
        break;
      case 'slow_down':
        interval += SLOW_DOWN;
        break;
      case 'access_denied':
        throw new CliError(EXIT.failure, 'The sign-in was cancelled in the browser', { next: AGAIN });
      case 'expired_token':
      case 'invalid_grant':
        throw expiredError();
      default:
        throw oauthRefusal(io, server, reply.answer);
    }
    wait = interval;
  }
  throw expiredError();
}

const AGAIN = ['To try again:', '  teamday auth login'];

async function poll(io: Io, server: string, deviceCode: string): Promise<TokenReply | undefined> {
  try {
    return await redeemDeviceCode(io, server, deviceCode);
  } catch (error) {
    if (error instanceof Unreachable) return undefined;
    throw error;
  }
}

function isOverloaded({ error, answer }: Extract<TokenReply, { kind: 'refused' }>): boolean {
  return error !== 'slow_down' && (answer.status === 429 || answer.status >= 500);
}

function expiredError(): CliError {
  return new CliError(EXIT.failure, 'The code has expired before the sign-in was completed', { next: AGAIN });
}
