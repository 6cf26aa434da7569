import { mutate } from './mutate.ts'
import type { Random } from './random.ts'

const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{}:,]/g
/** JSON, but seldom what its place asks for. */
const odd: readonly [string, ...string[]] = [
  'null',
  ...['true', '""', '[]', '{}', '0', '-1', '1e999', '-0.0', '1.5', '"zz"', '"0a"', '""'],
  ...['9007199254740993', '18446744073709551616', '"-9223372036854775809"', '"NaN"', '"\\ud800"'],
  ...['[null]', '{"a":[{}]}', '"SPAN_KIND_CLIENT"', '"AAA="', '{"intValue":"5"}', '"\\u0000"'],
  ...['"SERVER"', '"span.kind"', '"error"', '"::1"', '"1.2.3.4"', '65536', '1750000000000001'],
  ...[`"${'0'.repeat(32)}"`, `"${'f'.repeat(16)}"`, `"${'f'.repeat(33)}"`, '"a|{\\"b\\":1}|0"'],
]
/** What looks like JSON and is none. */
const broken: readonly [string, ...string[]] = [
  '01',
  ...['"\\u00zz"', '{"a":1,}', '[,]', '"\\q"', 'nul', "'x'", '/**/', '\n', '\u0000'],
]

/**
 * Changes a JSON text in one to three ways. Mostly it stays JSON, with another value, member or name somewhere; else a token is
 * replaced, dropped, repeated or nested, or bytes that know nothing of the format. The same random
 * source gives the same bytes.
 */
export function mutateJson(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = bytes
  for (let left = 1 + random.below(3); left > 0; left--) {
    const way = random.below(20)
    if (way < 17) changed = mutateTree(random, changed) ?? mutateToken(random, changed)
    else changed = way < 18 ? mutate(random, changed, []) : mutateToken(random, changed)
  }
  return changed
}

type Holder = Record<string, unknown>

/** Where the value in the tree is that is changed. */
interface Place {
  readonly holder: Holder
  readonly key: string
}

/** Another value, no value or a copy of another one somewhere, or another name; undefined of what is no JSON. */
function mutateTree(random: Random, bytes: Uint8Array): Uint8Array | undefined {
  const root: Holder = { root: parsed(bytes) }
  if (root['root'] === undefined) return undefined
  const places = placesIn(root)
  const { holder, key } = random.pick(places as [Place, ...Place[]])
  const other = random.pick(places as [Place, ...Place[]])
  let raw = ''
  switch (random.below(6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete holder[key]
      break
    case 1:
      // As text, since a value may be put into itself.
      raw = JSON.stringify(other.holder[other.key])
      holder[key] = marker
      break
    case 2:
      return renamed(random, JSON.stringify(root['root'] ?? null))
    case 3:
      raw = nested(random, JSON.stringify(holder[key]))
      holder[key] = marker
      break
    default:
      raw = random.pick(odd)
      holder[key] = marker
  }
  const text = JSON.stringify(root['root'] ?? null)
  return Buffer.from(text.replace(JSON.stringify(marker), () => raw))
}

/** Stands where text is put that the parser would change. */
const marker = 'marker of mutateTree'

/** Undefined of what is no JSON, and of what nests too deep for the stack of those who write it. */
function parsed(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return depthOf(bytes) > depthMax ? undefined : value
  } catch {
    return undefined
  }
}

function placesIn(holder: Holder, places: Place[] = []): Place[] {
  for (const key of Object.keys(holder)) {
    places.push({ holder, key })
    const value = holder[key]
    const mayHold = typeof value === 'object' && value !== null && places.length < placesMax
    if (mayHold) placesIn(value as Holder, places)
  }
  return places
}

const placesMax = 2000
const depthMax = 500

/** At most: brackets in texts count too. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0
  let deepest = 0
  for (const byte of bytes) {
    if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (byte === 0x5d || byte === 0x7d) depth -= 1
  }
  return deepest
}

/** A member by the name of another one, which may then be there twice. */
function renamed(random: Random, text: string): Uint8Array {
  const names = [...text.matchAll(/"(?:[^"\\]|\\.)*":/g)]
  const name = names[random.below(Math.max(1, names.length))]
  const other = names[random.below(Math.max(1, names.length))]
  if (name === undefined || other === undefined) return Buffer.from(text)
  const end = name.index + name[0].length
  return Buffer.from(text.slice(0, name.index) + other[0] + text.slice(end))
}

function nested(random: Random, text: string): string {
  const levels = random.pick([1, 50, 99, 150, 3000])
  const [open, close] = random.pick<readonly [string, string]>([
    ['{"arrayValue":{"values":[', ']}}'],
    ['[', ']'],
  ])
  return open.repeat(levels) + text + close.repeat(levels)
}

function mutateToken(random: Random, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const found = [...text.matchAll(tokens)]
  const token = found[random.below(Math.max(1, found.length))]
  if (token === undefined) return new Uint8Array(Buffer.from(random.pick(broken)))
  const end = token.index + token[0].length
  return Buffer.from(
    text.slice(0, token.index) + replaced(random, token[0]) + text.slice(end),
    'latin1',
  )
}

function replaced(random: Random, token: string): string {
  switch (random.below(5)) {
    case 0:
      return ''
    case 1:
      return token + token
    case 2:
      return nested(random, token)
    case 3:
      return random.pick(broken)
    default:
      return random.pick(odd)
  }
}
