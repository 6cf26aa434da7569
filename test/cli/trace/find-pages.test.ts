import t from 'tap'
import { findPages } from '../../../src/cli/trace/find-pages.ts'
import { patience } from '../../conformance/answer.ts'
import { referenceStore } from '../../conformance/reference-store.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { startQuery } from '../../query/query-port.ts'

t.test('findPages() gives each of many traces once, newest first', async (t) => {
  const store = referenceStore(72 * 3_600_000)
  const nowMs = Date.now()
  // Every trace has an older span too, by which a later page would find it again.
  const spans = Array.from({ length: 2500 }, (_, at) => [
    sampleSpan({ trace: at + 1, id: 1, startMicros: nowMs * 1000 - Math.floor(at / 3) }),
    sampleSpan({ trace: at + 1, id: 2, startMicros: (nowMs - 60_000) * 1000 - at }),
  ]).flat()
  await store.write('', sampleBatch([sampleGroup(spans)], nowMs), patience)
  const port = await startQuery(t, store)
  const ids: number[] = []
  const fail = (bound: string): void => {
    t.fail(bound)
  }
  for await (const { traceId } of findPages(port.raw, { query: '{}' }, 60_000, fail)) {
    ids.push(Number.parseInt(traceId, 16))
  }
  t.same(
    ids,
    [...ids].sort((one, two) => one - two),
  )
  t.equal(new Set(ids).size, 2500)
  t.equal(ids.length, 2500)
})

t.test('findPages() ends at a bound and tells of it', async (t) => {
  const store = referenceStore(72 * 3_600_000)
  const nowMs = Date.now()
  const spans = [1, 2, 3].map((trace) => sampleSpan({ trace, id: 1, startMicros: nowMs * 1000 }))
  await store.write('', sampleBatch([sampleGroup(spans)], nowMs), patience)
  const port = await startQuery(t, store, { bounds: { timeMaxMs: -1 } })
  const bounds: string[] = []
  const found = findPages(port.raw, { query: '{}' }, 60_000, (bound) => bounds.push(bound))
  t.equal((await found.next()).done, true)
  t.same(bounds, ['search.max-time=-1'])
})
