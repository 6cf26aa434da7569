import t from 'tap'
import { decodePostSpansRequest } from '../../../bridge/jaeger-proto/decode-request.ts'
import { chunkBytesMax, encodeSpanChunks } from '../../../bridge/jaeger-proto/encode-chunks.ts'
import type { Span } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { WireReader } from '../../../bridge/wire/reader.ts'
import { foreignChunk } from './foreign-decode.ts'
import type { Write } from './wire-span.ts'
import { message, request, spanId, textTag, traceId, wireSpan } from './wire-span.ts'

const options = { arrivalUnixMs: 0 }
const noBytes = new Uint8Array(0)

t.test('encodeSpanChunks() writes 25 spans as 10, 10 and 5', async (t) => {
  const chunks = [...encodeSpanChunks(batchOf(numbered(25, traceId)))]
  t.same(
    chunks.map((chunk) => spansOf(chunk).length),
    [10, 10, 5],
  )
})

t.test('encodeSpanChunks() mixes no traces and keeps each in a row', async (t) => {
  const other = traceId.with(0, 99)
  const mixed = numbered(12, traceId).flatMap((span, at) => [
    span,
    ...numbered(12, other).slice(at, at + 1),
  ])
  const chunks = [...encodeSpanChunks(batchOf(mixed))]
  const traces = chunks.map(
    (chunk) => new Set(spansOf(chunk).map((span) => String(span['trace_id']))),
  )
  t.same(
    chunks.map((chunk) => spansOf(chunk).length),
    [10, 2, 10, 2],
  )
  t.ok(traces.every((ids) => ids.size === 1))
  t.same(
    traces.map(([...ids]) => ids[0]),
    [base64(traceId), base64(traceId), base64(other), base64(other)],
  )
})

t.test('encodeSpanChunks() keeps chunks under 1 MiB unless one span is longer', async (t) => {
  const big = (bytes: number) => wireSpan((writer) => textTag(writer, 8, 'k', 'x'.repeat(bytes)))
  const sizes = [400_000, 400_000, 400_000, 2_000_000, 10, 10]
  const chunks = [...encodeSpanChunks(batchOf(sizes.map(big)))]
  t.same(
    chunks.map((chunk) => spansOf(chunk).length),
    [2, 1, 1, 2],
  )
  t.same(
    chunks.map((chunk) => chunk.length > chunkBytesMax),
    [false, false, true, false],
  )
})

t.test('encodeSpanChunks() of an empty batch is nothing', async (t) => {
  t.same([...encodeSpanChunks(batchOf([]))], [])
})

t.test('encodeSpanChunks() repeats the process in each span and writes full ids', async (t) => {
  const [chunk] = [...encodeSpanChunks(batchOf(numbered(2, spanId)))]
  for (const span of spansOf(chunk)) {
    t.same(span['process'], { service_name: 'shop' })
    t.equal(span['trace_id'], base64(Buffer.concat([Buffer.alloc(8), spanId])))
    t.notOk(span['process_id'])
    t.same(span['start_time'], {}, 'also the year 1970')
    t.same(span['duration'], {})
  }
})

t.test(
  'encodeSpanChunks() gives back flags, warnings and unknown fields of each message',
  async (t) => {
    const unknown: Write = (writer) => writer.bytesAlways(2000, Uint8Array.of(7))
    const sent = wireSpan((writer) => {
      writer.message(4, () => {
        writer.bytesAlways(1, traceId)
        writer.bytesAlways(2, spanId)
        unknown(writer)
      })
      writer.uint32(5, 0xb)
      writer.message(6, () => writer.int64(1, 5n))
      writer.message(7, () => writer.int32(2, 1))
      writer.message(8, () => {
        writer.string(1, 'k')
        writer.string(3, 'v')
        unknown(writer)
      })
      writer.message(9, () => {
        writer.message(1, () => writer.int64(1, 6n))
        textTag(writer, 2, 'event', 'e')
        unknown(writer)
      })
      writer.message(10, () => {
        writer.string(1, 'own')
        unknown(writer)
      })
      writer.stringAlways(12, 'first')
      writer.stringAlways(12, '')
      unknown(writer)
      // A newer field with a number that OTLP's span has, Jaeger's not.
      writer.uint32(13, 5)
    })
    const [chunk] = [...encodeSpanChunks(batchOf([sent]))]
    t.same(Buffer.from(bodyOf(chunk)), Buffer.from(sent), 'byte by byte')
  },
)

