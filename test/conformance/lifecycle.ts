import assert from 'node:assert/strict'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { patience, readFind, readTrace, spanKeys, writeGroups } from './answer.ts'
import type { Bench, Check } from './check.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from './sample.ts'

/** Every way to call a store, so that a rule is asked of all. */
const calls: readonly (readonly [
  name: string,
  call: (store: SpanStore, bench: Bench, signal: AbortSignal) => Promise<unknown>,
  takesSignal: boolean,
])[] = [
  ['write', (store, bench, signal) => store.write('', oneSpan(bench), signal), true],
  ['trace', (store, _, signal) => first(store.trace('', { traceId: traceIdOf(1) }, signal)), true],
  ['find', (store, _, signal) => first(store.find('', { limit: 1 }, signal)), true],
  ['summaries', (store, _, signal) => first(store.summaries('', { limit: 1 }, signal)), true],
  ['services', (store) => store.services(''), false],
  ['operations', (store) => store.operations('', 'shop'), false],
]

/** Closing, and calls that nobody waits for any more. */
export const lifecycle: readonly Check[] = [
  {
    name: 'every method fails after close()',
    async run(bench) {
      await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1 })])])
      await bench.store.close()
      const closed = { name: 'GatewayError', code: 'store_unavailable' }
      for (const [name, call] of calls) {
        await assert.rejects(call(bench.store, bench, patience), closed, name)
      }
    },
  },
  {
    name: 'every method that waits fails when its signal was aborted',
    async run(bench) {
      const batch = await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1 })])])
      const cancelled = { name: 'GatewayError', code: 'cancelled' }
      for (const [name, call, takesSignal] of calls) {
        if (!takesSignal) continue
        await assert.rejects(call(bench.store, bench, AbortSignal.abort()), cancelled, name)
      }
      // The others go on.
      assert.deepEqual(await readTrace(bench.store, traceIdOf(1)), spanKeys(batch))
    },
  },
  {
    name: 'trace(), find() and summaries() stop when the signal aborts between two items',
    async run(bench) {
      const { store } = bench
      const text = 'x'.repeat(10_000)
      const spans = Array.from(Array(300).keys(), (at) =>
        sampleSpan({ trace: at < 250 ? 1 : at, id: at + 1, attributes: { text } }),
      )
      await writeGroups(bench, [sampleGroup(spans)])
      const streams: ((signal: AbortSignal) => AsyncIterable<unknown>)[] = [
        (signal) => store.trace('', { traceId: traceIdOf(1) }, signal),
        (signal) => store.find('', { limit: 50 }, signal),
        (signal) => store.summaries('', { limit: 50 }, signal),
      ]
      for (const stream of streams) {
        const controller = new AbortController()
        const items = stream(controller.signal)[Symbol.asyncIterator]()
        const { done } = await items.next()
        assert.equal(done, false)
        controller.abort()
        await assert.rejects(drain(items), { name: 'GatewayError', code: 'cancelled' })
      }
      assert.equal((await readTrace(store, traceIdOf(1))).length, 250)
    },
  },
  {
    name: 'a reader that stops half-way leaves the store usable',
    async run(bench) {
      const { store } = bench
      const text = 'x'.repeat(10_000)
      const spans = Array.from(Array(400).keys(), (at) =>
        sampleSpan({ trace: (at % 4) + 1, id: at + 1, attributes: { text } }),
      )
      await writeGroups(bench, [sampleGroup(spans)])
      for (let round = 0; round < 20; round += 1) {
        for await (const found of store.find('', { limit: 4 }, patience)) {
          if (found.kind === 'trace') for await (const _ of found.parts()) break
          break
        }
        for await (const _ of store.summaries('', { limit: 4 }, patience)) break
        for await (const _ of store.trace('', { traceId: traceIdOf(1) }, patience)) break
      }
      assert.equal((await readFind(store, { limit: 10 })).traces.length, 4)
    },
  },
  {
    name: 'close() is safe twice and at the same time',
    async run(bench) {
      await writeGroups(bench, [sampleGroup([sampleSpan({ trace: 1, id: 1 })])])
      await Promise.all([bench.store.close(), bench.store.close()])
      await bench.store.close()
    },
  },
  {
    name: 'close() finishes the writes under way',
    async run(bench) {
      const writes = Array.from(Array(10).keys(), () =>
        bench.store.write('', oneSpan(bench), patience),
      )
      await bench.store.close()
      for (const { rejected } of await Promise.all(writes)) assert.deepEqual(rejected, [])
    },
  },
  {
    name: 'close() does not wait for a reader that has stopped reading',
    async run(bench) {
      const text = 'x'.repeat(10_000)
      const spans = Array.from(Array(300).keys(), (at) =>
        sampleSpan({ trace: 1, id: at + 1, attributes: { text } }),
      )
      await writeGroups(bench, [sampleGroup(spans)])
      const parts = bench.store.trace('', { traceId: traceIdOf(1) }, patience)
      const reader = parts[Symbol.asyncIterator]()
      await reader.next()
      await bench.store.close()
      // What had been read ahead may still come; then it ends or fails, but it never hangs.
      await drain(reader).catch((error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'store_unavailable')
      })
    },
  },
]

function oneSpan(bench: Bench): Parameters<SpanStore['write']>[1] {
  return sampleBatch([sampleGroup([sampleSpan({ trace: 1, id: 1 })])], bench.arrivalUnixMs)
}

function first(items: AsyncIterable<unknown>): Promise<unknown> {
  return items[Symbol.asyncIterator]().next()
}

async function drain(items: AsyncIterator<unknown>): Promise<void> {
  while (!(await items.next()).done);
}
