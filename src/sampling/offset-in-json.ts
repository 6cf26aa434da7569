import { endOfValue, Letter, parsePiece, skipSpace } from './json-scan.ts'

/**
 * Where the value at a path begins in bytes that are JSON, or the nearest value above it. Of members with
 * one name the last counts, as for `JSON.parse`.
 *
 * @param start of the value that the path begins at
 */
export function offsetInJson(bytes: Buffer, path: readonly (string | number)[], start = 0): number {
  let at = skipSpace(bytes, start)
  for (const step of path) {
    const next = typeof step === 'number' ? itemAt(bytes, at, step) : memberAt(bytes, at, step)
    if (next === undefined) return at
    at = next
  }
  return at
}

/** @param at of the list's bracket */
function itemAt(bytes: Buffer, at: number, wanted: number): number | undefined {
  if (bytes[at] !== Letter.openList) return undefined
  let next = skipSpace(bytes, at + 1)
  for (let index = 0; bytes[next] !== Letter.closeList; index++) {
    if (index === wanted) return next
    next = skipSeparator(bytes, endOfValue(bytes, next))
  }
  return undefined
}

/** @param at of the object's brace */
function memberAt(bytes: Buffer, at: number, wanted: string): number | undefined {
  if (bytes[at] !== Letter.openObject) return undefined
  let found: number | undefined
  let next = skipSpace(bytes, at + 1)
  while (bytes[next] !== Letter.closeObject) {
    const nameEnd = endOfValue(bytes, next)
    const name = parsePiece(bytes, next, nameEnd)
    const value = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1)
    if (name === wanted) found = value
    next = skipSeparator(bytes, endOfValue(bytes, value))
  }
  return found
}

/** Behind the comma and the space around it; at the closing bracket where there is none. */
function skipSeparator(bytes: Buffer, start: number): number {
  const at = skipSpace(bytes, start)
  return bytes[at] === Letter.comma ? skipSpace(bytes, at + 1) : at
}
