import t from 'tap'
import {
  foreignFieldsNumber,
  Level,
  unknownToJaeger,
  unknownToOtlp,
} from '../../../bridge/jaeger-proto/exchange-unknown.ts'
import { message } from './wire-span.ts'

const field = (number: number) => message((writer) => writer.uint32(number, 1))
const wrapped = (content: Uint8Array) =>
  message((writer) => writer.bytesAlways(foreignFieldsNumber, content))

t.test('unknownToOtlp() wraps what unknownToJaeger() unwraps', async (t) => {
  t.same(sorted(unknownToOtlp(field(13), Level.span)), sorted(wrapped(field(13))))
  t.same(sorted(unknownToJaeger(wrapped(field(13)), Level.span)), sorted(field(13)))
  t.equal(unknownToOtlp(undefined, Level.span), undefined)
})

const fields: readonly (readonly [why: string, bytes: Uint8Array])[] = [
  ['one field', field(2000)],
  ['a wrapper of a known field', wrapped(field(1))],
  ['a wrapper of no field', wrapped(Uint8Array.of(0xff))],
  ['an empty wrapper', wrapped(new Uint8Array(0))],
  ['a wrapper in a wrapper', wrapped(wrapped(field(2000)))],
  ['three wrappers', wrapped(wrapped(wrapped(field(2000))))],
  ['a wrapper of a bad wrapper', wrapped(wrapped(field(1)))],
  ['a wrapper that is a number', field(foreignFieldsNumber)],
  ['a field and a wrapper', Buffer.concat([wrapped(field(2000)), field(2001)])],
]
for (const [why, bytes] of fields) {
  t.test(`unknownToJaeger() of unknownToOtlp() is the same for ${why}`, async (t) => {
    for (const level of Object.values(Level)) {
      const there = unknownToOtlp(bytes, level)
      const back = unknownToJaeger(there, level)
      t.same(sorted(back), sorted(bytes))
      t.same(sorted(unknownToOtlp(unknownToJaeger(bytes, level), level)), sorted(bytes))
    }
  })
}

/** The bytes in any order: two fields may change places. */
function sorted(bytes: Uint8Array | undefined): number[] {
  return [...(bytes ?? [])].sort((a, b) => a - b)
}
