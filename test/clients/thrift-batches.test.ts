import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeThriftBatch } from '../../bridge/jaeger-thrift/decode-batch.ts'
import { encodeThriftBatches } from '../../bridge/jaeger-thrift/encode-batches.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { thriftProtocols } from '../../bridge/thrift/thrift-protocol.ts'
import { attributesOf, sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { needs, runJson } from './peers.ts'

interface Reference {
  readonly type: string
  readonly traceId: string
  readonly spanId: string
}

interface GoldenSpan {
  readonly traceId: string
  readonly parentSpanId: string
  readonly references: readonly Reference[]
}

const folder = join(projectRoot, 'test/golden/jaeger-thrift')
const names = ['values', 'ids', 'references', 'logs', 'times', 'many', 'counted']
const noParent = '0'.repeat(16)

/** As a golden span is written again: with the parent told by its field and among the references. */
function written(span: GoldenSpan): GoldenSpan {
  const { traceId, references } = span
  const inTrace = references.filter((reference) => reference.traceId === traceId)
  const first = inTrace.find(({ type }) => type === 'CHILD_OF') ?? inTrace[0]
  const parent = span.parentSpanId === noParent ? first?.spanId : span.parentSpanId
  if (parent === undefined) return span
  const isParent = (reference: Reference) =>
    reference.spanId === parent && reference.traceId === traceId
  // A link to the parent decides the type of the first reference.
  const type = references.findLast((one) => isParent(one) && one.type !== 'CHILD_OF')?.type
  const others = references.filter((reference) => !isParent(reference))
  const own = { type: type ?? 'CHILD_OF', traceId, spanId: parent }
  return { ...span, parentSpanId: parent, references: [own, ...others] }
}

t.test(
  'Apache Thrift reads what encodeThriftBatches() writes',
  needs('thrift-read-batch'),
  async (t) => {
    const directory = testDirectory(t)
    const files: string[] = []
    const expected: unknown[] = []
    for (const name of names) {
      const bytes = readFileSync(join(folder, `${name}.binary-batch.thrift-0.25.0.bin`))
      const { batch } = decodeThriftBatch(bytes, { arrivalUnixMs: 0 })
      const golden = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as GoldenSpan[]
      for (const protocol of thriftProtocols) {
        const [encoded] = encodeThriftBatches(groupsOf(batch), protocol).batches
        const file = join(directory, `${name}.${protocol}`)
        writeFileSync(file, encoded ?? '')
        files.push(protocol, file)
        expected.push(golden.map(written))
      }
    }
    t.strictSame(await runJson('thrift-read-batch', files), expected)
  },
)

t.test('Apache Thrift reads spans of OpenTelemetry', needs('thrift-read-batch'), async (t) => {
  const directory = testDirectory(t)
  const span = sampleSpan({
    trace: 7,
    id: 2,
    parent: 1,
    startUnixNano: 1_795_000_000_000_001_999n,
    durationNano: 1_001_999n,
    kind: 3,
    status: { code: 2, message: 'out of stock' },
    traceState: 'a=1',
    flags: 0x101,
    attributes: { list: ['a', 1n], nothing: undefined, bytes: Uint8Array.of(0, 255) },
    events: [
      {
        timeUnixNano: 1_795_000_000_000_500_000n,
        name: 'checked',
        attributes: attributesOf({ rows: 3n }),
        droppedAttributesCount: 0,
      },
    ],
  })
  const warned = sampleSpan({
    trace: 7,
    id: 3,
    attributes: { '@jaeger@warnings': ['late', 'odd'], '@jaeger@flags': 6n },
  })
  const groups = [sampleGroup([span, warned])]
  const { batches, lost } = encodeThriftBatches(groups, 'compact')
  t.strictSame(lost, { nanoseconds: 2, unknownFields: 0 })
  const file = join(directory, 'batch')
  writeFileSync(file, batches[0] ?? '')
  const [spans] = (await runJson('thrift-read-batch', ['compact', file])) as [unknown[]]
  t.match(spans, [
    {
      spanId: '0000000000000002',
      parentSpanId: '0000000000000001',
      references: [{ type: 'CHILD_OF', spanId: '0000000000000001' }],
      flags: 1,
      startMicros: '1795000000000001',
      durationMicros: '1001',
      tags: [
        { key: 'list', value: { string: '["a",1]' } },
        { key: 'nothing', value: { string: '' } },
        { key: 'bytes', value: { bytes: 'AP8=' } },
        { key: 'span.kind', value: { string: 'client' } },
        { key: 'otel.status_code', value: { string: 'ERROR' } },
        { key: 'error', value: { bool: true } },
        { key: 'otel.status_description', value: { string: 'out of stock' } },
        { key: 'w3c.tracestate', value: { string: 'a=1' } },
      ],
      logs: [
        {
          timeMicros: '1795000000000500',
          fields: [
            { key: 'event', value: { string: 'checked' } },
            { key: 'rows', value: { int: '3' } },
          ],
        },
      ],
    },
    {
      flags: 6,
      tags: [
        { key: 'span.kind', value: { string: 'internal' } },
        { key: '@jaeger@warnings', value: { string: '["late","odd"]' } },
      ],
    },
  ])
})
