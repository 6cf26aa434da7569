import t from 'tap'
import { SpecialAttributes } from '../../../bridge/jaeger-json/special-attributes.ts'
import { jaegerPartsOf } from '../../../bridge/jaeger-proto/jaeger-parts.ts'
import { SpanField, spanField } from '../../../bridge/model/span-batch.ts'
import { viewOf } from '../../../bridge/model/term-hash.ts'
import { spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { SpanFields } from '../../../bridge/otlp/span-fields.ts'
import { textOf } from '../../../bridge/wire/reader.ts'
import type { Plain } from '../../conformance/sample.ts'
import { anyValueOf, sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'

/** What is found of these attributes, and what must be; undefined when they are left to another. */
function foundIn(attributes: readonly (readonly [key: string, value: Plain])[]) {
  const span = {
    ...sampleSpan({ trace: 1, id: 1 }),
    attributes: attributes.map(([key, value]) => ({ key, value: anyValueOf(value) })),
  }
  const batch = sampleBatch([sampleGroup([span])], 0)
  const { bytes } = batch
  const start = spanField(batch, 0, SpanField.offset)
  const fields = new SpanFields()
  fields.find(bytes, viewOf(bytes), start, start + spanField(batch, 0, SpanField.length))
  const special = new SpecialAttributes()
  const isKnown = special.find(bytes, fields.attributes)
  const { flags, warnings } = special
  const texts = Array.from({ length: warnings.count }, (_, at) =>
    textOf(bytes.subarray(warnings.start(at), warnings.end(at))),
  )
  const others = attributes.flatMap(([key], at) => (special.has(at) ? [] : [key]))
  const { tags, ...parts } = jaegerPartsOf(spanOf(batch, 0), undefined)
  const keys = tags.map(({ key }) => key).filter((key) => key !== 'span.kind')
  return {
    found: isKnown ? { flags, warnings: texts, others } : undefined,
    wanted: { ...parts, others: keys },
  }
}

const flags = '@jaeger@flags'
const warnings = '@jaeger@warnings'
const usual: readonly (readonly [string, Plain])[][] = [
  [],
  [['a', 'b']],
  [[flags, 2n]],
  [[flags, 0xffff_fffen]],
  [[warnings, []]],
  [[warnings, ['']]],
  [[warnings, ['one', 'zwei "ü"', 'x'.repeat(20_000)]]],
  [
    ['a', 1n],
    [warnings, ['clock skew']],
    ['@jaeger@other', 'x'],
    ['@', true],
    [flags, 8n],
    ['@jaeger@flagss', 2n],
  ],
]
const others: readonly (readonly [string, Plain])[][] = [
  [[flags, 3n]],
  [[flags, 0n]],
  [[flags, -2n]],
  [[flags, 2n ** 32n]],
  [[flags, '2']],
  [[flags, undefined]],
  [
    [flags, 2n],
    [flags, 4n],
  ],
  [[warnings, 'text']],
  [[warnings, ['text', 5n]]],
  [[warnings, [['text']]]],
  [[warnings, [undefined]]],
  [[warnings, undefined]],
  [
    [warnings, ['one']],
    [warnings, ['two']],
  ],
]

t.test('SpecialAttributes finds the flags and warnings that jaegerPartsOf() does', async (t) => {
  for (const attributes of usual) {
    const { found, wanted } = foundIn(attributes)
    t.strictSame(found, wanted, attributes.map(([key]) => key).join(' '))
  }
})

t.test(
  'SpecialAttributes leaves values that are neither flags nor warnings, and several',
  async (t) => {
    for (const attributes of others)
      t.equal(foundIn(attributes).found, undefined, String(attributes))
  },
)
