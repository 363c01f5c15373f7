import { describe, expect, it } from 'vitest';
import { type Column, tableOf } from '../../../src/cli/table.ts';
import { padded, truncated, widthOf } from '../../../src/cli/text-width.ts';

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['Newsletter', 10],
    ['Žluťoučký kůň', 13],
    ['Z\u030cluty\u0301', 5],
    ['日本語', 6],
    ['ﾊﾝｶｸ', 4],
    ['ＡＢ', 4],
    ['한국', 4],
    ['\u1112\u1161\u11ab', 2],
    ['🚀', 2],
    ['👍🏽', 2],
    ['🇨🇿', 2],
    ['❤️', 2],
    ['❤', 1],
    ['1️⃣', 2],
    ['हिन्दी', 5],
    ['\ud800', 1],
  ])('%s', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is kept by cutting and filling', () => {
    for (const text of [
      'Newsletter',
      '日本語の名前です',
      'e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301',
      '👍🏽👍🏽👍🏽👍🏽',
      'abc',
    ]) {
      for (let width = 1; width < 12; width += 1) {
        expect(widthOf(truncated(text, width))).toBeLessThanOrEqual(width);
        expect(widthOf(padded(truncated(text, width), width))).toBe(width);
      }
    }
    expect(truncated('日本語', 6)).toBe('日本語');
    expect(truncated('日本語の', 6)).toBe('日本…');
    expect(truncated('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });
});

describe('a table', () => {
  const columns: readonly Column<string>[] = [
    { title: 'ID', width: 4, of: () => 'tok_123456' },
    { title: 'Name', width: 6, givesWay: true, of: (name) => name },
    { title: 'Expires', width: 10, of: () => '2026-01-01' },
  ];

  it('grows with what it holds', () => {
    expect(tableOf(columns, ['日本語の名前です', 'x'], undefined)).toEqual([
      'ID           Name               Expires',
      '---------------------------------------------',
      'tok_123456   日本語の名前です   2026-01-01',
      'tok_123456   x                  2026-01-01',
    ]);
  });

  it('cuts names where the terminal is narrow, and nothing else', () => {
    const lines = tableOf(columns, ['日本語の名前です', 'Production Bot'], 36);
    expect(lines).toEqual([
      'ID           Name         Expires',
      '------------------------------------',
      'tok_123456   日本語の…    2026-01-01',
      'tok_123456   Productio…   2026-01-01',
    ]);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(36);
    expect(tableOf(columns, ['Production Bot'], 10)[2]).toBe('tok_123456   Product…   2026-01-01');
  });

  it('puts on a second line what may go there, where the terminal is too narrow', () => {
    const routed: readonly Column<string>[] = [
      ...columns,
      { title: 'Method', width: 6, below: true, of: () => 'GET' },
      { title: 'Route', width: 5, below: true, of: () => '/api/agents' },
    ];
    expect(tableOf(routed, ['Deploy it'], 58)[2]).toBe('tok_123456   Deploy it   2026-01-01   GET      /api/agents');
    expect(tableOf(routed, ['Deploy it', 'x'], 57)).toEqual([
      'ID           Name        Expires',
      '  Method   Route',
      '--------------------------------------',
      'tok_123456   Deploy it   2026-01-01',
      '  GET   /api/agents',
      'tok_123456   x           2026-01-01',
      '  GET   /api/agents',
    ]);
  });

  it('holds one line a row, whatever a name does', () => {
    const [, , row] = tableOf(columns, ['a\u001b[2J\r\nb\tc\u202e'], undefined);
    expect(row).toBe('tok_123456   a�[2J��b c�   2026-01-01');
  });
});
