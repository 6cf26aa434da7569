import t from 'tap'
import type { KeyValue, Span } from '../../../bridge/model/span.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { observeBatch, observeRoots } from '../../../src/sampling/adaptive/observe-roots.ts'
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
