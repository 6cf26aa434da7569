import assert from 'node:assert/strict'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { compileText } from '../../src/search/text/compile-query.ts'
import { traceqlTexts } from '../golden/traceql/texts.ts'
import type { Random } from './random.ts'
import type { FuzzTarget } from './run-fuzz.ts'

/** Query texts: each is taken, or refused with a place that is in it. */
export const queryTextTarget: FuzzTarget = {
  samples: traceqlTexts().map((text) => Buffer.from(text)),
  nesting: [],
  mutate: (random, bytes) => Buffer.from(changed(random, Buffer.from(bytes).toString())),
  check(bytes) {
    const text = Buffer.from(bytes).toString()
    try {
      compileText(text)
      return 'taken'
    } catch (error) {
      assert(error instanceof GatewayError && error.code === 'invalid_argument', String(error))
      const [, line = '', column = ''] = /: line (\d+), column (\d+): ./.exec(error.message) ?? []
      const found = text.split('\n')[Number(line) - 1]
      assert(found !== undefined, `line ${line} is there`)
      assert(Number(column) >= 1 && Number(column) <= [...found].length + 1, `column ${column}`)
      if (error.message.includes('not supported')) return 'not supported'
      return / over | longer /.test(error.message) ? 'too large' : 'refused'
    }
  },
}

const pieces = [
  ...([
    '{',
    '}',
    '(',
    ')',
    '|',
    '||',
    '&&',
    '!',
    '>>',
    '<',
    '~',
    '=~',
    '!~',
    '=',
    '-',
    '^',
    ',',
  ] as const),
  ...(['"', '`', '\\', '.', ':', ' ', '\n', '/*', '//', '\u0000', '\ud800', '😀', 'é'] as const),
  ...(['span.', 'trace:', 'count()', 'select(', '.a', '1s', '1.5', 'nil', 'true', '9'] as const),
] as unknown as readonly [string, ...string[]]

function changed(random: Random, text: string): string {
  let result = text
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(result.length + 1)
    const end = at + random.below(4)
    const times = random.oneIn(20) ? random.below(6000) : 1
    const piece = random.oneIn(3) ? result.slice(at, at + random.below(30)) : random.pick(pieces)
    const put = random.oneIn(4) ? '' : piece.repeat(piece.length * times > 20_000 ? 1 : times)
    result = result.slice(0, at) + put + result.slice(end)
  }
  return result
}
