// What a stranger's text may still do on a page after inertText: nothing but be read.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inertText } from '../../../views/text/inert-text.ts';

test('ordinary names stay as they are', () => {
  for (const name of ['ada-macbook.local', 'Čeněk’s počítač', 'مكتب', '工作站', 'build (2)', '💻 laptop']) {
    expect(inertText(name)).toBe(name);
  }
});

test('markup is left to the renderer, which escapes it', () => {
  expect(inertText('<b>host</b>')).toBe('<b>host</b>');
});

test.each([
  ['right-to-left override', 'invoice\u202Etxt.exe', 'invoicetxt.exe'],
  ['isolates and marks', '\u2066a\u2069\u200F\u061Cb', 'ab'],
  ['zero width and soft hyphen', 'a\u200B\u200D\uFEFF\u00ADb', 'ab'],
  ['fillers that draw nothing', '\u3164\u115F\uFFA0', ''],
  ['language tags', 'a\u{E0041}\u{E007F}b', 'ab'],
  ['half of a surrogate pair', 'a\uD800b', 'ab'],
  ['line breaks and controls', ' a\r\n\tb\u0000\u001B[31m\u2028c ', 'a b [31m c'],
  ['wide and Braille blanks', 'a\u3000\u2800\u00A0b', 'a b'],
  ['stacked marks', 'e\u0316\u0317\u0318\u0319x', 'e\u0316\u0317x'],
])('%s', (_, given, shown) => {
  expect(inertText(given)).toBe(shown);
});

test('a long text is cut, and says so, without cutting a character in two', () => {
  expect(inertText('x'.repeat(65))).toBe(`${'x'.repeat(63)}…`);
  expect(inertText('x'.repeat(64))).toBe('x'.repeat(64));
  expect(inertText('💻'.repeat(5), 3)).toBe('💻💻…');
});

test('any text at all becomes one bounded visible line, and doing it twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (given) => {
      const shown = inertText(given, 20);
      expect(Array.from(shown).length).toBeLessThanOrEqual(20);
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|^\s|\s$|\s\s/u);
      expect(inertText(shown, 20)).toBe(shown);
    }),
  );
});
