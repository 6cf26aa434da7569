import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanBytes } from '../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { SpanStore, TraceSummary } from '../../src/ports/span-store.ts'
import { unsentBytesMax } from '../../src/query/send-responses.ts'
import type { SampleSpan } from '../conformance/sample.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { until } from '../transport/start-listener.ts'
import { rawStream, readAll, startQuery, unary } from './query-port.ts'
import { endlessStore, scriptedStore, storeOfTraces } from './scripted-store.ts'

const arrivalUnixMs = Date.UTC(2026, 0, 31)
const mebi = 1024 * 1024
const getV2 = '/jaeger.api_v2.QueryService/GetTrace'
const getV3 = '/jaeger.api_v3.QueryService/GetTrace'
const window = {
  startTimeMin: { seconds: '0', nanos: 0 },
  startTimeMax: { seconds: '4000000000', nanos: 0 },
}

/** A part of a trace: spans with ids from `first` on. */
function partOf(
  trace: number,
  count: number,
  first = 1,
  fields: Partial<SampleSpan> = {},
): SpanBatch {
  const spans = Array.from({ length: count }, (_, i) => {
    return sampleSpan({ trace, id: first + i, ...fields })
  })
  return sampleBatch([sampleGroup(spans)], arrivalUnixMs)
}

const longPart = partOf(1, 100, 1, { attributes: { text: 'x'.repeat(1000) } })

/** GetTrace requests; field 1 is the id in both APIs. */
function requestOf(method: string): Uint8Array {
  const writer = new WireWriter()
  if (method === getV2) writer.bytes(1, traceIdOf(1))
  else writer.string(1, '1')
  return writer.finish()
}

t.test('GetTrace of api_v2 sends 25 spans as 10, 10 and 5, each with its process', async (t) => {
  const port = await startQuery(t, storeOfTraces([[partOf(1, 25)]]))
  const { code, messages } = await readAll(port.v2.getTrace({ traceId: Buffer.from(traceIdOf(1)) }))
  t.equal(code, 'OK')
  t.same(
    messages.map(({ spans }) => spans.length),
    [10, 10, 5],
  )
  for (const span of messages.flatMap(({ spans }) => spans)) {
    t.equal(span.process?.serviceName, 'shop')
    t.same(span.traceId, Buffer.from(traceIdOf(1)))
    t.equal(span.spanId.length, 8)
  }
})

t.test('GetTrace of api_v3 sends spans as they are stored, unknown fields included', async (t) => {
  // Field 1000, a varint.
  const unknown = Uint8Array.of(0xc0, 0x3e, 0x07)
  const part = sampleBatch(
    [
      sampleGroup([sampleSpan({ trace: 1, id: 1, unknown }), sampleSpan({ trace: 1, id: 2 })], {
        resourceUnknown: unknown,
        scopeUnknown: unknown,
        scopeSchemaUrl: 'https://example.com/schema',
      }),
    ],
    arrivalUnixMs,
  )
  const port = await startQuery(t, storeOfTraces([[part]]))
  const { code, messages } = await readAll(rawStream(port, getV3, requestOf(getV3)))
  t.equal(code, 'OK')
  t.equal(messages.length, 1)
  const { batch } = decodeRequest(messages[0] ?? Buffer.alloc(0), { arrivalUnixMs })
  t.same(Buffer.from(spanBytes(batch, 0)), Buffer.from(spanBytes(part, 0)))
  t.same(Buffer.from(spanBytes(batch, 1)), Buffer.from(spanBytes(part, 1)))
  t.equal(countOf(messages[0] ?? Buffer.alloc(0), unknown), 3)
})

for (const method of [getV2, getV3]) {
  t.test(`${method} sends no message over 1 MiB unless one span is`, async (t) => {
    const many = partOf(1, 3000, 1, { attributes: { text: 'x'.repeat(1000) } })
    const large = partOf(1, 1, 9000, { attributes: { text: 'x'.repeat(2 * mebi) } })
    const port = await startQuery(t, storeOfTraces([[many, large]]))
    const { code, messages } = await readAll(rawStream(port, method, requestOf(method)))
    t.equal(code, 'OK')
    const over = messages.filter(({ length }) => length > mebi)
    t.equal(over.length, 1)
    t.ok((over[0]?.length ?? 0) < 2 * mebi + 1000, 'the large span is alone')
    t.ok(messages.length >= 4)
  })
}

