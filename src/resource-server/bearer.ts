// The credential of a request: in its Authorization header (RFC 6750 §2.1), and in no other place.
import { parseToken } from '../oauth/token-format.ts';

/** Longer ones, and what is no visible ASCII, are none that the identity service ever issued. */
const ISSUED = /^[\x21-\x7e]{1,4096}$/;

export type Bearer = { readonly kind: 'none' } | { readonly kind: 'token' | 'rubbish'; readonly token: string };

export function readBearer(authorization: string | null): Bearer {
  const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return { kind: 'none' };
  return { kind: ISSUED.test(token) ? 'token' : 'rubbish', token };
}

/** Mistyped or cut: its checksum says so, and nobody needs to be asked. */
export function isMistyped(token: string): boolean {
  return /^(?:td|otk)_/.test(token) && parseToken(token) === undefined;
}
