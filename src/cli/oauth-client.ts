// The OAuth endpoints as the command calls them: device authorization (RFC 8628 §3.1), token (RFC 6749 §3.2) and
// revocation (RFC 7009). What is asked when is decided by device-flow.ts and session.ts.
import { CLI_CLIENT_ID, CLI_SCOPES, DEVICE_CODE_GRANT } from '../oauth/device-grant.ts';
import { CliError, EXIT, Unreachable, unexpectedAnswerError } from './errors.ts';
import { type Answer, jsonOf, type Limits, refusalOf, send, understood } from './http.ts';
import type { Io } from './io.ts';
import { numberField, stringField } from './json.ts';
import type { SavedSession, Tokens } from './saved-config.ts';
import { isConfidential } from './server-url.ts';

/** RFC 8628 §3.2, with times in milliseconds. */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  /** With the code in it, so that the person needn't type it. */
  readonly verificationUriComplete: string;
  readonly lifetime: number;
  readonly interval: number;
}

/** What a token endpoint says: tokens, or an error code of RFC 6749 §5.2 or RFC 8628 §3.5 (`''` when it named none). */
export type TokenReply =
  | { readonly kind: 'tokens'; readonly tokens: Tokens }
  | { readonly kind: 'refused'; readonly error: string; readonly answer: Answer };

const TIMEOUT = 15_000;
/** Short enough for a second and a third try within the 10 s in which the server gives the same answer again. */
const RETRIED_TIMEOUT = 4_000;
const RETRY_PAUSES = [200, 800];
const LAST_RETRY_AFTER = 8_000;

/** Starts a sign-in. The host's name and system are shown on the page, so that a foreign request is recognised. */
export async function requestDeviceCode(io: Io, server: string): Promise<DeviceAuthorization> {
  const answer = await post(io, server, '/oauth/device_authorization', {
    scope: CLI_SCOPES.join(' '),
    device_name: io.hostname,
    device_system: `${SYSTEMS[io.platform] ?? io.platform} ${io.arch}`,
  });
  if (answer.status !== 200) throw oauthRefusal(io, server, answer);
  return understood(server, answer, (body) => {
    const verificationUri = pageAddress(stringField(body, 'verification_uri'));
    const complete = body['verification_uri_complete'];
    return {
      deviceCode: stringField(body, 'device_code'),
      userCode: stringField(body, 'user_code'),
      verificationUri,
      verificationUriComplete: typeof complete === 'string' ? pageAddress(complete) : verificationUri,
      lifetime: numberField(body, 'expires_in') * 1000,
      interval: body['interval'] === undefined ? 5_000 : Math.max(1, numberField(body, 'interval')) * 1000,
    };
  });
}

/** One poll for the tokens of a sign-in. The same code may be presented again after a lost answer. */
export async function redeemDeviceCode(io: Io, server: string, deviceCode: string): Promise<TokenReply> {
  return tokenReply(
    server,
    await post(io, server, '/oauth/token', { grant_type: DEVICE_CODE_GRANT, device_code: deviceCode }),
  );
}

/**
 * Exchanges the refresh token for its successor. A lost answer is asked for again at once, while the server still
 * gives the same successor, and Ctrl+C waits for it: otherwise the only copy of the new token would be lost.
 * `invalid_grant` gives `'ended'`; every other refusal throws.
 */
export async function redeemRefreshToken(io: Io, session: SavedSession): Promise<Tokens | 'ended'> {
  const { url, refreshToken } = session;
  const answer = await insist(io, () =>
    post(io, url, '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken }, RETRIED),
  );
  const reply = tokenReply(url, answer, refreshToken);
  if (reply.kind === 'tokens') return reply.tokens;
  if (reply.error === 'invalid_grant') return 'ended';
  throw oauthRefusal(io, url, answer);
}

/** Ends the session on the server. Returns only when the server has confirmed it. */
export async function revokeSession(io: Io, session: SavedSession): Promise<void> {
  const form = { token: session.refreshToken, token_type_hint: 'refresh_token' };
  const answer = await insist(io, () => post(io, session.url, '/oauth/revoke', form, RETRIED));
  if (answer.status !== 200) throw oauthRefusal(io, session.url, answer);
}

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const RETRIED = { timeout: RETRIED_TIMEOUT, uninterruptible: true };

async function post(
  io: Io,
  server: string,
  path: string,
  form: Readonly<Record<string, string>>,
  limits: Limits = { timeout: TIMEOUT },
): Promise<Answer> {
  return await send(io, server + path, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ client_id: CLI_CLIENT_ID, ...form }),
    ...limits,
  });
}

/** Up to three tries at something that may safely be asked again. */
async function insist(io: Io, attempt: () => Promise<Answer>): Promise<Answer> {
  const lastRetryAt = io.clock.now() + LAST_RETRY_AFTER;
  for (const pause of RETRY_PAUSES) {
    try {
      const answer = await attempt();
      if (answer.status < 500) return answer;
    } catch (error) {
      if (!(error instanceof Unreachable) || io.clock.now() + pause > lastRetryAt) throw error;
    }
    await io.sleep(pause);
  }
  return await attempt();
}

function tokenReply(server: string, answer: Answer, currentRefreshToken?: string): TokenReply {
  if (answer.status !== 200) {
    const error = jsonOf(answer)?.['error'];
    return { kind: 'refused', error: typeof error === 'string' ? error : '', answer };
  }
  const tokens = understood(server, answer, (body) => ({
    accessToken: stringField(body, 'access_token'),
    // RFC 6749 §6: without a new refresh token the old one stays in use.
    refreshToken:
      body['refresh_token'] === undefined && currentRefreshToken !== undefined
        ? currentRefreshToken
        : stringField(body, 'refresh_token'),
    lifetime: numberField(body, 'expires_in') * 1000,
  }));
  return { kind: 'tokens', tokens };
}

/** What a refusal of an OAuth endpoint that isn't part of the flow means to the person. */
export function oauthRefusal(io: Io, server: string, answer: Answer): CliError {
  if (answer.status === 429 || answer.status >= 500) return refusalOf(io, answer, []);
  const { error, error_description: description } = jsonOf(answer) ?? {};
  if (typeof error !== 'string') return unexpectedAnswerError(server, `status ${answer.status}`);
  const said = typeof description === 'string' ? `${error} (${description})` : error;
  return new CliError(EXIT.failure, `${server} refused the request: ${said}`, {
    status: answer.status,
    next: ['This command may be older than the server. Its version:', '  teamday --version'],
  });
}

/** The browser is only ever sent to a web page that nobody can alter on the way. */
function pageAddress(text: string): string {
  if (!URL.canParse(text) || !isConfidential(new URL(text))) throw new TypeError(`"${text}" is not a safe web address`);
  return text;
}
