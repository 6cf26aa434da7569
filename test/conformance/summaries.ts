import assert from 'node:assert/strict'
import { hexOf } from '../../bridge/model/identifier.ts'
import { rankTraces, readSummaries, writeGroups } from './answer.ts'
import type { Check } from './check.ts'
import { ofService } from './filter.ts'
import { sampleGroup, sampleSpan, traceIdOf } from './sample.ts'

/** Traces in short. */
export const summaries: readonly Check[] = [
  {
    name: 'summaries() counts every identity once, errors by status, orphans and services',
    needs: ['nanoseconds'],
    async run(bench) {
      const start = BigInt(bench.arrivalUnixMs - 60_000) * 1_000_000n
      const at = (id: number, more: Partial<Parameters<typeof sampleSpan>[0]> = {}) =>
        sampleSpan({ trace: 1, id, startUnixNano: start + BigInt(id), durationNano: 100n, ...more })
      const error = { status: { code: 2, message: '' } }
      const front = sampleGroup(
        [
          at(1, { name: 'root' }),
          at(2, { parent: 1, ...error }),
          // A second root, later than the first.
          at(50, { name: 'later root' }),
          // Not an error: only the status counts.
          at(3, { parent: 1, attributes: { error: true } }),
        ],
        { service: 'front' },
      )
      const back = sampleGroup(
        [
          at(4, { parent: 2, durationNano: 1_000_000_007n }),
          at(5, { parent: 99, ...error }),
          at(6, { parent: 99 }),
          // Shares the id of its parent's span, as Zipkin's servers do.
          at(2, { parent: 1, kind: 2 }),
        ],
        { service: 'back' },
      )
      await writeGroups(bench, [back])
      await writeGroups(bench, [front, back])
      const expected = {
        kind: 'summary',
        traceId: traceIdOf(1),
        rootServiceName: 'front',
        rootOperationName: 'root',
        minStartUnixNano: start + 1n,
        maxEndUnixNano: start + 4n + 1_000_000_007n,
        spanCount: 8,
        errorSpanCount: 2,
        orphanSpanCount: 2,
        services: [
          { name: 'back', spanCount: 4, errorSpanCount: 1 },
          { name: 'front', spanCount: 4, errorSpanCount: 1 },
        ],
      }
      const read = await readSummaries(bench.store, { limit: 10, filter: ofService('back') })
      assert.deepEqual(
        read.map((one) => ({ ...one, traceId: new Uint8Array(one.traceId) })),
        [expected],
      )
    },
  },
  {
    name: 'summaries() of a trace without root has no names',
    async run(bench) {
      await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1, parent: 2 })])])
      const [summary] = await readSummaries(bench.store, { limit: 10 })
      assert.equal(summary?.rootServiceName, '')
      assert.equal(summary?.rootOperationName, '')
      assert.equal(summary?.orphanSpanCount, 1)
    },
  },
  {
    name: 'summaries() answers the traces of find() in its order, up to the limit',
    async run(bench) {
      const spans = Array.from(Array(60).keys(), (at) =>
        sampleSpan({
          trace: (at % 20) + 1,
          id: at + 1,
          startMicros: (bench.arrivalUnixMs - 1000 + ((at * 37) % 50)) * 1000,
        }),
      )
      for (const part of [0, 20, 40]) {
        await writeGroups(bench, [sampleGroup(spans.slice(part, part + 20))])
      }
      for (const limit of [1, 7, 20, 30]) {
        const found = await rankTraces(bench.store, { limit })
        const summarized = await readSummaries(bench.store, { limit })
        assert.deepEqual(
          summarized.map(({ traceId }) => hexOf(traceId)),
          found.map(([traceId]) => traceId),
        )
        assert.ok(summarized.every(({ spanCount }) => spanCount === 3))
      }
    },
  },
]
