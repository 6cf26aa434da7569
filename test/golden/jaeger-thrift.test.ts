import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeBatches } from '../../bridge/jaeger-proto/decode-request.ts'
import { decodeThriftBatch } from '../../bridge/jaeger-thrift/decode-batch.ts'
import { encodeThriftBatches } from '../../bridge/jaeger-thrift/encode-batches.ts'
import type { Decoded } from '../../bridge/model/decoded.ts'
import type { AnyValue, KeyValue, Span } from '../../bridge/model/span.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import type { ThriftProtocol } from '../../bridge/thrift/thrift-protocol.ts'
import { messageOf, readerFor } from '../bridge/jaeger-thrift/read-message.ts'
import { projectRoot } from '../project-root.ts'

/**
 * Datagrams, and bare batches as they are posted, by Apache Thrift's Python library, for which
 * generate.py stands beside them, and by Jaeger's client for C++, whose program is in cpp/.
 */
const folder = join(projectRoot, 'test/golden/jaeger-thrift')
const files = readdirSync(folder).filter((name) => name.endsWith('.bin'))

interface Tag {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface Reference {
  readonly type: string
  readonly traceId: string
  readonly spanId: string
}

interface Expected {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly operationName: string
  readonly references: readonly Reference[]
  readonly flags: number
  readonly startMicros: string
  readonly durationMicros: string
  readonly tags: readonly Tag[]
  readonly logs: readonly { readonly timeMicros: string; readonly fields: readonly Tag[] }[]
  readonly process: { readonly serviceName: string; readonly tags: readonly Tag[] }
}

for (const file of files) {
  const [name = '', protocol = ''] = file.split('.')
  t.test(`${name} by ${protocol} is read field by field`, async (t) => {
    const { decoded, skippedFields } = decode(protocol, readFileSync(join(folder, file)))
    const expected = JSON.parse(
      readFileSync(join(folder, `${name}.json`), 'utf8'),
    ) as readonly Expected[]
    t.same(decoded.rejected, [])
    t.same([...decoded.repairs], [])
    // Over HTTP nobody takes seqNo and stats.
    const facts = protocol.endsWith('-batch') ? 2 : 0
    t.equal(skippedFields, name === 'counted' ? 3 + facts : 0)
    const [group, ...others] = groupsOf(decoded.batch)
    t.same(others, [], 'one process')
    const [{ process }] = expected as readonly [Expected]
    t.same(group?.resource?.attributes.map(tagOf), [
      { key: 'service.name', value: { string: process.serviceName } },
      ...process.tags.map(asResource),
    ])
    t.same(group?.spans.map(described), expected.map(asModel))
  })
}

t.test('emitBatch counted tells of its client, by every protocol', async (t) => {
  const counted = files.filter((file) => file.startsWith('counted.') && !isBare(file))
  t.equal(counted.length, 3)
  for (const file of counted) {
    const { facts } = messageOf(
      readerFor(file.split('.')[1] ?? ''),
      readFileSync(join(folder, file)),
    )
    t.same(facts, {
      spans: 1,
      clientUuid: '5a17c0de5a17c0de',
      seqNo: 41,
      stats: {
        fullQueueDroppedSpans: 5,
        tooLargeDroppedSpans: 6,
        failedToEmitSpans: 2 ** 40,
      },
      unknownFields: 3,
    })
  }
})

/** Where a library writes what we leave out, or the other way round; README.md says why. */
const writtenOtherwise = new Map([
  ['references', 'the parent is written among the references too'],
  ['ids', 'the parent is written among the references too'],
  ['counted', 'its number, its statistics and unknown fields are not of the spans'],
  ['cpp-http', 'empty lists are written, and process tags have other names in the model'],
])

for (const file of files.filter(isBare)) {
  const [name = '', protocol = ''] = file.split('.')
  t.test(`encodeThriftBatches() writes ${name} by ${protocol} as it came`, async (t) => {
    const bytes = readFileSync(join(folder, file))
    const groups = groupsOf(decode(protocol, bytes).decoded.batch)
    const { batches, lost } = encodeThriftBatches(groups, plainProtocol(protocol))
    t.same(lost, { nanoseconds: 0, unknownFields: 0 })
    t.equal(batches.length, 1)
    const [written = new Uint8Array()] = batches
    t.equal(Buffer.compare(written, bytes) === 0, !writtenOtherwise.has(name))
    const again = groupsOf(decode(protocol, written).decoded.batch)
    t.same(again, groups, 'and reads the same from it')
  })
}

function isBare(file: string): boolean {
  return file.includes('-batch.')
}

function plainProtocol(protocol: string): ThriftProtocol {
  return protocol.startsWith('compact') ? 'compact' : 'binary'
}

function decode(
  protocol: string,
  bytes: Uint8Array,
): { readonly decoded: Decoded; readonly skippedFields: number } {
  const options = { arrivalUnixMs: 0, withTerms: true }
  if (protocol.endsWith('-batch')) {
    const decoded = decodeThriftBatch(bytes, options, plainProtocol(protocol))
    return { decoded, skippedFields: decoded.skippedFields ?? 0 }
  }
  const { facts, spans } = messageOf(readerFor(protocol), bytes)
  return { decoded: decodeBatches(spans, options), skippedFields: facts.unknownFields }
}

/** A process tag in the model, whose names of two differ; README.md of bridge/jaeger-proto. */
function asResource({ key, value }: Tag): Tag {
  if (key === 'hostname') return { key: 'host.name', value }
  if (key !== 'jaeger.version') return { key, value }
  return { key: 'opencensus.exporterversion', value: { string: `Jaeger-${value['string']}` } }
}

/** What the model has of a span, in the words of the golden files. */
function described(span: Span) {
  const { traceId, spanId, parentSpanId, name, startUnixNano, endUnixNano } = span
  return {
    traceId: hex(traceId),
    spanId: hex(spanId),
    parentSpanId: hex(parentSpanId),
    name,
    flags: span.flags,
    startUnixNano,
    durationNano: endUnixNano - startUnixNano,
    attributes: span.attributes.map(tagOf),
    links: span.links.map((link) => ({
      traceId: hex(link.traceId),
      spanId: hex(link.spanId),
      attributes: link.attributes.map(tagOf),
    })),
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: event.timeUnixNano,
      attributes: event.attributes.map(tagOf),
    })),
  }
}

