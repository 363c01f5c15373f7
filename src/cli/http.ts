// One HTTP request and its whole answer. Never follows a redirect: a credential goes to the address it was meant
// for and nowhere else. What an answer means is decided by oauth-client.ts and api-client.ts.
import { STATUS_CODES } from 'node:http';
import { CliError, EXIT, Unreachable, unexpectedAnswerError } from './errors.ts';
import type { Io } from './io.ts';
import { isRecord } from './json.ts';
import { isLoopback } from './server-url.ts';
import { timeLeft } from './time-left.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface Limits {
  /** Milliseconds until the whole answer must be here. */
  readonly timeout: number;
  /** Set where the server may change something whose only trace is the answer: Ctrl+C then waits for it. */
  readonly uninterruptible?: boolean;
}

interface Request extends Limits {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
}

/** Sends and reads the whole answer, whatever its status. Throws `Unreachable` when there is none. */
export async function send(io: Io, url: string, request: Request): Promise<Answer> {
  const { timeout, uninterruptible = false, headers, ...rest } = request;
  const deadline = AbortSignal.timeout(timeout);
  try {
    const response = await io.fetch(url, {
      ...rest,
      headers: { 'user-agent': `teamday/${io.version} (${io.platform} ${io.arch})`, ...headers },
      redirect: 'manual',
      signal: uninterruptible ? deadline : AbortSignal.any([deadline, io.interrupted]),
    });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    if (!uninterruptible) io.interrupted.throwIfAborted();
    const address = new URL(url);
    const reason = deadline.aborted ? `no answer within ${timeLeft(timeout)}` : reasonOf(error, address);
    throw new Unreachable(address.origin, reason);
  }
}

/** The answer's JSON, whatever it holds; undefined when it isn't JSON. */
export function parsedBody(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The answer's JSON object, or undefined when it is anything else. */
export function jsonOf(answer: Answer): Record<string, unknown> | undefined {
  const value = parsedBody(answer);
  return isRecord(value) ? value : undefined;
}

/** What a successful answer of `server` says. Throws a CliError when `read` can't make sense of its JSON. */
export function understood<T>(server: string, answer: Answer, read: (body: Record<string, unknown>) => T): T {
  try {
    return read(jsonOf(answer) ?? {});
  } catch (error) {
    throw unexpectedAnswerError(server, (error as Error).message);
  }
}

/** RFC 9110 §10.2.3: milliseconds to wait, given as seconds or as a date; undefined when not said. */
export function retryAfter(io: Pick<Io, 'clock'>, answer: Answer): number | undefined {
  const value = answer.headers.get('retry-after');
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : io.clock.parse(value) - io.clock.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

const INVALID_TOKEN = 'Invalid token or token expired';

/** What a refused request means to the person; `signInAgain` says how to get a credential that works. */
export function refusalOf(io: Io, answer: Answer, signInAgain: readonly string[]): CliError {
  const { status } = answer;
  const wait = retryAfter(io, answer);
  const said = messageOf(answer);
  switch (status) {
    case 401:
      return new CliError(EXIT.notSignedIn, INVALID_TOKEN, {
        status,
        details: said === undefined || said === INVALID_TOKEN ? [] : [said],
        next: signInAgain,
      });
    case 403:
      return new CliError(EXIT.forbidden, 'You do not have permission to perform this action', {
        status,
        details: said === undefined ? [] : [said],
        next: [
          'See who you are and in which organization:',
          '  teamday auth status',
          '  teamday config get organization',
        ],
      });
    case 429:
      return new CliError(EXIT.rateLimited, 'Rate limit exceeded', {
        status,
        details: wait === undefined ? [] : [`Retry-After: ${Math.ceil(wait / 1000)}`],
        next: [`Try again in ${wait === undefined ? 'a few minutes' : timeLeft(wait)}.`],
      });
    default:
      return new CliError(EXIT.failure, said ?? STATUS_CODES[status] ?? 'The request failed', {
        status,
        next:
          status < 500
            ? []
            : [`The server can't answer now. Try again ${wait === undefined ? 'later' : `in ${timeLeft(wait)}`}.`],
      });
  }
}

/** The sentence of an `/api` error (`message`) or of an OAuth one (RFC 6749 §5.2). */
function messageOf(answer: Answer): string | undefined {
  const { message, error_description: description, error } = jsonOf(answer) ?? {};
  return [message, description, error].find((value) => typeof value === 'string' && value !== '') as string | undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted (self-signed)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
};

function reasonOf(error: unknown, address: URL): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = isRecord(cause) && typeof cause['code'] === 'string' ? cause['code'] : undefined;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    // Elsewhere http:// would be refused: it isn't what to try.
    return `the server doesn't speak https there${isLoopback(address) ? `: try http://${address.host}` : ''}`;
  }
  return (code && (REASONS[code] ?? code)) || (cause instanceof Error ? cause.message : String(cause));
}
