import { endOfText, endOfValue, Letter, parsePiece, skipSpace } from './json-scan.ts'

/** Where a value is. */
export interface Piece {
  readonly start: number
  readonly end: number
}

/** Where the members of an object are, of those with one name the last; they are values only if they can be parsed. */
export interface JsonOutline {
  readonly members: ReadonlyMap<string, Piece>
  /** Of the member that was asked for, where it is a list. */
  readonly items: readonly Piece[] | undefined
}

/** Bytes that are no JSON. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  /** Where the value begins that cannot be read. */
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/**
 * Finds the members of an object, and the items of one of them, so that each can be parsed when it is needed: of a
 * large document there are never all values at once. In steps, between which others may do something.
 *
 * @param listed name of the member whose items are asked for
 * @throws JsonError where it is no object, or ends in the middle of it
 */
export function* outlineOf(bytes: Buffer, listed: string): Generator<void, JsonOutline> {
  const members = new Map<string, Piece>()
  let items: Piece[] | undefined
  let at = expect(bytes, skipSpace(bytes, 0), Letter.openObject)
  if (bytes[at] === Letter.closeObject) at += 1
  else {
    for (;;) {
      const nameEnd = endOfText(bytes, at)
      const name = parseAt(bytes, { start: at, end: nameEnd })
      if (typeof name !== 'string') throw new JsonError(at, 'a member has no name')
      const start = expect(bytes, skipSpace(bytes, nameEnd), Letter.colon)
      const isList = name === listed && bytes[start] === Letter.openList
      if (name === listed) items = isList ? [] : undefined
      const end =
        items !== undefined && isList
          ? yield* itemsAt(bytes, start, items)
          : endOfValue(bytes, start)
      members.set(name, { start, end })
      at = skipSpace(bytes, end)
      if (bytes[at] === Letter.closeObject) break
      at = expect(bytes, at, Letter.comma)
    }
    at += 1
  }
  const rest = skipSpace(bytes, at)
  if (rest < bytes.length) throw new JsonError(rest, 'something follows it')
  return { members, items }
}

/** The value of a piece. @throws JsonError */
export function parseAt(bytes: Buffer, { start, end }: Piece): unknown {
  try {
    return parsePiece(bytes, start, end)
  } catch (error) {
    throw new JsonError(start, reasonOf(error))
  }
}

/** Why a parser gives up, for people: where it calls itself for what is nested, it runs out of stack. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /call stack/.test(message) ? 'it nests too deep' : message
}

/** Adds the items of a list. @returns where it ends */
function* itemsAt(bytes: Buffer, start: number, items: Piece[]): Generator<void, number> {
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === Letter.closeList) return at + 1
  for (;;) {
    const end = endOfValue(bytes, at)
    items.push({ start: at, end })
    at = skipSpace(bytes, end)
    if (bytes[at] === Letter.closeList) return at + 1
    at = expect(bytes, at, Letter.comma)
    yield
  }
}

/** Behind a letter that must be here, and the space after it. */
function expect(bytes: Buffer, at: number, letter: number): number {
  if (bytes[at] === letter) return skipSpace(bytes, at + 1)
  const found = at < bytes.length ? `"${bytes.toString('utf8', at, at + 1)}" is` : 'it ends'
  throw new JsonError(at, `${found} where "${String.fromCharCode(letter)}" must be`)
}
