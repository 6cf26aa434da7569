import { readTokens } from './read-tokens.ts'
import { textError } from './text-error.ts'
import type { Mark, Token } from './token.ts'

/** Goes over the tokens of a query text, and knows how deep it stands in brackets. */
export class TokenReader {
  readonly text: string
  readonly #tokens: readonly Token[]
  readonly #depthMax: number
  #index = 0
  #depth = 0

  /** @throws GatewayError 'invalid_argument' when the text cannot be cut into tokens */
  constructor(text: string, depthMax: number) {
    this.text = text
    this.#tokens = readTokens(text)
    this.#depthMax = depthMax
  }

  /** The token that is next; the end again and again once it is reached. */
  get next(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)] as Token
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.next
    this.#index += 1
    return token
  }

  /** The mark that is next; undefined when it is none. */
  get mark(): Mark | undefined {
    return this.next.kind === 'mark' ? this.next.mark : undefined
  }

  /** Takes the mark if it is next. */
  takesMark(mark: Mark): boolean {
    if (this.mark !== mark) return false
    this.take()
    return true
  }

  /** Takes the mark, which must be next. */
  needMark(mark: Mark, ...others: readonly string[]): void {
    if (!this.takesMark(mark)) throw this.unexpected([...others, `"${mark}"`])
  }

  /**
   * Reads something that may hold itself; `read` runs one level deeper.
   *
   * @throws GatewayError 'invalid_argument' when that is too deep
   */
  deeper<Result>(read: () => Result): Result {
    if (this.#depth >= this.#depthMax) {
      throw this.error(this.next.at, `the query nests over ${this.#depthMax} deep`)
    }
    this.#depth += 1
    const result = read()
    this.#depth -= 1
    return result
  }

  /** The next token is none of those that can stand here. */
  unexpected(expected: readonly string[]): Error {
    const { at, end } = this.next
    const found =
      this.next.kind === 'end'
        ? 'the query ends'
        : `${shown(this.text.slice(at, end))} is unexpected`
    const last = expected.at(-1) ?? ''
    const list = expected.length > 1 ? `${expected.slice(0, -1).join(', ')} or ${last}` : last
    return this.error(at, `${found}, expected ${list}`)
  }

  /** What is written here is understood, but not supported. */
  unsupported(at: number, what: string): Error {
    return this.error(at, `${what} is not supported`)
  }

  error(at: number, state: string): Error {
    return textError(this.text, at, state)
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}…` : text)
}

const shownMax = 40
