// Turns what a route threw into the answer its path promises: RFC 6749 JSON under /oauth, { statusCode, message } under
// /api and /health, a page elsewhere. The only place where errors become statuses.
import type { Context, Middleware } from 'koa';
import { DatabaseUnavailable, UnfitText } from '../database/database.ts';
import { HttpError } from './http-error.ts';

export interface ErrorResponsesOptions {
  /** Answers a person with a page. */
  readonly showPage: (ctx: Context, error: HttpError) => void;
  /** Told of what is our fault. */
  readonly onFault: (error: unknown, ctx: Context) => void;
}

export function errorResponses({ showPage, onFault }: ErrorResponsesOptions): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null && ctx.respond !== false) throw new HttpError(404, 'Not found');
    } catch (thrown) {
      const error = toHttpError(thrown);
      if (error.status >= 500) onFault(thrown, ctx);
      ctx.set(error.headers);
      ctx.set('cache-control', 'no-store');
      if (ctx.path.startsWith('/oauth/')) {
        ctx.status = error.status;
        ctx.body = oauthError(error);
      } else if (/^\/(?:api|health|assets|\.well-known)\//.test(ctx.path)) {
        ctx.status = error.status;
        ctx.body = apiError(error);
      } else {
        showPage(ctx, error);
      }
    }
  };
}

/** RFC 6749 §5.2. */
export function oauthError(error: HttpError): object {
  return { error: error.code ?? codeFor(error.status), error_description: error.message };
}

/** As the published documents have it. */
export function apiError({ status, message }: HttpError): object {
  return { statusCode: status, message };
}

/** What is thrown on the way, as the refusal it is to the caller. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  if (thrown instanceof DatabaseUnavailable) {
    return new HttpError(503, 'The service is briefly unavailable. Try again in a moment.', {
      code: 'temporarily_unavailable',
      headers: { 'retry-after': '1' },
      cause: thrown,
    });
  }
  if (thrown instanceof UnfitText)
    return new HttpError(400, 'The request holds a NUL character: send it without.', { code: 'invalid_request' });
  // Koa and its libraries mark what is the caller's fault: a malformed path, an aborted request.
  const { status, expose, message } = thrown as { status?: number; expose?: boolean; message?: string };
  if (status !== undefined && status < 500 && expose === true)
    return new HttpError(status, message ?? 'Bad request', { cause: thrown });
  return new HttpError(
    500,
    'Something went wrong on our side. Try again; if it happens again, tell us the request id.',
    {
      code: 'server_error',
      cause: thrown,
    },
  );
}

function codeFor(status: number): string {
  if (status === 401) return 'invalid_client';
  return status < 500 ? 'invalid_request' : 'server_error';
}