t.test('FindTraces sends the parts of a trace in a row and never mixes two', async (t) => {
  const traces = [1, 2, 3].map((trace) => [partOf(trace, 12), partOf(trace, 3, 100)])
  const port = await startQuery(t, storeOfTraces(traces))
  const v2 = await readAll(port.v2.findTraces({ query: {} }))
  t.same(
    v2.messages.map(({ spans }) => new Set(spans.map((span) => span.traceId.readInt8(15)))),
    [1, 1, 1, 2, 2, 2, 3, 3, 3].map((trace) => new Set([trace])),
  )
  const v3 = await readAll(port.v3.findTraces({ query: window }))
  const tracesOfMessage = v3.messages.map(({ resourceSpans }) => {
    const spans = resourceSpans.flatMap((group) => group.scopeSpans.flatMap((scope) => scope.spans))
    return new Set(spans.map((span) => span.traceId.readInt8(15)))
  })
  t.same(
    tracesOfMessage,
    [1, 1, 2, 2, 3, 3].map((trace) => new Set([trace])),
  )
})

t.test('GetTrace answers NOT_FOUND with the id when no span is stored', async (t) => {
  const port = await startQuery(t, scriptedStore({}))
  const v2 = await readAll(port.v2.getTrace({ traceId: Buffer.from(traceIdOf(255)) }))
  const v3 = await readAll(port.v3.getTrace({ traceId: 'FF' }))
  for (const end of [v2, v3]) {
    t.equal(end.code, 'NOT_FOUND')
    t.equal(end.details, `Cannot get trace ${'ff'.padStart(32, '0')}: trace not found`)
  }
})

t.test('FindTraces and FindTraceSummaries that find nothing end well', async (t) => {
  const { v2, v3 } = await startQuery(t, scriptedStore({}))
  for (const { code, messages, bound } of [
    await readAll(v2.findTraces({ query: {} })),
    await readAll(v3.findTraces({ query: window })),
    await readAll(v3.findTraceSummaries({ query: window })),
  ]) {
    t.equal(code, 'OK')
    t.same(messages, [])
    t.equal(bound, undefined)
  }
})

t.test('FindTraces and FindTraceSummaries name the bound that cut them short', async (t) => {
  const end = async function* () {
    yield { kind: 'end', bound: { setting: 'search.max-time', limit: 30_000 } } as const
  }
  const { v2, v3 } = await startQuery(t, scriptedStore({ find: end, summaries: end }))
  for (const { code, bound } of [
    await readAll(v2.findTraces({ query: {} })),
    await readAll(v3.findTraces({ query: window })),
    await readAll(v3.findTraceSummaries({ query: window })),
  ]) {
    t.equal(code, 'OK')
    t.equal(bound, 'search.max-time=30000')
  }
})

t.test('FindTraceSummaries sends a page in one message and a long list bit by bit', async (t) => {
  const listed = (count: number): SpanStore['summaries'] =>
    async function* () {
      for (let trace = 1; trace <= count; trace++) yield summaryOf(trace)
      yield { kind: 'end', bound: undefined } as const
    }
  for (const [count, sizes] of [
    [20, [20]],
    [700, [256, 256, 188]],
  ] as const) {
    const { v3 } = await startQuery(t, scriptedStore({ summaries: listed(count) }))
    const { code, messages } = await readAll(v3.findTraceSummaries({ query: window }))
    t.equal(code, 'OK')
    t.same(
      messages.map(({ summaries }) => summaries.length),
      sizes,
    )
    t.same(
      messages.flatMap(({ summaries }) => summaries.map(({ spanCount }) => spanCount)),
      Array.from(Array(count).keys(), (index) => index + 1),
    )
  }
})

