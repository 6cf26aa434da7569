import assert from 'node:assert/strict'
import { findTraces, readFind, readSummaries, readTrace, spanKeys, writeGroups } from './answer.ts'
import type { Check } from './check.ts'
import { ofService } from './filter.ts'
import { sampleGroup, sampleSpan, traceIdOf } from './sample.ts'

/** Tenants never see each other. */
export const tenants: readonly Check[] = [
  {
    name: 'every call answers with the spans of its tenant alone',
    needs: ['tenants'],
    async run(bench) {
      const { store } = bench
      const names = ['', 'a', 'b', 'A', "o'hara; --", 'a/b', 'ä😀', 'x'.repeat(200)]
      for (const [at, tenant] of names.entries()) {
        // Of one trace id, so that a key without the tenant would mix them.
        const batch = await writeGroups(
          bench,
          [
            sampleGroup([sampleSpan({ trace: 1, id: at + 1, name: `op ${at}` })], {
              service: `s${at}`,
            }),
          ],
          tenant,
        )
        assert.equal(spanKeys(batch).length, 1)
      }
      for (const [at, tenant] of names.entries()) {
        const keys = await readTrace(store, traceIdOf(1), tenant)
        assert.equal(keys.length, 1)
        const { traces } = await readFind(store, { limit: 10 }, tenant)
        assert.deepEqual(
          traces.map((trace) => trace.keys),
          [keys],
        )
        const summaries = await readSummaries(store, { limit: 10 }, tenant)
        assert.deepEqual(
          summaries.map((one) => [one.rootServiceName, one.spanCount]),
          [[`s${at}`, 1]],
        )
        assert.deepEqual(await store.services(tenant), [`s${at}`])
        assert.deepEqual(await store.operations(tenant, `s${at}`), [
          { name: `op ${at}`, spanKind: 1 },
        ])
        const other = `s${(at + 1) % names.length}`
        assert.deepEqual(await store.operations(tenant, other), [])
        assert.deepEqual(await findTraces(store, { filter: ofService(other) }, tenant), [])
      }
    },
  },
  {
    name: 'an unknown tenant has nothing',
    needs: ['tenants'],
    async run(bench) {
      await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1 })])], 'known')
      for (const tenant of ['', 'unknown', 'know', 'known ']) {
        assert.deepEqual(await readTrace(bench.store, traceIdOf(1), tenant), [])
        assert.deepEqual(await findTraces(bench.store, {}, tenant), [])
        assert.deepEqual(await readSummaries(bench.store, { limit: 1 }, tenant), [])
        assert.deepEqual(await bench.store.services(tenant), [])
        assert.deepEqual(await bench.store.operations(tenant, 'shop'), [])
      }
    },
  },
  {
    name: 'the same bytes of two tenants are two spans',
    needs: ['tenants'],
    async run(bench) {
      const groups = [sampleGroup([sampleSpan({ trace: 1, id: 1 })])]
      const batch = await writeGroups(bench, groups, 'a')
      await writeGroups(bench, groups, 'b')
      for (const tenant of ['a', 'b']) {
        assert.deepEqual(await readTrace(bench.store, traceIdOf(1), tenant), spanKeys(batch))
      }
    },
  },
  {
    name: 'reads answer the same while other tenants write',
    needs: ['tenants'],
    async run(bench) {
      const { store } = bench
      const mine = [1, 2, 3, 4, 5].map((trace) =>
        sampleSpan({ trace, id: 1, startMicros: (bench.arrivalUnixMs - trace) * 1000 }),
      )
      await writeGroups(bench, [sampleGroup(mine)], 'reader')
      const expected = await readFind(store, { limit: 10 }, 'reader')
      assert.equal(expected.traces.length, 5)
      let writing = true
      const writers = ['w1', 'w2', 'w3'].map(async (tenant) => {
        for (let round = 0; round < 15; round += 1) {
          const spans = Array.from(Array(50).keys(), (id) =>
            sampleSpan({ trace: 1 + (id % 5), id: round * 100 + id + 1 }),
          )
          await writeGroups(bench, [sampleGroup(spans, { service: tenant })], tenant)
        }
      })
      const done = Promise.all(writers).finally(() => {
        writing = false
      })
      do {
        assert.deepEqual(await readFind(store, { limit: 10 }, 'reader'), expected)
        assert.deepEqual(await store.services('reader'), ['shop'])
      } while (writing)
      await done
      assert.deepEqual(await readFind(store, { limit: 10 }, 'reader'), expected)
      for (const tenant of ['w1', 'w2', 'w3']) {
        const { traces } = await readFind(store, { limit: 10 }, tenant)
        assert.equal(traces.flatMap(({ keys }) => keys).length, 15 * 50)
      }
    },
  },
]
