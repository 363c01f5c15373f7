import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatToken, parseToken, type TokenPrefix } from '../../../src/oauth/token-format.ts';

const BASE64URL = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const prefix = fc.constantFrom<TokenPrefix>('td_', 'otk_');
const random = fc.uint8Array({ minLength: 28, maxLength: 28 });

describe('token format', () => {
  it('spells prefix, 28 random bytes and the CRC-32 that zlib computes', () => {
    fc.assert(
      fc.property(prefix, random, (prefix, random) => {
        const check = Buffer.alloc(4);
        check.writeUInt32BE(crc32(Buffer.concat([Buffer.from(prefix), random])));
        expect(formatToken(prefix, random)).toBe(prefix + Buffer.concat([random, check]).toString('base64url'));
      }),
    );
  });

  it('reads what it spells', () => {
    fc.assert(
      fc.property(prefix, random, (prefix, random) => {
        const kind = prefix === 'td_' ? 'personal_access_token' : 'organization_token';
        expect(parseToken(formatToken(prefix, random))).toEqual({ kind, prefix });
      }),
    );
  });

  it('tells a token with one wrong character, or two exchanged, from a good one', () => {
    fc.assert(
      fc.property(
        prefix,
        random,
        fc.nat({ max: 42 }),
        fc.constantFrom(...BASE64URL),
        (prefix, random, position, character) => {
          const token = formatToken(prefix, random);
          const at = prefix.length + position;
          const wrong = token.slice(0, at) + character + token.slice(at + 1);
          if (wrong !== token) expect(parseToken(wrong)).toBeUndefined();
          const exchanged = [...token];
          [exchanged[at], exchanged[at - 1]] = [exchanged[at - 1] ?? '', exchanged[at] ?? ''];
          if (exchanged.join('') !== token) expect(parseToken(exchanged.join(''))).toBeUndefined();
        },
      ),
    );
  });

  it('knows one spelling of a token only: the two spare bits must be zero', () => {
    const token = formatToken('td_', new Uint8Array(28));
    const spellings = BASE64URL.filter((last) => parseToken(token.slice(0, -1) + last) !== undefined);
    expect(spellings).toEqual([token.at(-1)]);
  });

  it.each([
    ['nothing', ''],
    ['a prefix alone', 'td_'],
    ['a cut token', formatToken('td_', new Uint8Array(28)).slice(0, -1)],
    ['a longer one', `${formatToken('td_', new Uint8Array(28))}A`],
    ['white space', ` ${formatToken('td_', new Uint8Array(28))}`],
    ['a line break at its end', `${formatToken('td_', new Uint8Array(28))}\n`],
    ["the other kind's prefix", formatToken('td_', new Uint8Array(28)).replace('td_', 'otk_')],
    ['capital letters', formatToken('td_', new Uint8Array(28)).replace('td_', 'TD_')],
    ["an object's own key", `constructor_${'A'.repeat(43)}`],
    ["the documents' sample", 'td_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6'],
  ])('refuses %s', (_, text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  it('refuses to spell other than 28 bytes', () => {
    expect(() => formatToken('td_', new Uint8Array(27))).toThrow(RangeError);
  });
});