t.test('encodeSpanChunks() wraps unknown fields of OTLP, which posting unwraps', async (t) => {
  const unknown = message((writer) => writer.uint32(999, 1))
  const batch = batchOfSpan({ unknown })
  const [chunk] = [...encodeSpanChunks(batch)]
  const again = decodePostSpansRequest(
    message((w) => w.bytesAlways(1, chunk ?? noBytes)),
    options,
  )
  t.same(Buffer.from(encodeTracesData(again.batch)), Buffer.from(encodeTracesData(batch)))
})

t.test(
  'encodeSpanChunks() leaves out a link that no reference can hold, and says so',
  async (t) => {
    const link = { traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 }
    const links = [
      { ...link, traceId: new Uint8Array(15), spanId },
      { ...link, traceId: traceId.with(0, 99), spanId },
    ]
    const [chunk] = [...encodeSpanChunks(batchOfSpan({ links }))]
    const [span] = spansOf(chunk)
    t.equal(Object.keys(span?.['references'] ?? {}).length, 1)
    t.match(span?.['warnings'], [/Span link left out: trace id has 15 bytes/])
  },
)

t.test('encodeSpanChunks() keeps @jaeger@ attributes that it did not make as tags', async (t) => {
  const attributes = [
    { key: '@jaeger@flags', value: { kind: 'int', value: -1n } },
    { key: '@jaeger@warnings', value: { kind: 'array', value: [{ kind: 'int', value: 1n }] } },
  ] as const
  const [chunk] = [...encodeSpanChunks(batchOfSpan({ attributes }))]
  const [span] = spansOf(chunk)
  t.same(span?.['tags'], [
    { key: '@jaeger@flags', v_type: 'INT64', v_int64: '-1' },
    { key: '@jaeger@warnings', v_str: '[1]' },
  ])
})

t.test('encodeSpanChunks() bounds a duration that Go cannot hold', async (t) => {
  const [chunk] = [...encodeSpanChunks(batchOfSpan({ endUnixNano: 2n ** 64n - 1n }))]
  t.same(spansOf(chunk)[0]?.['duration'], { seconds: '9223372036', nanos: 854_775_807 })
})

function numbered(count: number, trace: Uint8Array): Uint8Array[] {
  return Array.from({ length: count }, (_, at) =>
    wireSpan(undefined, { traceId: trace, spanId: spanId.with(7, at + 1) }),
  )
}

function batchOf(spans: readonly Uint8Array[]): SpanBatch {
  const { batch, rejected } = decodePostSpansRequest(request(spans), options)
  t.same(rejected, [])
  return batch
}

function batchOfSpan(fields: Partial<Span>): SpanBatch {
  const span: Span = {
    traceId,
    spanId,
    parentSpanId: undefined,
    traceState: '',
    flags: 0,
    name: 'operation',
    kind: 0,
    startUnixNano: 0n,
    endUnixNano: 0n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: undefined,
    ...fields,
  }
  const resource = {
    attributes: [{ key: 'service.name', value: { kind: 'string', value: 'shop' } }],
    droppedAttributesCount: 0,
  } as const
  const scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 }
  const group = { resource, resourceSchemaUrl: '', scope, scopeSchemaUrl: '', spans: [span] }
  return batchOfGroups([group], options).batch
}

function spansOf(chunk: Uint8Array | undefined): readonly { readonly [field: string]: unknown }[] {
  return JSON.parse(JSON.stringify(foreignChunk(chunk ?? noBytes))).spans ?? []
}

function bodyOf(chunk: Uint8Array | undefined): Uint8Array {
  const reader = new WireReader(chunk ?? noBytes)
  reader.tag()
  return reader.slice()
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
