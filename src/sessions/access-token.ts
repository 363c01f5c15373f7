// Access tokens: JWTs (RFC 9068) that name their session, signed here for what the fast lane answers. The same as
// oidc-provider makes of its own configuration (../oidc), which a test holds them to.
import { createPrivateKey, type JsonWebKeyInput, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { epochSeconds } from '../clock.ts';
import { newSecret } from '../digest.ts';
import type { GrantedSession } from './session.ts';

export interface AccessTokenSettings {
  /** The one that signs first. ES256. */
  readonly signingKeys: readonly JWK[];
  /** Their audience, too. */
  readonly issuer: string;
  readonly lifetimeSeconds: number;
}

/** Signs access tokens of sessions. */
export type AccessTokenSigner = (session: GrantedSession, now: Date) => string;

/** @throws Error without a signing key */
export function createAccessTokenSigner({
  signingKeys,
  issuer,
  lifetimeSeconds,
}: AccessTokenSettings): AccessTokenSigner {
  const [jwk] = signingKeys;
  if (jwk === undefined) throw new Error('there is no signing key');
  const key = createPrivateKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' });
  const header = encode({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid });

  return ({ id: sid, personId: sub, scope, clientId }, now) => {
    const iat = epochSeconds(now);
    const claims = {
      jti: newSecret(),
      sub,
      iat,
      exp: iat + lifetimeSeconds,
      scope,
      client_id: clientId,
      iss: issuer,
      aud: issuer,
      sid,
    };
    const signed = `${header}.${encode(claims)}`;
    return `${signed}.${concatenated(sign('sha256', Buffer.from(signed), key)).toString('base64url')}`;
  };
}

/**
 * An ES256 signature as JWS wants it, R and S in 32 bytes each (RFC 7518 §3.4), of one in DER (RFC 3279 §2.2.3). Node would
 * write it so itself, at more than the cost of signing.
 */
function concatenated(der: Buffer): Buffer {
  const signature = Buffer.alloc(64);
  let start = 2; // SEQUENCE, its length
  for (const end of [32, 64]) {
    const length = der.readUInt8(start + 1); // INTEGER, its length; with a zero in front where it would look negative
    const integer = der.subarray(start + 2, start + 2 + length);
    const digits = integer.subarray(Math.max(0, length - 32));
    digits.copy(signature, end - digits.length);
    start += 2 + length;
  }
  return signature;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
