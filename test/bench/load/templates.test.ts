import t from 'tap'
import type { TemplateOptions } from '../../../bench/load/template-builder.ts'
import type { ReadyMessage } from '../../../bench/load/templates.ts'
import { grpcPrefixBytes, TemplateSet } from '../../../bench/load/templates.ts'
import {
  decodeBatches,
  decodePostSpansRequest,
} from '../../../bridge/jaeger-proto/decode-request.ts'
import { decodeThriftBatch } from '../../../bridge/jaeger-thrift/decode-batch.ts'
import { hexOf } from '../../../bridge/model/identifier.ts'
import type { Span, SpanGroup } from '../../../bridge/model/span.ts'
import { spanBytes } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'
import { tagText } from '../../../bridge/zipkin/tag-text.ts'
import { messageOf } from '../../bridge/jaeger-thrift/read-message.ts'

t.setTimeout(120_000)

const small: TemplateOptions = {
  format: 'otlp',
  batch: 100,
  spanBytes: 700,
  seed: 3,
  distinctSpans: 2000,
}
const manyValued = ['user.id', 'order.id', 'req.id']
const nowNano = 1_700_000_000_123_456_789n

function spansOf(message: ReadyMessage, format: TemplateOptions['format']): Span[] {
  return groupsIn(message, format).flatMap(({ spans }) => spans)
}

function groupsIn(message: ReadyMessage, format: TemplateOptions['format']): SpanGroup[] {
  const bytes = Uint8Array.from(message.framed.subarray(grpcPrefixBytes))
  const { batch, rejected, repairs } = decoders[format](bytes, { arrivalUnixMs: 1 })
  if (rejected.length > 0) throw new Error(rejected[0]?.message)
  if (Object.values(repairs).some((count) => count > 0)) throw new Error('repaired')
  return groupsOf(batch)
}

const decoders: Readonly<Record<TemplateOptions['format'], typeof decodeRequest>> = {
  otlp: decodeRequest,
  jaeger: decodePostSpansRequest,
  'jaeger-thrift': decodeThriftBatch,
  'jaeger-datagram': (bytes, options) => {
    const { facts, spans } = messageOf(new CompactReader(), bytes)
    if (facts.unknownFields > 0) throw new Error('unknown fields')
    return decodeBatches(spans, options)
  },
  'zipkin-json': decodeZipkinJson,
}

