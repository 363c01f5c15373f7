// Resolves any Bearer credential to what it stands for right now. Remembers nothing but what never changes: which access
// tokens' signatures were good.
import type { KeyObject } from 'node:crypto';
import { createLocalJWKSet, errors, type JWK, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Clock, fromEpochSeconds } from '../clock.ts';
import { type Ask, askOne } from '../database/merged-statements.ts';
import { sha256Hex } from '../digest.ts';
import { parseToken } from '../oauth/token-format.ts';
import { parseRefreshToken } from '../sessions/refresh-token.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { LiveOrganizationToken, LivePersonalToken } from '../tokens/token.ts';
import type { Tokens } from '../tokens/tokens.ts';
import { type CredentialKey, NO_STANDING, type Question, type Standing } from './standing.ts';

/** The claims of an access token (RFC 9068 §2.2). */
export interface AccessTokenClaims {
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

/** What a credential turned out to be by itself, before anything is looked up. `key` is what is left to be asked. */
export type Recognized =
  | { readonly use: 'none'; readonly key?: undefined }
  | { readonly use: 'token'; readonly key: CredentialKey<'t'> }
  | AccessToken
  | { readonly use: 'refresh_token'; readonly key: CredentialKey<'r'>; readonly generation: number };

/** One whose signature was good. */
interface AccessToken {
  readonly use: 'access_token';
  readonly key: CredentialKey<'s'>;
  readonly claims: AccessTokenClaims;
}

/** The sign-in that a token was issued to. */
interface SessionReference {
  readonly sessionId: string;
  readonly clientId: string;
  readonly personId: string;
}

export interface CredentialResolver {
  /**
   * @param inHurry told within a second when the truth can't be read
   * @throws DatabaseUnavailable: nothing may be concluded
   */
  resolve(token: string, inHurry?: boolean): Promise<Resolution>;
  /** In steps, for who asks about more in the same statement. Undefined: it takes a signature to be verified. */
  recognize(token: string): Recognized | undefined;
  /** The same, at the cost of verifying. */
  verify(token: string): Promise<Recognized>;
  /** What it comes to. @param standing the answer about `recognized.key` */
  conclude(recognized: Recognized, standing: Standing, now: Date): Promise<Resolution> | Resolution;
  /** The session whose token this is, for its revocation: genuine is enough, expired or superseded is no matter. */
  findSessionOf(token: string): Promise<SessionReference | undefined>;
}

export interface ResolverDependencies {
  /** Of the configuration: what a client got that is no longer in it is inactive. */
  readonly clientIds: ReadonlySet<string>;
  readonly ask: Ask<Question, Standing>;
  readonly clock: Clock;
  readonly issuer: string;
  readonly keys: { readonly signingKeys: readonly JWK[]; readonly refreshTokenKey: KeyObject };
  readonly sessions: Sessions;
  readonly tokens: Tokens;
}

const NOTHING: Recognized = { use: 'none' };

export function createCredentialResolver(dependencies: ResolverDependencies): CredentialResolver {
  const { ask, clientIds, clock, issuer, keys, sessions, tokens } = dependencies;
  const publicKeys = createLocalJWKSet({ keys: keys.signingKeys.map(publicPart) });
  const verified = new LRUCache<string, AccessToken>({ max: 10_000 });

  /** A token that this server signed, whether or not it has expired. */
  async function readAccessToken(token: string): Promise<AccessToken | undefined> {
    const digest = sha256Hex(token);
    const known = verified.get(digest);
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
      const accessToken = { use: 'access_token', key: { kind: 's', id: claims.sid }, claims } as const;
      verified.set(digest, accessToken);
      return accessToken;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  function recognize(token: string): Recognized | undefined {
    if (parseToken(token) !== undefined) return { use: 'token', key: { kind: 't', id: sha256Hex(token) } };
    if (mayBeJwt(token)) {
      const known = verified.get(sha256Hex(token));
      if (known !== undefined || isJwt(token)) return known;
    }
    const parts = parseRefreshToken(token, keys.refreshTokenKey);
    if (parts === undefined) return NOTHING;
    const key = { kind: 'r', id: parts.refreshId.toString('hex') } as const;
    return { use: 'refresh_token', key, generation: parts.generation };
  }

  async function verify(token: string): Promise<Recognized> {
    return (await readAccessToken(token)) ?? NOTHING;
  }

  function conclude(recognized: Recognized, standing: Standing, now: Date): Promise<Resolution> | Resolution {
    switch (recognized.use) {
      case 'none':
        return { use: 'none', reason: 'unknown' };
      case 'token':
        return concludeToken(standing, now);
      case 'access_token': {
        const { claims } = recognized;
        if (claims.exp * 1000 <= now.getTime()) return { use: 'none', reason: 'expired' };
        const session = liveSession(standing, now);
        return session === undefined ? { use: 'none', reason: 'ended' } : { use: 'access_token', session, claims };
      }
      case 'refresh_token': {
        const session = liveSession(standing, now);
        return session?.generation === recognized.generation
          ? { use: 'refresh_token', session }
          : { use: 'none', reason: 'ended' };
      }
    }
  }

  function concludeToken({ credential: found }: Standing, now: Date): Promise<Resolution> | Resolution {
    if (found?.kind !== 'token') return { use: 'none', reason: 'unknown' };
    if (found.ended) return { use: 'none', reason: 'ended' };
    const { token, retiresReplaced } = found;
    if (token.expiresAt !== null && token.expiresAt <= now) return { use: 'none', reason: 'expired' };
    const resolution =
      token.kind === 'personal'
        ? ({ use: 'personal_access_token', token } as const)
        : ({ use: 'organization_token', token } as const);
    return retiresReplaced ? tokens.retireReplaced(token.id).then(() => resolution) : resolution;
  }

  function liveSession({ credential: found }: Standing, now: Date): LiveSession | undefined {
    if (found?.kind !== 'session' || found.session.expiresAt <= now) return undefined;
    return clientIds.has(found.session.clientId) ? found.session : undefined;
  }

  return {
    recognize,
    verify,
    conclude,

    async resolve(token, inHurry) {
      const recognized = recognize(token) ?? (await verify(token));
      const { key } = recognized;
      const standing = key === undefined ? NO_STANDING : await askOne(ask, { credential: key }, inHurry);
      return await conclude(recognized, standing, clock.now());
    },

    async findSessionOf(token) {
      if (isJwt(token)) {
        const { claims } = (await readAccessToken(token)) ?? {};
        return claims && { sessionId: claims.sid, clientId: claims.client_id, personId: claims.sub };
      }
      const parts = parseRefreshToken(token, keys.refreshTokenKey);
      const session = parts && (await sessions.findByRefreshId(parts.refreshId));
      return session && { sessionId: session.id, clientId: session.clientId, personId: session.personId };
    },
  };
}

function publicPart({ d: _private, ...rest }: JWK): JWK {
  return rest;
}

/** Told by its beginning, which is `{"` in base64url. */
function mayBeJwt(token: string): boolean {
  return token.length <= 4_096 && token.startsWith('eyJ');
}

function isJwt(token: string): boolean {
  return mayBeJwt(token) && /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token);
}
