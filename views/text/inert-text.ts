// Text that a stranger chose, made fit to stand on a page where somebody decides whether to trust them.
// Escaping markup is the renderer's job; this takes away what would still lie or break the layout.

/** Private use, unassigned, lone surrogates, format characters (all bidi overrides) and everything drawn as nothing. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;
/** Controls, line breaks and blanks of any width, the Braille blank among them. */
const BLANKS = /[\p{Cc}\p{Z}\u2800]+/gu;
/** More than two marks on one letter grow over the lines above and below. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;

/**
 * One line of visible text in plain left-to-right or right-to-left order, at most `limit` characters with the
 * ellipsis that marks a cut. Empty when nothing visible is left. Show it inside `<bdi>`.
 */
export function inertText(value: string, limit = 64): string {
  const text = value
    .replace(BLANKS, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(STACKED_MARKS, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  return `${characters
    .slice(0, limit - 1)
    .join('')
    .replace(/[ .]+$/, '')}…`;
}
