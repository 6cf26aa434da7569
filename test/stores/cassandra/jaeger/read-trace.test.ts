import cassandra from 'cassandra-driver'
import t from 'tap'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import { clusterFailure } from '../../../../src/stores/cassandra/cluster-failure.ts'
import type { TraceReader } from '../../../../src/stores/cassandra/jaeger/read-trace.ts'
import { readTraceRows } from '../../../../src/stores/cassandra/jaeger/read-trace.ts'
import { traceIdOf } from '../../../conformance/sample.ts'

const rowsAll = 2000

/** Small rows of one trace. @param fail whether so many rows are too much */
function readerOf(asked: number[], fail: (rows: number) => Error | undefined): TraceReader {
  const row = { trace_id: Buffer.from(traceIdOf(1)), span_id: 1n, span_hash: 1n }
  const page = async (_action: string, _statement: unknown, most: number, pageState = '0') => {
    asked.push(most)
    const failure = fail(most)
    if (failure !== undefined) throw clusterFailure('Cannot read trace', failure)
    const end = Math.min(Number(pageState) + most, rowsAll)
    const rows = Array(end - Number(pageState)).fill(row)
    return { rows, pageState: end < rowsAll ? String(end) : undefined }
  }
  return {
    session: { page } as unknown as TraceReader['session'],
    wait: (work) => work,
    onDamaged: () => {},
  }
}

async function count(reader: TraceReader): Promise<number> {
  let spans = 0
  for await (const batch of readTraceRows(reader, traceIdOf(1))) spans += spanCount(batch)
  return spans
}

t.test('pages of a trace grow at most four times', async (t) => {
  const asked: number[] = []
  t.equal(await count(readerOf(asked, () => undefined)), rowsAll)
  t.same(asked, [16, 64, 256, 1000, 1000])
})

t.test('a page that takes too long is asked for with fewer rows', async (t) => {
  const late = new cassandra.errors.OperationTimedOutError('late')
  const asked: number[] = []
  const reader = readerOf(asked, (rows) => (rows > 100 ? late : undefined))
  t.equal(await count(reader), rowsAll)
  t.same(asked.slice(0, 5), [16, 64, 256, 128, 64])
  const never: number[] = []
  await t.rejects(count(readerOf(never, () => late)), { code: 'store_unavailable' })
  t.same(never, [16, 8, 4, 2, 1])
  const others: number[] = []
  await t.rejects(count(readerOf(others, () => new Error('away'))), { message: /away/ })
  t.same(others, [16])
})
