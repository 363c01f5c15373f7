// Bearer credentials (RFC 6750): what is read of a request, and how a credential that is missing or no longer good is
// refused: with the texts of the published documents, and a challenge.
import { HttpError } from './http-error.ts';

/** The credential of an Authorization header. No other place is looked at (RFC 6750 §2.1). */
export function bearerOf(authorization: string): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1];
}

export function missingCredential(): HttpError {
  return new HttpError(401, 'No authentication token found', {
    headers: { 'www-authenticate': 'Bearer realm="TeamDay"' },
  });
}

/** @param expired known only of credentials whose secret was right */
export function refusedCredential(credential: string, expired: boolean): HttpError {
  const isOrganizationToken = credential.startsWith('otk_');
  const invalid = isOrganizationToken
    ? 'Unauthorized. Invalid or expired organization token'
    : 'Invalid token or token expired';
  const message = isOrganizationToken && expired ? 'Organization token expired' : invalid;
  return new HttpError(401, message, {
    headers: { 'www-authenticate': `Bearer realm="TeamDay", error="invalid_token", error_description="${message}"` },
  });
}
