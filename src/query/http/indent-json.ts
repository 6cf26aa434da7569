import { textOf } from '../../../bridge/wire/reader.ts'
import type { BodyPiece, BodyPieces } from '../../transport/http-route.ts'

/** As Jaeger's `prettyPrint` has it. */
const step = '    '

/**
 * JSON without white space, written over several lines as it goes by: of a long body no more than a
 * piece is held. Empty lists and objects stay on their line.
 */
export async function* indentedJson(pieces: BodyPieces): BodyPieces {
  const indenter = new Indenter()
  try {
    for await (const piece of pieces) yield indenter.next(textOfPiece(piece))
  } finally {
    await pieces.return()
  }
}

function textOfPiece(piece: BodyPiece): string {
  return typeof piece === 'string' ? piece : textOf(piece)
}

class Indenter {
  #depth = 0
  #isText = false
  #isEscaped = false
  /** An opening bracket came last. */
  #isOpen = false

  next(piece: string): string {
    let out = ''
    let from = 0
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at] as string
      if (this.#isText) {
        this.#text(character)
        continue
      }
      const written = this.#structure(character)
      if (written === undefined) continue
      out += piece.slice(from, at) + written
      from = at + 1
    }
    return out + piece.slice(from)
  }

  #text(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (character === '\\') this.#isEscaped = true
    else if (character === '"') this.#isText = false
  }

  /** What is written for a character outside of texts; undefined for itself. */
  #structure(character: string): string | undefined {
    if (character === '}' || character === ']') {
      this.#depth -= 1
      const line = this.#isOpen ? '' : this.#line()
      this.#isOpen = false
      return line + character
    }
    const line = this.#isOpen ? this.#line() : ''
    this.#isOpen = false
    if (character === '{' || character === '[') {
      this.#depth += 1
      this.#isOpen = true
      return line + character
    }
    if (character === '"') this.#isText = true
    else if (character === ',') return `,${this.#line()}`
    else if (character === ':') return ': '
    return line === '' ? undefined : line + character
  }

  #line(): string {
    return `\n${step.repeat(this.#depth)}`
  }
}
