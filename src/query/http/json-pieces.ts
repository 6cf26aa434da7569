import type { BodyPiece, BodyPieces } from '../../transport/http-route.ts'

/** Pieces of so many bytes cost little each, and no client waits long for one. */
const pieceBytes = 64 * 1024
/** A piece that is so large goes on as it is. */
const largePieceBytes = 32 * 1024

/** The same in fewer pieces. */
export async function* inLargerPieces(pieces: AsyncIterable<BodyPiece>): BodyPieces {
  const held = new HeldPieces()
  for await (const piece of pieces) {
    if (typeof piece !== 'string' && piece.length >= largePieceBytes) {
      if (held.size > 0) yield held.take()
      yield piece
      continue
    }
    held.add(piece)
    if (held.size >= pieceBytes) yield held.take()
  }
  if (held.size > 0) yield held.take()
}

/** Pieces that wait until they are worth sending. */
class HeldPieces {
  /** Bytes; of texts as if all were ASCII. */
  size = 0
  #text = ''
  #chunks: Uint8Array[] = []

  add(piece: BodyPiece): void {
    this.size += piece.length
    if (typeof piece === 'string') {
      this.#text += piece
      return
    }
    this.#endText()
    this.#chunks.push(piece)
  }

  take(): BodyPiece {
    const isText = this.#chunks.length === 0
    if (!isText) this.#endText()
    const piece = isText ? this.#text : Buffer.concat(this.#chunks)
    this.#text = ''
    this.#chunks = []
    this.size = 0
    return piece
  }

  #endText(): void {
    if (this.#text !== '') this.#chunks.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

/** A value that is there already. */
export function jsonPieces(value: unknown): BodyPieces {
  return jsonTextPieces(JSON.stringify(value))
}

/** The same as text. */
export async function* jsonTextPieces(json: string): BodyPieces {
  yield json
}
