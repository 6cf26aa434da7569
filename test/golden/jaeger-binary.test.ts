import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeJaegerBinary, encodeJaegerBinary } from '../../bridge/propagation/jaeger-binary.ts'
import { defaultPropagationLimits } from '../../bridge/propagation/limits.ts'
import { parseUberTraceId } from '../../bridge/propagation/uber-trace-id.ts'
import { projectRoot } from '../project-root.ts'

/**
 * OpenTracing's binary carrier beside that of Jaeger's client for Go; its version is in the name, and
 * test/golden/jaeger-binary/generate makes the file.
 */
const file = join(projectRoot, 'test/golden/jaeger-binary/contexts.jaeger-client-go-2.30.0.json')
const contexts = JSON.parse(readFileSync(file, 'utf8')) as readonly {
  readonly name: string
  readonly context: string
  readonly baggage: Readonly<Record<string, string>> | null
  readonly hex: string
}[]

t.equal(contexts.length, 9)

for (const { name, context, baggage, hex } of contexts) {
  t.test(`a context of Jaeger's client is read and written equal: ${name}`, async (t) => {
    const expected = parseUberTraceId(context)
    if ('reason' in expected) throw new Error(expected.reason)
    const bytes = Buffer.from(hex, 'hex')
    const { propagated, losses } = decodeJaegerBinary(bytes)
    t.same(losses, [])
    t.strictSame(propagated.span, expected.span)
    t.equal(propagated.sampling, expected.sampling)
    const items = propagated.baggage.map(({ key, value }) => [key, value])
    t.strictSame(Object.fromEntries(items), { ...baggage })
    const written = encodeJaegerBinary(propagated)
    t.same(written.losses, [])
    t.equal(Buffer.from(written.bytes ?? []).toString('hex'), hex)
  })
}

t.test('decodeJaegerBinary() of a cut carrier is none, and told', async (t) => {
  for (const { hex } of contexts) {
    const bytes = Buffer.from(hex, 'hex')
    for (let end = 0; end < bytes.length; end++) {
      const { propagated, losses } = decodeJaegerBinary(bytes.subarray(0, end))
      t.equal(propagated.span, undefined)
      t.match(losses, [{ field: 'binary', reason: 'malformed' }])
    }
  }
})

const [head = ''] = contexts.map(({ hex }) => hex.slice(0, 66))
const bad: readonly (readonly [string, string, string])[] = [
  ['a trace id of zeros', `${'0'.repeat(32)}${head.slice(32)}00000000`, 'zero_id'],
  ['a count below 0', `${head}ffffffff`, 'malformed'],
  ['a count that the bytes cannot hold', `${head}7fffffff`, 'malformed'],
  ['a length below 0', `${head}00000001ffffffff00000000`, 'malformed'],
  ['a length over the bytes', `${head}000000017fffffff00000000`, 'malformed'],
]
for (const [what, hex, reason] of bad) {
  t.test(`decodeJaegerBinary() refuses ${what}`, async (t) => {
    const { propagated, losses } = decodeJaegerBinary(Buffer.from(hex, 'hex'))
    t.equal(propagated.span, undefined)
    t.match(losses, [{ reason }])
  })
}

t.test('decodeJaegerBinary() leaves out bad baggage and flags alone', async (t) => {
  const hex = `${head.slice(0, 64)}f1000000020000000161000000 01ff00000001620000000163`
  const { propagated, losses } = decodeJaegerBinary(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  t.same(propagated.baggage, [{ key: 'b', value: 'c' }])
  t.match(losses, [
    { reason: 'reserved_flags', count: 4 },
    { reason: 'not_utf8', count: 1 },
  ])
})

t.test('both keep the limits of baggage', async (t) => {
  const limits = { ...defaultPropagationLimits, baggageMembersMax: 2, fieldBytesMax: 200 }
  const several = contexts.find(({ name }) => name === 'several')?.hex ?? ''
  const read = decodeJaegerBinary(Buffer.from(several, 'hex'), limits)
  t.equal(read.propagated.baggage.length, 2)
  t.match(read.losses, [{ reason: 'limit_members', count: 1 }])
  const all = decodeJaegerBinary(Buffer.from(several, 'hex')).propagated
  t.match(encodeJaegerBinary(all, limits).losses, [{ reason: 'limit_members', count: 1 }])
  t.match(decodeJaegerBinary(Buffer.alloc(201), limits).losses, [{ reason: 'limit_field_bytes' }])
})

t.test('encodeJaegerBinary() writes nothing without a span, and tells its baggage', async (t) => {
  const baggage = [{ key: 'a', value: '1' }]
  const { bytes, losses } = encodeJaegerBinary({ sampling: 'deferred', baggage })
  t.equal(bytes, undefined)
  t.match(losses, [{ field: 'baggage', reason: 'not_carried', count: 1 }])
})
