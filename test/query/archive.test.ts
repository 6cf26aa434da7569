import type { Test } from 'tap'
import t from 'tap'
import { traceIdBytes } from '../../bridge/model/span-batch.ts'
import type { SpansResponseChunk__Output } from '../../proto/gen/jaeger/api_v2/SpansResponseChunk.ts'
import { readArchived } from '../../src/query/read-archived.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { patience } from '../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { nowMs, startHttpApi } from './http-port.ts'
import { readAll, startQuery, unary } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'

const hourMs = 3_600_000

/** A store of two traces, and what lets its time pass. */
async function storeOfTwo(t: Test) {
  let passedMs = 0
  const store = new MemoryStore({
    bytesMax: 64 * 1024 ** 2,
    retentionMs: hourMs,
    searchBounds: searchBoundDefaults,
    clock: { nowUnixMs: () => nowMs + passedMs, monotonicMs: () => passedMs },
  })
  t.teardown(() => store.close())
  const spans = [1, 2].map((trace) =>
    sampleSpan({ trace, id: 1, name: `trace ${trace}`, startMicros: (nowMs - 1000) * 1000 }),
  )
  const batch = sampleBatch([sampleGroup(spans)], nowMs)
  await store.write('', batch, patience)
  const expire = async () => {
    passedMs = 2 * hourMs
    const late = sampleSpan({ trace: 9, id: 1, startMicros: (nowMs + passedMs) * 1000 })
    await store.write('', sampleBatch([sampleGroup([late])], nowMs + passedMs), patience)
  }
  return { store: readArchived(store), stored: store, expire, traceId: traceIdBytes(batch, 0) }
}

t.test(
  'ArchiveTrace keeps a trace beyond its retention, and GetTrace of both APIs finds it',
  async (t) => {
    const { store, expire, traceId } = await storeOfTwo(t)
    const { v2, v3 } = await startQuery(t, store)
    const archived = await unary((done) => v2.archiveTrace({ traceId }, done))
    t.equal(archived.code, 'OK')
    await expire()
    const found = await readAll<SpansResponseChunk__Output>(v2.getTrace({ traceId }))
    t.match(found.messages[0]?.spans, [{ operationName: 'trace 1' }])
    const otlp = await readAll(v3.getTrace({ traceId: '1' }))
    t.equal(otlp.code, 'OK')
    t.equal(otlp.messages.length, 1)
    const other = await readAll(v3.getTrace({ traceId: '2' }))
    t.equal(other.code, 'NOT_FOUND', 'what was not archived has expired')
    t.equal((await unary((done) => v2.archiveTrace({ traceId }, done))).code, 'OK', 'once more')
    const none = await readAll(v2.findTraces({ query: { serviceName: 'shop', searchDepth: 10 } }))
    t.same(
      none.messages.flatMap((chunk) =>
        (chunk as SpansResponseChunk__Output).spans.map(({ operationName }) => operationName),
      ),
      ['operation'],
      'a search does not look into the archive',
    )
  },
)

t.test(
  'ArchiveTrace of an unknown trace is NOT_FOUND, and without an archive UNIMPLEMENTED',
  async (t) => {
    const { store } = await storeOfTwo(t)
    const { v2 } = await startQuery(t, store)
    const unknown = await unary((done) => v2.archiveTrace({ traceId: traceIdOf(77) }, done))
    t.equal(unknown.code, 'NOT_FOUND')
    t.match(unknown.details, /trace 0{30}4d: trace not found/)
    const zero = await unary((done) => v2.archiveTrace({ traceId: new Uint8Array(16) }, done))
    t.equal(zero.code, 'INVALID_ARGUMENT')
    const { v2: without } = await startQuery(t, scriptedStore({}))
    const refused = await unary((done) => without.archiveTrace({ traceId: traceIdOf(1) }, done))
    t.equal(refused.code, 'UNIMPLEMENTED')
    t.equal(refused.details, 'archive span storage was not configured')
  },
)

t.test(
  'POST /api/archive/{traceId} keeps a trace, and GET /api/traces/{traceId} finds it',
  async (t) => {
    const { store, expire } = await storeOfTwo(t)
    const { ask } = await startHttpApi(t, store)
    const post = (path: string) => ask(path, { method: 'POST' })
    const archived = await post('/api/archive/1')
    t.equal(archived.status, 200)
    t.strictSame(archived.json, { data: [], total: 0, limit: 0, offset: 0, errors: [] })
    await expire()
    const found = await ask('/api/traces/1')
    t.equal(found.status, 200)
    t.match(found.json, { data: [{ spans: [{ operationName: 'trace 1' }] }] })
    t.equal((await ask('/api/v3/traces/1')).status, 200)
    t.equal((await ask('/api/traces/2')).status, 404)
    const unknown = await post('/api/archive/77')
    t.equal(unknown.status, 404)
    t.match(unknown.json, { errors: [{ code: 404, msg: 'trace not found' }] })
  },
)

t.test('a full archive is UNAVAILABLE over gRPC and 503 over HTTP, with its setting', async (t) => {
  const { stored, traceId } = await storeOfTwo(t)
  const full = new MemoryStore({
    bytesMax: 1024 ** 2,
    archiveBytesMax: 1,
    retentionMs: hourMs,
    searchBounds: searchBoundDefaults,
  })
  t.teardown(() => full.close())
  const store = scriptedStore({
    archive: full.archive,
    trace: (...given) => stored.trace(...given),
  })
  const { v2 } = await startQuery(t, store)
  const refused = await unary((done) => v2.archiveTrace({ traceId }, done))
  t.equal(refused.code, 'UNAVAILABLE')
  t.match(refused.details, /store\.memory\.archive-max-bytes=1/)
  const { ask } = await startHttpApi(t, store)
  const { status, headers } = await ask('/api/archive/1', { method: 'POST' })
  t.equal(status, 503)
  t.ok(headers.get('retry-after'))
})
