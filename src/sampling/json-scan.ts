/** Letters of JSON's grammar, as bytes. */
export const Letter = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const

/** Behind the value that begins here, if it is one. Nothing is called again for what is nested, however deep. */
export function endOfValue(bytes: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  do {
    const letter = bytes[at]
    if (letter === Letter.quote) {
      at = endOfText(bytes, at)
      continue
    }
    at += 1
    if (letter === Letter.openObject || letter === Letter.openList) depth += 1
    else if (letter === Letter.closeObject || letter === Letter.closeList) depth -= 1
    else if (depth === 0) while (at < bytes.length && !isEnd(bytes[at] as number)) at += 1
  } while (depth > 0 && at < bytes.length)
  return at
}

/** Behind the text whose quote is here. */
export function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== Letter.quote)
    at += bytes[at] === Letter.backslash ? 2 : 1
  return at + 1
}

/** The first byte from here on that is no white space. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && isSpace(bytes[at] as number)) at += 1
  return at
}

/** The value that the bytes between are. @throws SyntaxError where they are none */
export function parsePiece(bytes: Buffer, start: number, end: number): unknown {
  return JSON.parse(bytes.toString('utf8', start, end))
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isEnd(byte: number): boolean {
  const { comma, closeList, closeObject } = Letter
  return byte === comma || byte === closeList || byte === closeObject || isSpace(byte)
}