function textOf(span: Span, key: string): string {
  const value = span.attributes.find((attribute) => attribute.key === key)?.value
  return value?.kind === 'string' ? value.value : ''
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** Ids of spans by trace, and the parents that are missing. */
function orphansOf(spans: readonly Span[]): number {
  const known = new Set(spans.map((span) => `${hexOf(span.traceId)} ${hexOf(span.spanId)}`))
  return spans.filter(({ traceId, parentSpanId }) => {
    return parentSpanId !== undefined && !known.has(`${hexOf(traceId)} ${hexOf(parentSpanId)}`)
  }).length
}

const formats = ['otlp', 'jaeger', 'jaeger-thrift', 'jaeger-datagram', 'zipkin-json'] as const

for (const format of formats) {
  t.test(`TemplateSet.next() gives new, whole traces in ${format} each round`, async (t) => {
    const set = TemplateSet.build({ ...small, format }, () => nowNano)
    t.equal(set.count, 20)
    const seen = new Set<string>()
    let count = 0
    for (let round = 0; round < 3; round++) {
      const spans: Span[] = []
      for (let message = 0; message < set.count; message++)
        spans.push(...spansOf(set.next(), format))
      t.equal(orphansOf(spans), 0, 'every parent is in its trace')
      const roots = spans.filter((span) => span.parentSpanId === undefined)
      t.equal(roots.length, new Set(spans.map((span) => hexOf(span.traceId))).size, 'one root each')
      for (const span of spans) seen.add(hexOf(span.spanId))
      count += spans.length
      const starts = spans.map((span) => span.startUnixNano)
      const ends = spans.map((span) => span.endUnixNano)
      t.ok(starts.every((start, index) => start <= (ends[index] ?? 0n)))
      t.ok(ends.every((end) => end <= nowNano && end > nowNano - 300_000_000_000n))
      t.equal(
        starts.some((start) => start % 1000n !== 0n),
        format === 'otlp' || format === 'jaeger',
        'nanoseconds, and microseconds in Thrift and JSON',
      )
    }
    t.equal(seen.size, count, 'no span comes twice')
    t.equal(count, 3 * 2000)
  })
}

t.test('spans in Zipkin JSON are those of Jaeger Thrift, with attributes as texts', async (t) => {
  const sets = (['jaeger-thrift', 'zipkin-json'] as const).map((format) => {
    return { format, set: TemplateSet.build({ ...small, format }, () => nowNano) }
  })
  for (let message = 0; message < 40; message++) {
    const [thrift, json] = sets.map(({ format, set }) => {
      return groupsIn(set.next(), format).flatMap(({ resource, spans }) =>
        spans.map((span) => ({
          ...span,
          flags: 0,
          // To Zipkin a duration of 0 is unknown, and its clients write 1.
          endUnixNano: max(span.endUnixNano, span.startUnixNano + 1000n),
          resource,
          attributes: span.attributes.map(({ key, value }) => [key, tagText(value)]),
        })),
      )
    })
    t.equal(json?.length, small.batch)
    t.strictSame(json, thrift)
  }
})

t.test('a span has 15 attributes, a status and sometimes an event', async (t) => {
  const set = TemplateSet.build({ ...small, distinctSpans: 5000 })
  const spans: Span[] = []
  for (let message = 0; message < set.count; message++) spans.push(...spansOf(set.next(), 'otlp'))
  t.ok(spans.every(({ attributes }) => new Set(attributes.map(({ key }) => key)).size === 15))
  const errors = spans.filter(({ status }) => status?.code === 2).length / spans.length
  t.ok(errors > 0.008 && errors < 0.022, `${errors} errors`)
  const events = spans.filter((span) => span.events.length > 0)
  t.ok(events.length > spans.length * 0.05)
  t.ok(
    events.every(({ events: [event], startUnixNano, endUnixNano }) => {
      return (
        event !== undefined &&
        event.timeUnixNano >= startUnixNano &&
        event.timeUnixNano <= endUnixNano
      )
    }),
  )
  const traces = new Set(spans.map((span) => hexOf(span.traceId))).size
  const mean = spans.length / traces
  t.ok(mean > 9 && mean < 16, `${mean} spans a trace`)
  t.ok(new Set(spans.map((span) => span.name)).size > 150)
})

for (const bytes of [700, 422]) {
  t.test(`Span messages have ${bytes} bytes on average`, async (t) => {
    const set = TemplateSet.build({ ...small, spanBytes: bytes, batch: 500, distinctSpans: 10_000 })
    let size = 0
    let count = 0
    for (let message = 0; message < set.count; message++) {
      const request = set.next().framed.subarray(grpcPrefixBytes)
      const { batch } = decodeRequest(request, { arrivalUnixMs: 1 })
      for (let span = 0; span < 500; span++) size += spanBytes(batch, span).length
      count += 500
    }
    t.ok(Math.abs(size / count - bytes) < bytes * 0.05, `${size / count} bytes`)
  })
}

t.test('three attributes have over 100,000 values each in 120,000 spans', async (t) => {
  const set = TemplateSet.build({ ...small, spanBytes: 422, batch: 500, distinctSpans: 20_000 })
  // Found in the bytes, as decoding so many spans to objects takes long; the tests above decode.
  const values = manyValued.map((key) => ({
    key,
    found: new Set<string>(),
    // A KeyValue's value after its key: tag and length of the value and of its text.
    pattern: new RegExp(`${key.replace('.', '\\.')}\\x12.\\n.(u?[0-9a-f]+)`, 'gs'),
  }))
  for (let message = 0; message < 6 * set.count; message++) {
    const text = set.next().framed.toString('latin1')
    for (const { pattern, found } of values) {
      for (const match of text.matchAll(pattern)) found.add(match[1] ?? '')
    }
  }
  for (const { key, found } of values) t.ok(found.size >= 100_000, `${key} has ${found.size}`)
  const lengths = values.map(({ found }) => [...new Set([...found].map((text) => text.length))])
  t.same(lengths, [[7], [8], [16]])
})

t.test('a batch smaller than a bundle goes on with the traces of the one before', async (t) => {
  const set = TemplateSet.build({ ...small, batch: 10, distinctSpans: 500 })
  t.equal(set.count, 50)
  const spans: Span[] = []
  for (let message = 0; message < set.count; message++) spans.push(...spansOf(set.next(), 'otlp'))
  t.equal(orphansOf(spans), 0)
  t.equal(spans.length, 500)
})

t.test('TemplateSet.plant() changes one span until its template comes again', async (t) => {
  const set = TemplateSet.build({ ...small, distinctSpans: 100 })
  const message = set.next()
  const id = set.spanId(message, 7)
  const before = spansOf(message, 'otlp').find((span) => hexOf(span.spanId) === id)
  set.plant(message, 7, { tenant: 't-rare', durationNano: 5e9 })
  const planted = spansOf(message, 'otlp').filter((span) => textOf(span, 'tenant') === 't-rare')
  t.equal(planted.length, 1)
  const [span] = planted
  t.equal(span && hexOf(span.spanId), id)
  t.equal(span && hexOf(span.traceId), set.traceId(message, 7))
  t.equal(span && span.endUnixNano - span.startUnixNano, 5_000_000_000n)
  const again = spansOf(set.next(), 'otlp')
  t.equal(again.filter((other) => textOf(other, 'tenant') === 't-rare').length, 0)
  t.equal(
    before && again.filter((s) => textOf(s, 'tenant') === textOf(before, 'tenant')).length > 0,
    true,
  )
})

t.test('TemplateSet.plant() moves spans into a trace', (t) => {
  const set = TemplateSet.build({ ...small, distinctSpans: 100 })
  const message = set.next()
  const traceId = Buffer.alloc(16, 7)
  set.plant(message, 0, { traceId })
  set.plant(message, 1, { traceId })
  const moved = spansOf(message, 'otlp').filter((span) => traceId.equals(span.traceId))
  t.equal(moved.length, 2)
  t.equal(set.traceId(message, 1), traceId.toString('hex'))
  t.end()
})