/** What README.md of bridge/jaeger-proto says that the model has of it. */
function asModel(span: Expected) {
  const parent = parentOf(span)
  const zero = '0'.repeat(16)
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: parent,
    name: span.operationName,
    flags: span.flags,
    startUnixNano: BigInt(span.startMicros) * 1000n,
    durationNano: BigInt(span.durationMicros) * 1000n,
    attributes: span.tags,
    links: span.references
      .filter(({ type, spanId }) => type !== 'CHILD_OF' || spanId !== (parent || zero))
      .map(({ type, traceId, spanId }) => ({
        traceId,
        spanId,
        attributes: [{ key: 'opentracing.ref_type', value: { string: type.toLowerCase() } }],
      })),
    events: span.logs.map(({ timeMicros, fields }) => ({
      name: fields.find(({ key }) => key === 'event')?.value['string'] ?? '',
      timeUnixNano: BigInt(timeMicros) * 1000n,
      attributes: fields.filter(({ key }) => key !== 'event'),
    })),
  }
}

function parentOf({ parentSpanId, traceId, references }: Expected): string {
  if (parentSpanId !== '0'.repeat(16)) return parentSpanId
  const same = references.filter((reference) => reference.traceId === traceId)
  const parent = same.find(({ type }) => type === 'CHILD_OF') ?? same[0]
  return parent?.spanId ?? ''
}

function tagOf({ key, value }: KeyValue): Tag {
  return { key, value: plain(value) }
}

function plain(value: AnyValue | undefined): Readonly<Record<string, unknown>> {
  switch (value?.kind) {
    case 'string':
      return { string: value.value }
    case 'bool':
      return { bool: value.value }
    case 'int':
      return { int: String(value.value) }
    case 'double':
      return { double: value.value }
    case 'bytes':
      return { bytes: Buffer.from(value.value).toString('base64') }
    default:
      return { other: value }
  }
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex')
}
