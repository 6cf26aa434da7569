/** Known ASCII texts by their length, each with its index. */
export type TextTable = readonly (readonly KnownText[] | undefined)[]

interface KnownText {
  readonly index: number
  readonly bytes: Uint8Array
}

/** Makes a table of ASCII texts. */
export function textTable(texts: readonly string[]): TextTable {
  const longest = Math.max(...texts.map((text) => text.length))
  return Array.from({ length: longest + 1 }, (_, length) => {
    const known = texts.flatMap((text, index) =>
      text.length === length ? [{ index, bytes: new Uint8Array(Buffer.from(text)) }] : [],
    )
    return known.length === 0 ? undefined : known
  })
}

/** Index of the text that these bytes are, without making a string of them; -1 for any other. */
export function findText(
  table: TextTable,
  bytes: Uint8Array,
  start: number,
  length: number,
): number {
  const known = length < table.length ? table[length] : undefined
  if (known === undefined) return -1
  for (const { index, bytes: text } of known) {
    let at = 0
    while (at < length && bytes[start + at] === text[at]) at++
    if (at === length) return index
  }
  return -1
}
