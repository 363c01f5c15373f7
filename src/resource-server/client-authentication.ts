// How this service proves to the identity service who it is: client_secret_basic (RFC 6749 §2.3.1), or private_key_jwt
// (RFC 7523 §2.2) with an ES256 key.
import { epochSeconds } from './clock.ts';

/** What a request for introspection carries of it; made anew for each, as an assertion may be used once. */
export type ClientAuthentication = () => Promise<{
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}>;

/** A private JWK on the curve P-256. */
export interface PrivateKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
  /** Needed where the service registered more than one key. */
  readonly kid?: string;
}

const ASSERTION_SECONDS = 60;

export function authenticateBySecret(clientId: string, secret: string): ClientAuthentication {
  const authorization = `Basic ${btoa(`${formEncode(clientId)}:${formEncode(secret)}`)}`;
  return async () => ({ headers: { authorization }, form: {} });
}

export function authenticateByKey(clientId: string, key: PrivateKey, issuer: string): ClientAuthentication {
  const { kty, crv, x, y, d, kid } = key;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const header = { typ: 'JWT', alg: 'ES256', ...(kid === undefined ? {} : { kid }) };
  let imported: Promise<CryptoKey> | undefined;
  return async () => {
    imported ??= crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, algorithm, false, ['sign']);
    const now = epochSeconds();
    const jti = crypto.randomUUID();
    const claims = { iss: clientId, sub: clientId, aud: issuer, jti, iat: now, exp: now + ASSERTION_SECONDS };
    const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
    const bytes = new TextEncoder().encode(signed);
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, await imported, bytes);
    return {
      headers: {},
      form: {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${signed}.${base64url(signature)}`,
      },
    };
  };
}

function formEncode(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length);
}

function base64url(content: string | ArrayBuffer): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
