import t from 'tap'
import { HourStream } from '../../../../src/stores/cassandra/jaeger/hour-stream.ts'
import type { IndexPlan } from '../../../../src/stores/cassandra/jaeger/index-plan.ts'
import { durationMaxMicros } from '../../../../src/stores/cassandra/jaeger/index-plan.ts'
import type { IndexRow } from '../../../../src/stores/cassandra/jaeger/index-reader.ts'
import { IndexReader } from '../../../../src/stores/cassandra/jaeger/index-reader.ts'
import { serviceStream } from '../../../../src/stores/cassandra/jaeger/service-streams.ts'
import type { Bound } from '../../../../src/stores/cassandra/statement.ts'

type Session = ConstructorParameters<typeof IndexReader>[0]

/** Reads from rows instead of tables. @param rowsOf newest first */
function readerOf(rowsOf: (statement: Bound) => readonly IndexRow[]): IndexReader {
  const rows = (statement: Bound) =>
    rowsOf(statement).map(({ startMicros, traceId }) => ({
      start_time: BigInt(startMicros),
      trace_id: Buffer.from(traceId, 'latin1'),
    }))
  const session = {
    page: async (_action: string, statement: Bound, most: number, pageState = '0') => {
      const first = Number(pageState)
      const all = rows(statement)
      const next = first + most < all.length ? String(first + most) : undefined
      return { rows: all.slice(first, first + most), pageState: next }
    },
    run: async (_action: string, statement: Bound) => rows(statement).slice(0, 1),
  }
  return new IndexReader(session as unknown as Session, (work) => work)
}

t.test('HourStream gives nothing that is older than what is wanted', async (t) => {
  const starts = [3_000_000_300, 3_000_000_200, 3_000_000_100]
  const rows = starts.map((startMicros) => ({ startMicros, traceId: String(startMicros) }))
  const reader = readerOf(({ name, values }) => {
    if (name === 'jaeger_select_by_duration') return rows
    const [min = 0n, max = 0n] = values.filter((value) => typeof value === 'bigint').slice(-2)
    return rows.filter(({ startMicros }) => startMicros >= min && startMicros <= max)
  })
  const search = {
    service: 'shop',
    operation: 'get',
    durationMinMicros: 0n,
    durationMaxMicros,
    minMicros: 3_000_000_200n,
  }
  const stream = new HourStream(reader, search)
  const found: number[] = []
  for (let max = Number.MAX_SAFE_INTEGER; ; ) {
    const group = await stream.at(max)
    if (group === undefined) break
    found.push(group.startMicros)
    max = group.startMicros - 1
  }
  t.same(found, [3_000_000_300, 3_000_000_200])
})

t.test('tags that are joined are read once, however often they are asked', async (t) => {
  let reads = 0
  // One tag is on 3,000 newer spans, both are on the oldest alone.
  const newer = Array.from(Array(3000).keys(), (at) => ({ startMicros: 9000 - at, traceId: 'n' }))
  const oldest = { startMicros: 10, traceId: 'o' }
  const reader = readerOf(({ values }) => {
    reads += 1
    const max = Number(values.at(-1))
    const all = values.includes('wide') ? [...newer, oldest] : [oldest]
    return all.filter(({ startMicros }) => startMicros <= max)
  })
  const tag = (key: string): IndexPlan => ({ kind: 'tag', tag: { key, value: 'v' } })
  const plan: IndexPlan = { kind: 'and', parts: [tag('wide'), tag('narrow')] }
  const stream = serviceStream({ reader, plan, minMicros: 0, marked: new Set() }, 'shop')
  t.equal((await stream?.at(9000))?.startMicros, 10)
  const before = reads
  for (let max = 8999; max > 8900; max--) t.equal((await stream?.at(max))?.startMicros, 10)
  t.equal(reads, before)
})
