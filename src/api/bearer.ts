// Who calls /api: the Bearer credential of a request, resolved as introspection would.
import type { Context } from 'koa';
import { HttpError } from '../http/http-error.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import type { LiveSession } from '../sessions/session.ts';

/**
 * The live session behind the request's access token (RFC 6750 §2.1: in the Authorization header only).
 * @throws HttpError 401 with a challenge (RFC 6750 §3)
 */
export async function requireSession(ctx: Context, resolver: CredentialResolver): Promise<LiveSession> {
  const token = /^bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1];
  if (token === undefined) {
    throw new HttpError(401, 'No authentication token found', {
      headers: { 'www-authenticate': 'Bearer realm="TeamDay"' },
    });
  }
  const resolution = await resolver.resolve(token);
  if (resolution.use !== 'access_token') {
    throw new HttpError(401, 'Invalid token or token expired', {
      headers: {
        'www-authenticate':
          'Bearer realm="TeamDay", error="invalid_token", error_description="Invalid token or token expired"',
      },
    });
  }
  return resolution.session;
}
