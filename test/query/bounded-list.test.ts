import t from 'tap'
import { boundedList, listBytesMax } from '../../src/query/bounded-list.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { startQuery } from './query-port.ts'

t.test(
  'boundedList() keeps a list that fits whole and says of another that it was cut',
  async (t) => {
    const few = ['a', 'b']
    t.strictSame(
      boundedList(few, (name) => name),
      { kept: few, bound: undefined },
    )
    const many = Array.from({ length: 60_000 }, (_, index) => `${index}`.padStart(100, '0'))
    const { kept, bound } = boundedList(many, (name) => name, 2)
    t.equal(kept.length, Math.floor(listBytesMax / 248))
    t.match(bound, { setting: 'query.list-bytes', limit: listBytesMax })
  },
)

t.test('GetOperations of both APIs stays below 1 MiB and names the bound', async (t) => {
  const store = new MemoryStore({
    bytesMax: 64 * 1024 * 1024,
    retentionMs: 3_600_000,
    searchBounds: searchBoundDefaults,
  })
  t.teardown(() => store.close())
  const names = Array.from({ length: 30_000 }, (_, index) => `GET /${index}`.padEnd(100, 'x'))
  store.operations = async () => names.map((name) => ({ name, spanKind: 2 }))
  const port = await startQuery(t, store)
  const asIs = (bytes: Buffer): Buffer => bytes
  for (const api of ['jaeger.api_v2', 'jaeger.api_v3']) {
    let trailer: unknown
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const request = Buffer.from('\n\u0001a')
      const path = `/${api}.QueryService/GetOperations`
      const call = port.raw.makeUnaryRequest(path, asIs, asIs, request, (error, answer) => {
        if (error !== null) reject(error)
        else resolve(answer ?? Buffer.alloc(0))
      })
      call.on('status', (status) => {
        trailer = status.metadata.get('spangate-search-bound')[0]
      })
    })
    t.ok(bytes.length > listBytesMax / 2 && bytes.length <= listBytesMax, `${api}: ${bytes.length}`)
    t.equal(trailer, `query.list-bytes=${listBytesMax}`)
  }
})
