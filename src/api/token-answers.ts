// The shapes in which both kinds of tokens are answered: lists, and the one answer that shows a token's value.
import type { Context } from 'koa';
import { HttpError, tooManyRequests } from '../http/http-error.ts';
import { type IssuedToken, previewOf, type Token } from '../tokens/token.ts';
import type { Issue, TooLong } from '../tokens/tokens.ts';
import { FORBIDDEN } from './principal.ts';

/** 200 with the tokens, newest first. */
export function answerList(ctx: Context, tokens: readonly Token[]): void {
  ctx.body = { tokens: tokens.map(listed), count: tokens.length };
}

function listed(token: Token) {
  const { id, name, createdBy, createdAt, expiresAt, lastUsedAt, organizationId } = token;
  const times = { createdAt, expiresAt, lastUsedAt };
  return token.kind === 'organization'
    ? { id, name, tokenPreview: previewOf(token), scopes: token.scopes, createdBy, ...times }
    : { id, name, tokenPreview: previewOf(token), organizationId, ...times };
}

/** The one answer that shows a token's value. */
export function issued({ secret, id, name, scopes, organizationId, expiresAt }: IssuedToken): object {
  return { token: secret.reveal(), id, name, ...(scopes === null ? { organizationId } : { scopes }), expiresAt };
}

/**
 * 201 with the token that was issued, its value included.
 * @throws HttpError 403, 404, 409, 429 for the reasons why none was
 */
export function answerIssued(
  ctx: Context,
  result: Issue<TooLong | { readonly outcome: 'unknown' | 'replaced' }>,
): void {
  switch (result.outcome) {
    case 'issued': {
      ctx.status = 201;
      ctx.body = issued(result.token);
      return;
    }
    case 'limited':
      throw tooManyRequests('Rate limit exceeded', result.retryAfterSeconds);
    case 'too_long':
      throw new HttpError(
        400,
        `The organization's policy allows at most ${result.maxDays} days: expiresInDays must be 1 to ${result.maxDays}`,
      );
    case 'forbidden':
      throw new HttpError(403, FORBIDDEN);
    case 'unknown':
      throw new HttpError(404, 'Token not found');
    case 'replaced':
      throw new HttpError(409, 'This token was rotated before. Rotate its successor.');
  }
}

/** @throws HttpError 404 when there was none such; 403 when who asked lost their role or sign-in meanwhile */
export function answerRevoked(ctx: Context, outcome: 'revoked' | 'unknown' | 'forbidden'): void {
  if (outcome === 'forbidden') throw new HttpError(403, FORBIDDEN);
  if (outcome === 'unknown') throw new HttpError(404, 'Token not found');
  ctx.body = { success: true };
}
