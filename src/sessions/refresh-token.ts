// Refresh tokens are derived, not stored: version 1 | refresh id 16 | generation uint32 | HMAC-SHA-256, first 18 bytes.
// 39 bytes, 52 base64url characters without slack bits, so that each token has one spelling only.
// The refresh id is random and in the session's row only, the key outside the database: neither alone can mint.
import { createHmac, type KeyObject } from 'node:crypto';
import { sameBytes } from '../digest.ts';

const VERSION = 1;
const BODY = 21;
const LENGTH = 39;
const SPELLING = /^[A-Za-z0-9_-]{52}$/;

export interface RefreshTokenParts {
  /** 16 bytes. */
  readonly refreshId: Buffer;
  readonly generation: number;
}

export function formatRefreshToken({ refreshId, generation }: RefreshTokenParts, key: KeyObject): string {
  const body = Buffer.alloc(BODY);
  body.writeUInt8(VERSION, 0);
  refreshId.copy(body, 1);
  body.writeUInt32BE(generation, 17);
  return Buffer.concat([body, mac(body, key)]).toString('base64url');
}

/** What a genuine token says, or undefined for anything that this server never issued. Needs no look-up. */
export function parseRefreshToken(token: string, key: KeyObject): RefreshTokenParts | undefined {
  if (!SPELLING.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(0, BODY);
  if (bytes.length !== LENGTH || body[0] !== VERSION || !sameBytes(bytes.subarray(BODY), mac(body, key)))
    return undefined;
  return { refreshId: Buffer.from(body.subarray(1, 17)), generation: body.readUInt32BE(17) };
}

function mac(body: Buffer, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, 18);
}
