// Resolves any Bearer credential to what it stands for right now. Writes nothing, remembers nothing but what never
// changes: which access tokens' signatures were good.
import { createLocalJWKSet, errors, type JWK, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Clock, fromEpochSeconds } from '../clock.ts';
import { sha256 } from '../digest.ts';
import { parseToken } from '../oauth/token-format.ts';
import { parseRefreshToken } from '../sessions/refresh-token.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { LiveOrganizationToken, LivePersonalToken } from '../tokens/token.ts';
import type { Tokens } from '../tokens/tokens.ts';

/** The claims of an access token (RFC 9068 §2.2). */
interface AccessTokenClaims {
  readonly sid: string;
  readonly sub: string;
  readonly client_id: string;
  readonly scope: string;
  readonly aud: string | string[];
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

/** `unknown` covers all that this server never issued; `ended` what it issued and is no longer good. */
export type Resolution =
  | { readonly use: 'access_token'; readonly session: LiveSession; readonly claims: AccessTokenClaims }
  | { readonly use: 'refresh_token'; readonly session: LiveSession }
  | { readonly use: 'personal_access_token'; readonly token: LivePersonalToken }
  | { readonly use: 'organization_token'; readonly token: LiveOrganizationToken }
  | { readonly use: 'none'; readonly reason: 'unknown' | 'expired' | 'ended' };

/** The sign-in that a token was issued to. */
interface SessionReference {
  readonly sessionId: string;
  readonly clientId: string;
  readonly personId: string;
}

export interface CredentialResolver {
  /** @throws DatabaseUnavailable: the truth can't be read, nothing may be concluded */
  resolve(token: string): Promise<Resolution>;
  /** The session whose token this is, for its revocation: genuine is enough, expired or superseded is no matter. */
  findSessionOf(token: string): Promise<SessionReference | undefined>;
}

interface ResolverKeys {
  readonly signingKeys: readonly JWK[];
  readonly refreshTokenKey: Buffer;
}

export function createCredentialResolver(
  sessions: Sessions,
  tokens: Tokens,
  keys: ResolverKeys,
  issuer: string,
  clock: Clock,
): CredentialResolver {
  const publicKeys = createLocalJWKSet({ keys: keys.signingKeys.map(publicPart) });
  const verified = new LRUCache<string, AccessTokenClaims>({ max: 10_000 });

  /** The claims of a token that this server signed, whether or not it has expired. */
  async function readAccessToken(token: string): Promise<AccessTokenClaims | undefined> {
    const key = sha256(token).toString('base64');
    const known = verified.get(key);
    if (known !== undefined) return known;
    try {
      const { payload } = await jwtVerify(token, publicKeys, {
        issuer,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'client_id', 'aud', 'jti', 'iat', 'exp', 'sid'],
        currentDate: fromEpochSeconds(0), // expiry is judged by the caller, at each call
      });
      const claims = payload as unknown as AccessTokenClaims;
      verified.set(key, claims);
      return claims;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** @param text well-formed: rubbish costs no query */
  async function resolveToken(text: string): Promise<Resolution> {
    const found = await tokens.resolve(sha256(text));
    if (found?.state !== 'live')
      return { use: 'none', reason: found === undefined ? 'unknown' : inactiveReasons[found.state] };
    const { token } = found;
    return token.kind === 'personal' ? { use: 'personal_access_token', token } : { use: 'organization_token', token };
  }

  return {
    async resolve(token) {
      if (parseToken(token) !== undefined) return await resolveToken(token);
      if (isJwt(token)) {
        const claims = await readAccessToken(token);
        if (claims === undefined) return { use: 'none', reason: 'unknown' };
        if (claims.exp * 1000 <= clock.now().getTime()) return { use: 'none', reason: 'expired' };
        const session = await sessions.findLive(claims.sid);
        return session === undefined ? { use: 'none', reason: 'ended' } : { use: 'access_token', session, claims };
      }
      const parts = parseRefreshToken(token, keys.refreshTokenKey);
      if (parts === undefined) return { use: 'none', reason: 'unknown' };
      const session = await sessions.findLiveByRefreshId(parts.refreshId);
      return session?.generation === parts.generation
        ? { use: 'refresh_token', session }
        : { use: 'none', reason: 'ended' };
    },

    async findSessionOf(token) {
      if (isJwt(token)) {
        const claims = await readAccessToken(token);
        return claims && { sessionId: claims.sid, clientId: claims.client_id, personId: claims.sub };
      }
      const parts = parseRefreshToken(token, keys.refreshTokenKey);
      const session = parts && (await sessions.findByRefreshId(parts.refreshId));
      return session && { sessionId: session.id, clientId: session.clientId, personId: session.personId };
    },
  };
}

const inactiveReasons = { expired: 'expired', revoked: 'ended' } as const;

function publicPart({ d: _private, ...rest }: JWK): JWK {
  return rest;
}

function isJwt(token: string): boolean {
  return token.length <= 4_096 && /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token);
}
