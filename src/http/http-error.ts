/** A refusal that a route decides on. What its body looks like is decided by error-responses.ts, by where it happened. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** 400-599. */
  readonly status: number;
  /** RFC 6749 / 6750 / 7009 error code, for /oauth and Bearer challenges. */
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Happens again and again, and is nobody's fault. */
  readonly isRoutine: boolean;

  /** @param message one sentence for the caller: what happened, what to do next */
  constructor(
    status: number,
    message: string,
    options: { code?: string; headers?: Record<string, string>; cause?: unknown; isRoutine?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = options.code;
    this.headers = options.headers ?? {};
    this.isRoutine = options.isRoutine ?? false;
  }
}

/** 429, and how many seconds to wait. */
export function tooManyRequests(message: string, retryAfterSeconds: number): HttpError {
  return new HttpError(429, message, {
    code: 'temporarily_unavailable',
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
