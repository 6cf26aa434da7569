import type { BodyPieces } from '../../transport/http-route.ts'

/** Pieces of so many characters cost little each, and no client waits long for one. */
const pieceCharacters = 64 * 1024

/** The same text in fewer pieces. */
export async function* inLargerPieces(texts: AsyncIterable<string> | Iterable<string>): BodyPieces {
  let piece = ''
  for await (const text of texts) {
    piece += text
    if (piece.length < pieceCharacters) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** The same at once: between two texts that need no waiting nobody else gets a turn. */
export function* joined(texts: Iterable<string>): Generator<string, void, undefined> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < pieceCharacters) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** A value that is there already. */
export function jsonPieces(value: unknown): BodyPieces {
  return jsonTextPieces(JSON.stringify(value))
}

/** The same as text. */
export async function* jsonTextPieces(json: string): BodyPieces {
  yield json
}
