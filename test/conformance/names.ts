import assert from 'node:assert/strict'
import { writeGroups } from './answer.ts'
import type { Check } from './check.ts'
import { sampleGroup, sampleSpan } from './sample.ts'

/** Services and their operations. */
export const names: readonly Check[] = [
  {
    name: 'services() lists every service once, sorted by code unit',
    async run(bench) {
      assert.deepEqual(await bench.store.services(''), [])
      for (const service of ['b', 'a', 'é', 'Z', 'b', 'a b', '😀', '\uffee']) {
        await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1 })], { service })])
      }
      const expected = ['Z', 'a', 'a b', 'b', 'é', '😀', '\uffee']
      assert.deepEqual(await bench.store.services(''), expected)
    },
  },
  {
    name: 'operations() lists names with kinds, sorted, of one kind when it is given',
    async run(bench) {
      const { store } = bench
      const spans = [
        { name: 'put', kind: 2 },
        { name: 'get', kind: 3 },
        { name: 'get', kind: 2 },
        { name: 'get', kind: 2 },
        { name: 'Get', kind: 0 },
      ].map((sample, at) => sampleSpan({ trace: at + 1, id: 1, ...sample }))
      await writeGroups(bench, [sampleGroup(spans, { service: 'shop' })])
      await writeGroups(bench, [
        sampleGroup([sampleSpan({ trace: 1, id: 1, name: 'other' })], { service: 'shop2' }),
        sampleGroup(spans.slice(0, 1), { service: 'shop' }),
      ])
      const all = [
        { name: 'Get', spanKind: 0 },
        { name: 'get', spanKind: 2 },
        { name: 'get', spanKind: 3 },
        { name: 'put', spanKind: 2 },
      ]
      assert.deepEqual(await store.operations('', 'shop'), all)
      assert.deepEqual(await store.operations('', 'shop', 2), [all[1], all[3]])
      assert.deepEqual(await store.operations('', 'shop', 0), [all[0]])
      assert.deepEqual(await store.operations('', 'shop', 5), [])
      assert.deepEqual(await store.operations('', 'unknown'), [])
      assert.deepEqual(await store.operations('', ''), [])
    },
  },
]
