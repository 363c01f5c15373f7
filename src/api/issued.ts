import { HttpError, tooManyRequests } from '../http/http-error.ts';
import type { Issue, IssuedToken } from '../tokens/tokens.ts';
import { FORBIDDEN } from './principal.ts';

/**
 * The token that was issued.
 * @throws HttpError 403, 404, 409, 429 for the reasons why none was
 */
export function issuedOr(result: Issue<{ readonly outcome: 'unknown' | 'replaced' }>): IssuedToken {
  switch (result.outcome) {
    case 'issued':
      return result.token;
    case 'limited':
      throw tooManyRequests('Rate limit exceeded', result.retryAfterSeconds);
    case 'forbidden':
      throw new HttpError(403, FORBIDDEN);
    case 'unknown':
      throw new HttpError(404, 'Token not found');
    case 'replaced':
      throw new HttpError(409, 'This token was rotated before. Rotate its successor.');
  }
}
