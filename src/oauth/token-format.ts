// The spelling of personal (`td_`) and organization (`otk_`) tokens: prefix, 28 random bytes, checksum.
// Knows nothing of which tokens exist; pure arithmetic, so that the server and the command share it.

/** The two kinds, named as introspection's `token_use` names them. */
export type TokenKind = 'personal_access_token' | 'organization_token';

export type TokenPrefix = 'td_' | 'otk_';

export interface ParsedToken {
  readonly kind: TokenKind;
  readonly prefix: TokenPrefix;
}

const KINDS: Readonly<Record<TokenPrefix, TokenKind>> = {
  td_: 'personal_access_token',
  otk_: 'organization_token',
};

const SHAPE = /^(td_|otk_)([A-Za-z0-9_-]{43})$/;
const RANDOM_BYTES = 28;
const TOTAL_BYTES = 32;

/**
 * Tells a well-formed token from a mistyped or cut one without looking anything up: the prefix, 43 base64url
 * characters in their only canonical spelling, and the CRC-32 must agree. White space is not forgiven.
 */
export function parseToken(text: string): ParsedToken | undefined {
  const [, prefix, body] = SHAPE.exec(text) ?? [];
  if (!isPrefix(prefix) || body === undefined) return undefined;
  const bytes = decodeBase64url(body);
  // 43 characters carry 258 bits for 256: without this a token would have four spellings, each with its own digest.
  if (encodeBase64url(bytes) !== body) return undefined;
  if (new DataView(bytes.buffer).getUint32(RANDOM_BYTES) !== checksum(prefix, bytes.subarray(0, RANDOM_BYTES))) {
    return undefined;
  }
  return { kind: KINDS[prefix], prefix };
}

/**
 * Spells a token: `prefix` + base64url(28 random bytes, then the CRC-32 over prefix and random bytes, big-endian).
 * Throws a RangeError when `random` isn't 28 bytes long.
 */
export function formatToken(prefix: TokenPrefix, random: Uint8Array): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`A token takes ${RANDOM_BYTES} random bytes`);
  const bytes = new Uint8Array(TOTAL_BYTES);
  bytes.set(random);
  new DataView(bytes.buffer).setUint32(RANDOM_BYTES, checksum(prefix, random));
  return prefix + encodeBase64url(bytes);
}

function isPrefix(text: string | undefined): text is TokenPrefix {
  return text !== undefined && Object.hasOwn(KINDS, text);
}

/** CRC-32 as zlib computes it (reflected polynomial EDB88320), one table entry for each value of a byte. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

function checksum(prefix: TokenPrefix, random: Uint8Array): number {
  const prefixBytes = Array.from(prefix, (character) => character.charCodeAt(0));
  let crc = 0xffffffff;
  for (const byte of [...prefixBytes, ...random]) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function encodeBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(start, start + 3);
    const group = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) text += BASE64URL.charAt((group >> shift) & 63);
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3));
}

function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let filled = 0;
  for (const character of text) {
    bits = (bits << 6) | BASE64URL.indexOf(character);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[filled] = bits >> held;
      bits &= (1 << held) - 1;
      filled += 1;
    }
  }
  return bytes;
}
