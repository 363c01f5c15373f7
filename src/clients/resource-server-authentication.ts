// Authenticates a service at the introspection endpoint: client_secret_basic, client_secret_post, private_key_jwt.
// Owns the used_client_assertions table.
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { type Clock, fromEpochSeconds } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { sameBytes, sha256 } from '../digest.ts';
import type { ClientCredentials } from './client-credentials.ts';
import type { ResourceServer } from './resource-server.ts';

/** An assertion may live this long, and is remembered as used until it expires. */
const MAX_ASSERTION_SECONDS = 300;

export interface ResourceServerAuthentication {
  /**
   * Whether the credentials are those of `server`, as it was read for this very request; why not is nobody's business.
   * An assertion is used up by this.
   */
  isAuthentic(credentials: ClientCredentials, server: ResourceServer | undefined): boolean | Promise<boolean>;
}

/** @param audiences what an assertion may be addressed to: the issuer and the endpoint's URL (RFC 7523 §3) */
export function createResourceServerAuthentication(
  database: Database,
  clock: Clock,
  audiences: string[],
): ResourceServerAuthentication {
  return {
    isAuthentic(credentials, server) {
      switch (credentials.method) {
        case 'client_secret':
          return server?.secretDigest != null && sameBytes(server.secretDigest, credentials.secretDigest);
        case 'private_key_jwt':
          return server?.jwks != null && isGenuine(credentials, server.jwks);
        case 'none':
          return false;
      }
    },
  };

  async function isGenuine(
    { clientId, assertion }: ClientCredentials & { method: 'private_key_jwt' },
    jwks: NonNullable<ResourceServer['jwks']>,
  ): Promise<boolean> {
    try {
      const { payload } = await jwtVerify(assertion, createLocalJWKSet(jwks), {
        issuer: clientId,
        subject: clientId,
        audience: audiences,
        algorithms: ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
        requiredClaims: ['exp', 'jti'],
        currentDate: clock.now(),
      });
      const { exp, jti } = payload;
      if (exp === undefined || jti === undefined || exp > clock.now().getTime() / 1000 + MAX_ASSERTION_SECONDS)
        return false;
      return await useOnce(database, `${clientId} ${jti}`, fromEpochSeconds(exp));
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  }
}

async function useOnce(on: Queryable, name: string, expiresAt: Date): Promise<boolean> {
  const { count } = await on.query(
    'INSERT INTO used_client_assertions (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [sha256(name), expiresAt],
  );
  return count === 1;
}

export async function deleteAssertionsBefore(on: Queryable, before: Date): Promise<void> {
  await on.query('DELETE FROM used_client_assertions WHERE expires_at < $1', [before]);
}
