import { textError } from './text-error.ts'

/** A text that was read, and where it ends. */
export interface ReadString {
  readonly value: string
  readonly end: number
}

/**
 * A text in quotes, with the escapes of Go's strings, or in backquotes, where nothing is escaped.
 *
 * @param at of the opening quote
 * @throws GatewayError 'invalid_argument' at an escape that is none, or when it does not end
 */
export function readString(text: string, at: number): ReadString {
  if (text[at] === '`') {
    const close = text.indexOf('`', at + 1)
    if (close < 0) throw textError(text, at, 'this text does not end, expected "`"')
    return { value: text.slice(at + 1, close).replaceAll('\r', ''), end: close + 1 }
  }
  let value = ''
  let next = at + 1
  while (text[next] !== '"') {
    const character = text[next]
    if (character === undefined || character === '\n') {
      throw textError(text, at, `this text does not end, expected '"'`)
    }
    if (character !== '\\') {
      value += character
      next += 1
      continue
    }
    const read = readEscape(text, next)
    value += read.value
    next = read.end
  }
  return { value, end: next + 1 }
}

/**
 * A quoted part of an attribute's key, in which only quotes and backslashes are escaped.
 *
 * @throws GatewayError 'invalid_argument' as `readString` does
 */
export function readQuotedKey(text: string, at: number): ReadString {
  let value = ''
  let next = at + 1
  while (text[next] !== '"') {
    const isEscape = text[next] === '\\'
    const character = text[isEscape ? next + 1 : next]
    if (character === undefined) {
      throw textError(text, at, `this name does not end, expected '"'`)
    }
    if (isEscape && character !== '"' && character !== '\\') {
      throw textError(text, next, 'this escape is none, expected \\" or \\\\')
    }
    value += character
    next += isEscape ? 2 : 1
  }
  return { value, end: next + 1 }
}

/** Source: Go, language specification, "Rune literals"; of bytes only those that are ASCII. */
function readEscape(text: string, at: number): ReadString {
  const simple = simpleEscapes[text[at + 1] ?? '']
  if (simple !== undefined) return { value: simple, end: at + 2 }
  escapes.lastIndex = at
  const [all, octal, ...hex] = escapes.exec(text) ?? []
  const digits = hex.find((some) => some !== undefined)
  const code = octal === undefined ? Number.parseInt(digits ?? '', 16) : Number.parseInt(octal, 8)
  const isByte = octal !== undefined || hex[0] !== undefined
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  if (all !== undefined && code <= (isByte ? 0x7f : 0x10_ffff) && !isSurrogate) {
    return { value: String.fromCodePoint(code), end: at + all.length }
  }
  throw textError(text, at, 'this escape is none; write a backslash as \\\\')
}

const escapes = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
