import { DAY, epochSeconds } from '../clock.ts';
import type { ActiveIntrospection, IntrospectionResponse } from '../oauth/introspection.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { LiveToken } from '../tokens/token.ts';
import type { AccessTokenClaims, Resolution } from './resolve-credential.ts';

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

/**
 * The same as JSON. As services ask about the same credentials again and again, and a standing that has not changed is the
 * same object, what was written for it is kept beside it.
 */
export function createResponseWriter(issuer: string): (resolution: Resolution, now: Date) => string {
  const ofSessions = new WeakMap<AccessTokenClaims, { readonly session: LiveSession; readonly text: string }>();
  const ofTokens = new WeakMap<LiveToken, { readonly days: number | undefined; readonly text: string }>();
  const write = (resolution: Resolution, now: Date) => JSON.stringify(introspectionResponse(resolution, issuer, now));

  return (resolution, now) => {
    switch (resolution.use) {
      case 'access_token': {
        const { claims, session } = resolution;
        const known = ofSessions.get(claims);
        if (known?.session === session) return known.text;
        const text = write(resolution, now);
        ofSessions.set(claims, { session, text });
        return text;
      }
      case 'personal_access_token':
      case 'organization_token': {
        const { token } = resolution;
        const days = daysToNotice(token, now);
        const known = ofTokens.get(token);
        if (known !== undefined && known.days === days) return known.text;
        const text = write(resolution, now);
        ofTokens.set(token, { days, text });
        return text;
      }
      default:
        return write(resolution, now);
    }
  };
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
  const days = daysToNotice(token, now);
  return { ...common, exp: epochSeconds(expiresAt), ...(days === undefined ? {} : { expires_in_days: days }) };
}

/** Whole days that a token has left, once they are few. */
function daysToNotice({ expiresAt }: LiveToken, now: Date): number | undefined {
  if (expiresAt === null) return undefined;
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / DAY);
  return days <= NOTICE_DAYS ? days : undefined;
}
