/**
 * Where the value at a path begins in a text that is JSON, or the nearest value above it. Of members with
 * one name the last counts, as for `JSON.parse`.
 */
export function offsetInJson(text: string, path: readonly (string | number)[]): number {
  let at = skipSpace(text, 0)
  for (const step of path) {
    const next = typeof step === 'number' ? itemAt(text, at, step) : memberAt(text, at, step)
    if (next === undefined) return at
    at = next
  }
  return at
}

/** @param at of the list's bracket */
function itemAt(text: string, at: number, wanted: number): number | undefined {
  if (text[at] !== '[') return undefined
  let next = skipSpace(text, at + 1)
  for (let index = 0; text[next] !== ']'; index++) {
    if (index === wanted) return next
    next = skipSeparator(text, endOfValue(text, next))
  }
  return undefined
}

/** @param at of the object's brace */
function memberAt(text: string, at: number, wanted: string): number | undefined {
  if (text[at] !== '{') return undefined
  let found: number | undefined
  let next = skipSpace(text, at + 1)
  while (text[next] !== '}') {
    const nameEnd = endOfValue(text, next)
    const name: unknown = JSON.parse(text.slice(next, nameEnd))
    const value = skipSpace(text, skipSpace(text, nameEnd) + 1)
    if (name === wanted) found = value
    next = skipSeparator(text, endOfValue(text, value))
  }
  return found
}

/** Behind the value that begins here. Nothing is called again for what is nested, however deep. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    const letter = text[at]
    if (letter === '"') at = endOfText(text, at)
    else {
      if (letter === '{' || letter === '[') depth += 1
      else if (letter === '}' || letter === ']') depth -= 1
      at += 1
      if (depth === 0 && !brackets.has(letter ?? '')) {
        while (at < text.length && !ends.has(text[at] ?? '')) at += 1
      }
    }
  } while (depth > 0 && at < text.length)
  return at
}

const brackets: ReadonlySet<string> = new Set('{}[]')
const ends: ReadonlySet<string> = new Set(',]} \t\r\n')

function endOfText(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return at
}

/** Behind the comma and the space around it; at the closing bracket where there is none. */
function skipSeparator(text: string, start: number): number {
  const at = skipSpace(text, start)
  return text[at] === ',' ? skipSpace(text, at + 1) : at
}
