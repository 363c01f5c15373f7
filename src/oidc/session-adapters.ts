// oidc-provider's Grant, RefreshToken and AccessToken on our sessions: one row is grant and refresh token at once, and
// access tokens are JWTs that leave no trace.
import type { KeyObject } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { epochSeconds } from '../clock.ts';
import { parseRefreshToken } from '../sessions/refresh-token.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { requestScope } from './request-scope.ts';
import { unused } from './unused-adapter.ts';

/** The grant's id is the session's. */
export function grantAdapter(audience: string): Adapter {
  return {
    ...unused('Grant'),
    async find(grantId) {
      const { session } = requestScope();
      if (session?.id !== grantId) return undefined;
      return {
        ...lifeOf(session),
        kind: 'Grant',
        jti: grantId,
        accountId: session.personId,
        resources: { [audience]: session.scope },
      };
    },
  };
}

export function refreshTokenAdapter(sessions: Sessions, key: KeyObject, audience: string): Adapter {
  return {
    ...unused('RefreshToken'),

    /** Nothing to store: the row was written when the device code or the previous token was consumed. */
    async upsert() {},

    async find(token) {
      const shown = parseRefreshToken(token, key);
      const session = shown && (await sessions.findLiveByRefreshId(shown.refreshId));
      if (session === undefined) return undefined;
      requestScope().session = session;
      return {
        ...lifeOf(session),
        kind: 'RefreshToken',
        jti: token,
        accountId: session.personId,
        grantId: session.id,
        sid: session.id,
        gty: 'device_code refresh_token',
        scope: session.scope,
        resource: audience,
        authTime: epochSeconds(session.authenticatedAt),
        iiat: epochSeconds(session.createdAt),
        rotations: shown?.generation,
      } as AdapterPayload;
    },

    /** Rotation. oidc-provider doesn't look at the result, so "no" must be thrown. */
    async consume(token) {
      const scope = requestScope();
      const shown = parseRefreshToken(token, key);
      if (shown === undefined || scope.session === undefined) throw new errors.InvalidGrant('refresh token not found');
      const actor = { ...scope, personId: scope.session.personId, credential: `session:${scope.session.id}` };
      if ((await sessions.rotate(scope.session, shown, actor)) === 'reused') {
        throw new errors.InvalidGrant('refresh token was used before: the session has been ended');
      }
    },
  };
}

/** JWTs: never stored, so never found. */
export function accessTokenAdapter(): Adapter {
  return { ...unused('AccessToken'), find: async () => undefined };
}

function lifeOf(session: LiveSession) {
  return { clientId: session.clientId, iat: epochSeconds(session.createdAt), exp: epochSeconds(session.expiresAt) };
}
