import { DAY, epochSeconds } from '../clock.ts';
import type { ActiveIntrospection, IntrospectionResponse } from '../oauth/introspection.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { LiveToken } from '../tokens/token.ts';
import type { Resolution } from './resolve-credential.ts';

/** The answer of POST /oauth/introspect (RFC 7662 §2.2). Inactive is one constant, whatever the cause. */
export function introspectionResponse(resolution: Resolution, issuer: string, now: Date): IntrospectionResponse {
  const common = { active: true, token_type: 'Bearer', iss: issuer } as const;
  switch (resolution.use) {
    case 'none':
      return { active: false };
    case 'access_token': {
      const { scope, aud, jti, iat, exp } = resolution.claims;
      return { ...common, token_use: resolution.use, ...ofSession(resolution.session), scope, aud, jti, iat, exp };
    }
    case 'refresh_token': {
      const { session } = resolution;
      const times = { iat: epochSeconds(session.rotatedAt ?? session.createdAt), exp: epochSeconds(session.expiresAt) };
      return { ...common, token_use: resolution.use, ...ofSession(session), scope: session.scope, ...times };
    }
    case 'personal_access_token': {
      const { token } = resolution;
      const person = { sub: token.personId, username: token.email, role: token.role };
      return { ...common, token_use: resolution.use, ...person, ...ofToken(token, now), scope: 'all' };
    }
    case 'organization_token': {
      const { token } = resolution;
      return {
        ...common,
        token_use: resolution.use,
        sub: token.organizationId,
        ...ofToken(token, now),
        scope: token.scopes.join(' '),
      };
    }
  }
}

function ofSession(session: LiveSession) {
  return {
    client_id: session.clientId,
    sub: session.personId,
    username: session.email,
    org_id: session.organizationId,
    role: session.role,
    sid: session.id,
  };
}

/** From this many days before its end on, a token's owner is told. */
const NOTICE_DAYS = 30;

function ofToken(
  token: LiveToken,
  now: Date,
): Pick<ActiveIntrospection, 'jti' | 'org_id' | 'iat' | 'exp' | 'expires_in_days'> {
  const { id: jti, organizationId, createdAt, expiresAt } = token;
  const common = { jti, org_id: organizationId, iat: epochSeconds(createdAt) };
  if (expiresAt === null) return common;
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / DAY);
  return { ...common, exp: epochSeconds(expiresAt), ...(days <= NOTICE_DAYS ? { expires_in_days: days } : {}) };
}
