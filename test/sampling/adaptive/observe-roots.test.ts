import t from 'tap'
import type { KeyValue, Span } from '../../../bridge/model/span.ts'
import { SpanField, spanField } from '../../../bridge/model/span-batch.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { observeBatch, observeRoots } from '../../../src/sampling/adaptive/observe-roots.ts'
import { readSamplerTags } from '../../../src/sampling/adaptive/sampler-tags.ts'
import type { KeptBy } from '../../../src/sampling/adaptive/throughput.ts'
import {
  sampleGroup,
  sampleResource,
  sampleSpan,
  textAttribute,
} from '../../bridge/otlp/sample-span.ts'

type Observed = readonly [service: string, operation: string, keptBy: KeptBy | undefined]

function batchOf(spans: readonly Partial<Span>[], service = 'cart') {
  const group = sampleGroup(
    spans.map((span, index) =>
      sampleSpan({ spanId: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, index), ...span }),
    ),
    { resource: sampleResource(service) },
  )
  return batchOfGroups([group], { arrivalUnixMs: 1_750_000_000_000 }).batch
}

function observed(spans: readonly Partial<Span>[]): Observed[] {
  const found: Observed[] = []
  observeBatch(batchOf(spans), (...one) => found.push(one))
  return found
}

const share = (probability: number): KeptBy => ({ kind: 'share', probability })
const other: KeptBy = { kind: 'other' }
const tags = (type: string, param: KeyValue['value'], prefix = 'sampler'): readonly KeyValue[] => [
  textAttribute('http.method', 'GET'),
  textAttribute(`${prefix}.type`, type),
  { key: `${prefix}.param`, value: param },
]

for (const [what, span, keptBy] of [
  ['its th', { traceState: 'x=y,ot=th:c' }, share(0.25)],
  ['a th of all digits', { traceState: 'ot=th:e6666666666666' }, share(0.1)],
  ['a th of 0', { traceState: 'ot=th:0' }, share(1)],
  [
    'its th before tags',
    { traceState: 'ot=th:8', attributes: tags('const', undefined) },
    share(0.5),
  ],
  [
    'the tags of a share',
    { attributes: tags('probabilistic', { kind: 'double', value: 0.25 }) },
    share(0.25),
  ],
  [
    "the attributes of OpenTelemetry's remote sampler for Go",
    { attributes: tags('probabilistic', { kind: 'double', value: 0.25 }, 'jaeger.sampler') },
    share(0.25),
  ],
  [
    'its bound',
    { attributes: tags('ratelimiting', { kind: 'double', value: 0.5 }, 'jaeger.sampler') },
    other,
  ],
  [
    'other attributes with such an end',
    { attributes: tags('probabilistic', { kind: 'double', value: 0.25 }, 'my.sampler') },
    undefined,
  ],
  [
    'the tags of a share as text',
    { attributes: tags('probabilistic', { kind: 'string', value: '0.125' }) },
    share(0.125),
  ],
  [
    'the tags of a share as a whole number',
    { attributes: tags('probabilistic', { kind: 'int', value: 1n }) },
    share(1),
  ],
  [
    'the tags of a lower bound',
    { attributes: tags('lowerbound', { kind: 'double', value: 0.1 }) },
    other,
  ],
  ['a tag without a share', { attributes: tags('probabilistic', undefined) }, other],
  [
    'a share that is none',
    { attributes: tags('probabilistic', { kind: 'double', value: 5 }) },
    other,
  ],
  ['nothing', {}, undefined],
] as const) {
  t.test(`observeBatch() finds why a root span was kept: by ${what}`, async (t) => {
    const [[service, operation, found] = []] = observed([span])
    t.equal(service, 'cart')
    t.equal(operation, 'GET /cart')
    if (keptBy?.kind !== 'share') t.strictSame(found, keptBy)
    else t.ok(found?.kind === 'share' && Math.abs(found.probability - keptBy.probability) < 1e-12)
  })
}

t.test(
  'observeBatch() finds tags behind fields of every kind, and none in what is broken',
  async (t) => {
    const { batch } = batchOfGroups(
      [
        sampleGroup([
          sampleSpan({ attributes: tags('probabilistic', { kind: 'double', value: 0.25 }) }),
        ]),
      ],
      { arrivalUnixMs: 1_750_000_000_000 },
    )
    const start = spanField(batch, 0, SpanField.offset)
    const end = start + spanField(batch, 0, SpanField.length)
    const span = batch.bytes.slice(start, end)
    // Fields 100 of all kinds: a varint of ten bytes, a double, a float, bytes.
    const unknown = Buffer.from(
      'a006ffffffffffffffffff01' + 'a10600000000000000f0' + 'a50600000000' + 'a20603616263',
      'hex',
    )
    const found = (bytes: Uint8Array) => readSamplerTags(bytes, 0, bytes.length)
    t.strictSame(found(Buffer.concat([unknown, span, unknown])), share(0.25))
    for (let length = 0; length < span.length; length++) found(span.subarray(0, length))
    const text = Buffer.from(span).toString('latin1')
    for (const broken of [
      text.replace('sampler.type', 'sampler.t\xffpe'),
      text.replace('probabilistic', '\xff'.repeat(13)),
    ]) {
      t.equal(found(Buffer.from(broken, 'latin1'))?.kind === 'share', false)
    }
    t.strictSame(
      readSamplerTags(Buffer.concat([unknown, span]), unknown.length, unknown.length + span.length),
      share(0.25),
    )
  },
)

t.test('observeBatch() passes over children and names that are missing', async (t) => {
  const child = { parentSpanId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }
  t.strictSame(
    observed([child, { name: 'root' }, child]).map(([, operation]) => operation),
    ['root'],
  )
})

t.test('observeRoots() looks at spans before the store has them, and hands them on', async (t) => {
  const steps: string[] = []
  const rejected = [] as const
  const sink = observeRoots(
    {
      admit: async () => ({
        store: async () => {
          steps.push('store')
          return rejected
        },
        release: () => steps.push('release'),
      }),
    },
    (service) => steps.push(service),
  )
  const { signal } = new AbortController()
  const admitted = await sink.admit({ receiver: 'x', format: 'y', sizeBytes: 1, signal })
  const delivery = { tenant: '', batch: batchOf([{}]), rejected }
  t.equal(await admitted.store(delivery, signal), rejected)
  admitted.release()
  t.strictSame(steps, ['cart', 'store', 'release'])
})
