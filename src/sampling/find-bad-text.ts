import { isUtf8 } from 'node:buffer'

/** Looked at in one turn. */
const pieceBytes = 256 * 1024

/**
 * Where the line begins in which bytes are no UTF-8, whose names nobody would ask by; undefined where all are. In steps,
 * between which others may do something.
 */
export function* findBadText(bytes: Buffer): Generator<void, number | undefined> {
  let end: number
  for (let start = 0; start < bytes.length; start = end) {
    end = pieceEnd(bytes, start)
    if (!isUtf8(bytes.subarray(start, end))) return badLine(bytes, start, end)
    yield
  }
  return undefined
}

/** Where a piece may end: in front of a letter. */
function pieceEnd(bytes: Buffer, start: number): number {
  const end = start + pieceBytes
  if (end >= bytes.length) return bytes.length
  const first = [0, 1, 2, 3].find((back) => !isInLetter(bytes[end - back] as number))
  return end - (first ?? 0)
}

/** Behind the first byte of a letter. */
function isInLetter(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

function badLine(bytes: Buffer, start: number, end: number): number {
  for (let line = start; ; ) {
    const newline = bytes.indexOf(0x0a, line)
    const lineEnd = newline < 0 ? end : newline + 1
    if (lineEnd >= end || !isUtf8(bytes.subarray(line, lineEnd))) return line
    line = lineEnd
  }
}
