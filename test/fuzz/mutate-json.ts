import { mutate } from './mutate.ts'
import type { Random } from './random.ts'

const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{}:,]/g
const values: readonly [string, ...string[]] = [
  'null',
  ...['true', '""', '[]', '{}', '0', '-1', '1e999', '-0.0', '1.5', '01', '"zz"', '"0a"'],
  ...['9007199254740993', '18446744073709551616', '"-9223372036854775809"', '"NaN"', '"\\ud800"'],
  ...['"\\u00zz"', '[null]', '{"a":[{}]}', '"SPAN_KIND_CLIENT"', '"AAA="', '{"intValue":"5"}'],
  ...['{"a":1,}', '[,]', '"\\q"', 'nul', "'x'", '/**/', '\n', '\u0000'],
]

/**
 * Changes a JSON text in one to three ways: a token replaced, dropped, repeated or nested, and half
 * the time bytes that know nothing of the format. The same random source gives the same bytes.
 */
export function mutateJson(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = bytes
  for (let left = 1 + random.below(3); left > 0; left--) {
    changed = random.below(10) < 3 ? mutate(random, changed, []) : mutateToken(random, changed)
  }
  return changed
}

function mutateToken(random: Random, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const found = [...text.matchAll(tokens)]
  const token = found[random.below(Math.max(1, found.length))]
  if (token === undefined) return new Uint8Array(Buffer.from(random.pick(values)))
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
    case 2: {
      const levels = random.pick([1, 50, 99, 150, 3000])
      const [open, close] = random.pick<readonly [string, string]>([
        ['{"arrayValue":{"values":[', ']}}'],
        ['[', ']'],
      ])
      return open.repeat(levels) + token + close.repeat(levels)
    }
    default:
      return random.pick(values)
  }
}
