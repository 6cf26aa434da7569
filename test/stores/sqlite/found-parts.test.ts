import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanIdBytes } from '../../../bridge/model/span-batch.ts'
import { FoundParts } from '../../../src/stores/sqlite/found-parts.ts'
import type { TracePart } from '../../../src/stores/sqlite/thread-messages.ts'
import { batchOf } from './store-samples.ts'

const traces = 6
const partsOfTrace = (trace: number): number => [2, 1, 0, 3, 1, 1][trace] ?? 0
const ids = Array.from(Array(traces).keys(), (trace) => Uint8Array.of(trace))

/** Reads traces whose parts have spans of increasing ids; says what it was asked, and which jobs ended. */
function fakeReads(failAt?: number) {
  const asked: number[][] = []
  const ended: number[] = []
  const read = async function* (traceIds: readonly Uint8Array[]): AsyncGenerator<TracePart> {
    const job = asked.push(traceIds.map(([trace = -1]) => trace)) - 1
    try {
      for (const [index, [trace = -1]] of traceIds.entries()) {
        if (trace === failAt) throw new Error('broken')
        for (let part = 1; part <= partsOfTrace(trace); part++) {
          yield { index, part: batchOf({ trace: 1, firstId: trace * 10 + part }) }
        }
      }
    } finally {
      ended.push(job)
    }
  }
  return { found: new FoundParts(ids, read), asked, ended }
}

function idOf(part: SpanBatch): number {
  return spanIdBytes(part, 0)[7] ?? -1
}

async function idsOf(parts: AsyncIterable<SpanBatch>): Promise<number[]> {
  const all: number[] = []
  for await (const part of parts) all.push(idOf(part))
  return all
}

const wanted = [[1, 2], [11], [], [31, 32, 33], [41], [51]]

t.test('of() in order reads all traces in one go', async (t) => {
  const { found, asked, ended } = fakeReads()
  for (const [trace, parts] of wanted.entries()) t.same(await idsOf(found.of(trace)), parts)
  t.same(asked, [[0, 1, 2, 3, 4, 5]])
  await found.close()
  t.same(ended, [0])
})

t.test('of() skips traces that nobody asks for', async (t) => {
  const { found, asked } = fakeReads()
  t.same(await idsOf(found.of(1)), [11])
  t.same(await idsOf(found.of(4)), [41])
  t.same(asked, [[1, 2, 3, 4, 5]])
})

t.test('of() of an earlier trace, and of two at once, reads on its own', async (t) => {
  const { found, asked } = fakeReads()
  t.same(await idsOf(found.of(3)), [31, 32, 33])
  t.same(await idsOf(found.of(0)), [1, 2])
  t.same(await idsOf(found.of(3)), [31, 32, 33])
  t.same(asked, [[3, 4, 5], [0], [3]])
  const [left, right] = [found.of(4), found.of(5)]
  await left.next()
  t.same(await idsOf(right), [51])
  t.same(await left.next(), { done: true, value: undefined })
  t.same(asked.slice(3), [[5]])
})

t.test('of() whose reader leaves stops its read, and the next one begins another', async (t) => {
  const { found, asked, ended } = fakeReads()
  for await (const _ of found.of(0)) break
  t.same(ended, [0])
  t.same(await idsOf(found.of(3)), [31, 32, 33])
  t.same(asked, [
    [0, 1, 2, 3, 4, 5],
    [3, 4, 5],
  ])
})

t.test('of() fails as its read does, each time', async (t) => {
  const { found } = fakeReads(3)
  await t.rejects(idsOf(found.of(3)), { message: 'broken' })
  await t.rejects(idsOf(found.of(3)), { message: 'broken' })
  t.same(await idsOf(found.of(4)), [41])
})

t.test('close() stops what is read ahead, but nothing that is being taken', async (t) => {
  const { found, ended, asked } = fakeReads()
  const parts = found.of(3)
  const first = await parts.next()
  t.equal(first.done === true ? undefined : idOf(first.value), 31)
  await found.close()
  t.same(ended, [])
  t.same(await idsOf(parts), [32, 33])
  t.same(ended, [0])
  t.same(await idsOf(found.of(4)), [41])
  t.same(asked, [[3, 4, 5], [4]])
})
