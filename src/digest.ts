import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** SHA-256: the stored form of every secret that is long and random. 32 bytes. */
export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** The same as 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A new secret of 256 random bits, 43 base64url characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A new identifier: `prefix` and 20 characters of 0-9A-Za-z (119 random bits). Not a secret. */
export function newId(prefix: string): string {
  let id = prefix;
  while (id.length < prefix.length + 20) {
    const byte = nextByte();
    if (byte < 248) id += BASE62[byte % 62];
  }
  return id;
}

/** Random bytes for what is no secret, many at a time: each time that they are asked for costs as much. */
let supply = Buffer.alloc(0);
let used = 0;

function nextByte(): number {
  if (used === supply.length) [supply, used] = [randomBytes(1_024), 0];
  used += 1;
  return supply.readUInt8(used - 1);
}

/** Compares without telling by its time where two digests differ. Different lengths are different. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
