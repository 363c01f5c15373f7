import { epochSeconds } from '../clock.ts';
import type { IntrospectionResponse } from '../oauth/introspection.ts';
import type { Resolution } from './resolve-credential.ts';

/** The answer of POST /oauth/introspect (RFC 7662 §2.2). Inactive is one constant, whatever the cause. */
export function introspectionResponse(resolution: Resolution, issuer: string): IntrospectionResponse {
  if (resolution.use === 'none') return { active: false };
  const { session } = resolution;
  const person = {
    sub: session.personId,
    username: session.email,
    org_id: session.organizationId,
    role: session.role,
    sid: session.id,
  };
  const common = { active: true, token_type: 'Bearer', iss: issuer, client_id: session.clientId, ...person } as const;
  if (resolution.use === 'refresh_token') {
    return {
      ...common,
      token_use: 'refresh_token',
      scope: session.scope,
      iat: epochSeconds(session.rotatedAt ?? session.createdAt),
      exp: epochSeconds(session.expiresAt),
    };
  }
  const { scope, aud, jti, iat, exp } = resolution.claims;
  return { ...common, token_use: 'access_token', scope, aud, jti, iat, exp };
}
