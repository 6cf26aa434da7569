/**
 * Columns of a terminal that a text takes: characters of East Asian scripts and most emoji take two, marks
 * that are put on another one none. What a terminal really does is up to its font; this is what they agree
 * on. Text must have no control characters.
 *
 * Source: Unicode Standard Annex 11, East Asian Width.
 */
export function columnsOf(text: string): number {
  // Most texts are ASCII.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** A text in at most so many columns, with `…` for what does not fit. */
export function cutToColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let [kept, used] = ['', 0]
  for (const character of text) {
    used += widthOf(character)
    if (used >= columns) break
    kept += character
  }
  return columns < 1 ? '' : `${kept}…`
}

/** A text with space behind it up to so many columns. */
export function padToColumns(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)))
}

function widthOf(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

const wide =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}$/u