for (const method of [getV2, getV3]) {
  t.test(`${method} sends a part while the store still reads the next`, async (t) => {
    const gate = deferred<void>()
    const store = scriptedStore({
      trace: async function* () {
        yield partOf(1, 1)
        await gate.promise
        yield partOf(1, 1, 2)
      },
    })
    const call = rawStream(await startQuery(t, store), method, requestOf(method))
    await once(call, 'data')
    gate.resolve()
    await once(call, 'data')
    await once(call, 'status')
  })

  t.test(`${method} reads no further than a slow client`, async (t) => {
    const endless = endlessStore(longPart)
    const port = await startQuery(t, endless.store)
    const call = rawStream(port, method, requestOf(method))
    call.on('error', () => {})
    call.once('data', () => call.pause())
    await once(call, 'data')
    await settled(() => endless.bytes)
    // HTTP/2's windows and the client's own buffers hold some more.
    t.ok(endless.bytes < unsentBytesMax + 8 * mebi, `read ${endless.bytes} bytes`)
    call.cancel()
    t.match(await endless.ended, { code: 'cancelled' })
  })

  t.test(`${method} stops the store when the client cancels`, async (t) => {
    const endless = endlessStore(longPart)
    const port = await startQuery(t, endless.store)
    const call = rawStream(port, method, requestOf(method))
    call.on('error', () => {})
    await once(call, 'data')
    call.cancel()
    t.match(await endless.ended, { code: 'cancelled' })
    await until(() => port.measured.length === 1)
    t.same(port.measured, [{ method: method.slice(1), code: 'CANCELLED' }])
  })

  t.test(`${method} stops the store at the deadline, also when nobody reads`, async (t) => {
    const endless = endlessStore(longPart)
    const port = await startQuery(t, endless.store)
    const asIs = (bytes: Buffer): Buffer => bytes
    // So that no time goes into the connection.
    await new Promise<void>((resolve, reject) => {
      port.raw.waitForReady(Date.now() + 60_000, (error) => (error ? reject(error) : resolve()))
    })
    const deadline = Date.now() + 1000
    const request = Buffer.from(requestOf(method))
    const call = port.raw.makeServerStreamRequest(method, asIs, asIs, request, { deadline })
    call.on('error', () => {})
    call.pause()
    t.match(await endless.ended, { code: 'deadline_exceeded' })
    await until(() => port.measured.length === 1)
    t.same(port.measured, [{ method: method.slice(1), code: 'DEADLINE_EXCEEDED' }])
  })
}

t.test('FindTraces stops a search that finds nothing when the client cancels', async (t) => {
  const started = deferred<void>()
  const stopped = deferred<unknown>()
  const port = await startQuery(
    t,
    scriptedStore({
      find: async function* (_tenant, _query, signal) {
        started.resolve()
        await once(signal, 'abort')
        stopped.resolve(signal.reason)
        signal.throwIfAborted()
        yield { kind: 'end', bound: undefined }
      },
    }),
  )
  const call = port.v3.findTraces({ query: window })
  call.on('error', () => {})
  await started.promise
  call.cancel()
  t.match(await stopped.promise, { code: 'cancelled' })
})

t.test('every call is measured with the name of its status', async (t) => {
  const port = await startQuery(t, storeOfTraces([[partOf(1, 1)]]))
  await readAll(port.v3.getTrace({ traceId: '1' }))
  await readAll(port.v2.findTraces({}))
  await unary((done) => port.v2.getServices({}, done))
  t.same(port.measured, [
    { method: 'jaeger.api_v3.QueryService/GetTrace', code: 'OK' },
    { method: 'jaeger.api_v2.QueryService/FindTraces', code: 'INVALID_ARGUMENT' },
    { method: 'jaeger.api_v2.QueryService/GetServices', code: 'OK' },
  ])
})

/** A promise that somebody else keeps. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((keep) => {
    resolve = keep
  })
  return { promise, resolve }
}

/** Waits until a number stays the same. */
async function settled(read: () => number): Promise<void> {
  let last: number
  do {
    last = read()
    await delay(300)
  } while (read() !== last)
}

function countOf(bytes: Buffer, part: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + 1)) count += 1
  return count
}

/** A summary of one service that has as many spans as its number. */
function summaryOf(trace: number): TraceSummary {
  return {
    kind: 'summary',
    traceId: traceIdOf(trace),
    rootServiceName: 'shop',
    rootOperationName: 'list',
    minStartUnixNano: 1n,
    maxEndUnixNano: 2n,
    spanCount: trace,
    errorSpanCount: 0,
    orphanSpanCount: 0,
    services: [{ name: 'shop', spanCount: trace, errorSpanCount: 0 }],
  }
}
