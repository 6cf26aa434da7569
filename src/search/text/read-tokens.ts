import { nanoOfDuration } from './duration.ts'
import { readQuotedKey, readString } from './read-string.ts'
import { textError } from './text-error.ts'
import type { AttributeScope, Token } from './token.ts'
import { attributeScopes, intrinsicScopes, marks } from './token.ts'

/**
 * Cuts a query text into its tokens, the last one its end. Space and comments, as Go writes them,
 * stand between any two.
 *
 * @throws GatewayError 'invalid_argument' with the line and column of what is no token
 */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const token = readToken(text, at)
    tokens.push(token)
    at = skipSpace(text, token.end)
  }
  tokens.push({ kind: 'end', at: text.length, end: text.length })
  return tokens
}

function readToken(text: string, at: number): Token {
  const character = text[at] as string
  if (character === '"' || character === '`') {
    const { value, end } = readString(text, at)
    return { kind: 'string', value, at, end }
  }
  if (character === "'") throw textError(text, at, 'a text is in double quotes or backquotes')
  if (text.startsWith('/*', at)) throw textError(text, at, 'this comment does not end')
  const number = match(numbers, text, at)
  if (number !== undefined) return readNumber(text, at, number)
  if (character === '.') return readAttribute(text, at, '', at + 1)
  const word = match(words, text, at)
  if (word !== undefined) return readWord(text, at, word)
  const mark = marks.find((one) => text.startsWith(one, at))
  if (mark !== undefined) return { kind: 'mark', mark, at, end: at + mark.length }
  const shown = JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number))
  throw textError(text, at, `${shown} is unexpected here`)
}

/** A number, or a duration when its units follow without a space. */
function readNumber(text: string, at: number, number: string): Token {
  const longest = number + (match(units, text, at + number.length) ?? '')
  const nano = longest === number ? undefined : nanoOfDuration(longest)
  if (nano !== undefined) return { kind: 'duration', nano, at, end: at + longest.length }
  const end = at + number.length
  if (!/^[0-9]+$/.test(number)) {
    const value = Number(number)
    if (Number.isFinite(value)) return { kind: 'float', value, at, end }
    throw textError(text, at, `${number} is beyond 64 bits`)
  }
  const value = BigInt(number)
  if (value > int64Max) throw textError(text, at, `${number} is beyond 64 bits`)
  return { kind: 'int', value, at, end }
}

/** A word, or the scope of what follows: `span.KEY`, `span:name`. */
function readWord(text: string, at: number, word: string): Token {
  const end = at + word.length
  const scope = attributeScopes.find((one) => one === word)
  if (text[end] === '.' && scope !== undefined) return readAttribute(text, at, scope, end + 1)
  if (text[end] === ':' && intrinsicScopes.some((one) => one === word)) {
    const nameAt = skipSpace(text, end + 1)
    const name = match(words, text, nameAt)
    if (name === undefined) throw textError(text, nameAt, `the name of a field is missing here`)
    return { kind: 'intrinsic', name: `${word}:${name}`, at, end: nameAt + name.length }
  }
  return { kind: 'word', word, at, end }
}

/** A key goes on up to what cannot be in it; parts of it may be quoted. */
function readAttribute(text: string, at: number, scope: AttributeScope, keyAt: number): Token {
  let key = ''
  let end = keyAt
  for (;;) {
    if (text[end] === '"') {
      const quoted = readQuotedKey(text, end)
      key += quoted.value
      end = quoted.end
      continue
    }
    const some = match(keyRunes, text, end)
    if (some === undefined) break
    key += some
    end += some.length
  }
  if (key === '') throw textError(text, keyAt, 'the name of an attribute is missing here')
  return { kind: 'attribute', scope, key, at, end }
}

function skipSpace(text: string, at: number): number {
  return at + (match(spaces, text, at)?.length ?? 0)
}

function match(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at
  return expression.exec(text)?.[0]
}

const spaces = /(?:[ \t\r\n]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y
const numbers = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
/** What a duration may have behind its first number. */
const units = /[nsuµmhdwy0-9.]+/y
const words = /[\p{L}_][\p{L}\p{Nd}_]*/uy
const keyRunes = /[^\s{}()=~!<>&|^,"]+/y
const int64Max = 2n ** 63n - 1n
