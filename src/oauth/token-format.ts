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

const BODY_LENGTH = 43;
const RANDOM_BYTES = 28;
const TOTAL_BYTES = 32;

/**
 * Tells a well-formed token from a mistyped or cut one without looking anything up: the prefix, 43 base64url
 * characters in their only canonical spelling, and the CRC-32 must agree. White space is not forgiven.
 */
export function parseToken(text: string): ParsedToken | undefined {
  const prefix = text.startsWith('td_') ? 'td_' : 'otk_';
  if (text.length !== prefix.length + BODY_LENGTH || !text.startsWith(prefix)) return undefined;
  const bytes = decodeBase64url(text, prefix.length);
  if (bytes === undefined || uint32At(bytes, RANDOM_BYTES) !== checksum(prefix, bytes)) return undefined;
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

/** Big-endian. A DataView would take the bytes out of V8's heap first, at ten times the cost of all the rest. */
function uint32At(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let i = start; i < start + 4; i += 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/** CRC-32 as zlib computes it (reflected polynomial EDB88320), one table entry for each value of a byte. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** Of the prefix and the first 28 of `bytes`. */
function checksum(prefix: TokenPrefix, bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < prefix.length; i += 1) crc = nextCrc(crc, prefix.charCodeAt(i));
  for (let i = 0; i < RANDOM_BYTES; i += 1) crc = nextCrc(crc, bytes[i] ?? 0);
  return ~crc >>> 0;
}

function nextCrc(crc: number, byte: number): number {
  return (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
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

/** Character code -> its six bits; 64 for what is no base64url. */
const SIX_BITS = new Uint8Array(128).fill(64);
for (let i = 0; i < BASE64URL.length; i += 1) SIX_BITS[BASE64URL.charCodeAt(i)] = i;

/** What was decoded last: making room for it each time would cost as much as decoding. */
const decoded = new Uint8Array(TOTAL_BYTES);

/**
 * The 32 bytes that 43 characters from `start` spell, or undefined. 43 characters carry 258 bits for 256: only the
 * spelling whose last two bits are zero counts, or a token would have four, each with a digest of its own. They are
 * there until the next are decoded.
 */
function decodeBase64url(text: string, start: number): Uint8Array | undefined {
  let held = 0;
  let bits = 0;
  let filled = 0;
  for (let i = start; i < start + BODY_LENGTH; i += 1) {
    const six = SIX_BITS[text.charCodeAt(i)] ?? 64;
    if (six === 64) return undefined;
    bits = ((bits << 6) | six) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      decoded[filled] = bits >> held;
      filled += 1;
    }
  }
  return (bits & 0b11) === 0 ? decoded : undefined;
}
