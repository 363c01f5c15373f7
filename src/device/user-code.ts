// User codes (RFC 8628 §6.1): eight letters of a 20-letter alphabet without vowels, shown as WDJB-MJHT.
import { createHmac, type KeyObject, randomInt } from 'node:crypto';

const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const SPELLING = new RegExp(`^[${ALPHABET}]{8}$`);

export function newUserCode(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** The eight letters of what a person typed, however they spaced or cased it; undefined when it can't be a code. */
export function normalizeUserCode(typed: string): string | undefined {
  if (typed.length > 40) return undefined;
  const code = typed.replaceAll(/[\s\p{Pd}_.]/gu, '').toUpperCase();
  return SPELLING.test(code) ? code : undefined;
}

/** As it is shown: WDJB-MJHT. */
export function showUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** Where a person enters it, and where it is entered for them (RFC 8628 §3.2). @param shown as showUserCode gives it */
export function verificationUris(issuer: string, shown: string) {
  const uri = `${issuer}/cli-auth`;
  return { verification_uri: uri, verification_uri_complete: `${uri}?code=${shown}` };
}

/** The stored form. Keyed: 34 bits would be found from a bare digest in seconds. */
export function userCodeDigest(code: string, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(code).digest();
}
