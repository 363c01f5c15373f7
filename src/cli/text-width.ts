// How many columns of a terminal a text takes, and cutting it to fit. Counts what a person sees as one character, so
// that a cut never parts a letter from its accent. Terminals differ on rare scripts; nothing here can know which runs.

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Marks that sit on the character before them, and the Korean letters that join it. */
const NO_COLUMN = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;
/** Unicode's East Asian Width: wide and full-width. */
const TWO_COLUMNS =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;
/** Drawn as a picture, two columns wide whatever it is composed of. */
const PICTURE = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of characters.segment(text)) width += widthOfCharacter(segment);
  return width;
}

/** The text in at most so many columns; one that is longer ends with `…`. */
export function truncated(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const { segment } of characters.segment(text)) {
    left -= widthOfCharacter(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text followed by spaces up to so many columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function widthOfCharacter(character: string): number {
  if (PICTURE.test(character)) return 2;
  let width = 0;
  for (const symbol of character) if (!NO_COLUMN.test(symbol)) width += TWO_COLUMNS.test(symbol) ? 2 : 1;
  return width;
}
