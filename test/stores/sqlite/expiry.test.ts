import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { StoreEvent } from '../../../src/stores/sqlite/store-event.ts'
import { batchOf, never, openFor, retentionMs, spanIdsOf } from './store-samples.ts'

/** Resolves once it holds; fails after some seconds. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > end) throw new Error('it never came to be')
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

/** A clock that a test moves; both hands go together. */
function movedClock(): { aheadMs: number; nowUnixMs(): number; monotonicMs(): number } {
  return {
    aheadMs: 0,
    nowUnixMs() {
      return Date.now() + this.aheadMs
    },
    monotonicMs() {
      return performance.now() + this.aheadMs
    },
  }
}

t.test('spans expire by arrival, are counted, and their names go too', async (t) => {
  const clock = movedClock()
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const store = await openFor(t, { path: t.testdir(), clock, expiryIntervalMs: 10, onEvent })
  const now = Date.now()
  const old = { service: 'old', arrivalUnixMs: now - retentionMs + 60_000 }
  await Promise.all(
    Array.from({ length: 600 }, (_, at) =>
      store.write('', batchOf({ trace: at + 1, ...old }), never),
    ),
  )
  await store.write('', batchOf({ trace: 1000, count: 5 }), never)
  t.same(await store.services(''), ['old', 'shop'])
  t.same(events, [])
  clock.aheadMs = 120_000
  t.same(await spanIdsOf(store, 1), [], 'an expired span is hidden at once')
  const expired = (): number =>
    events.reduce((sum, event) => sum + (event.kind === 'expired' ? event.spanCount : 0), 0)
  await until(() => expired() === 600)
  t.same((await spanIdsOf(store, 1000)).length, 5)
  clock.aheadMs = 2 * 3_600_000
  t.same(await store.services(''), ['shop'])
  t.same(await store.operations('', 'old'), [])
  clock.aheadMs = retentionMs + 3 * 3_600_000
  await until(() => expired() === 605)
  t.same(await store.services(''), [])
})

t.test('room of expired spans is used again, and given back when it is much', async (t) => {
  const path = t.testdir()
  const clock = movedClock()
  let expired = 0
  const store = await openFor(t, {
    path,
    clock,
    expiryIntervalMs: 10,
    onEvent: (event) => {
      if (event.kind === 'expired') expired += event.spanCount
    },
  })
  await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      store.write('', batchOf({ trace: at + 1, padding: 100_000 }), never),
    ),
  )
  clock.aheadMs = retentionMs + 60_000
  await until(() => expired === 100)
  await store.close()
  const { size } = statSync(join(path, 'spans.db'))
  t.ok(size < 4_000_000, `10 MB of spans left a file of ${size} bytes`)
})

t.test('a clock that jumps removes nothing', async (t) => {
  const clock = movedClock()
  clock.monotonicMs = () => performance.now()
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const store = await openFor(t, { path: t.testdir(), clock, expiryIntervalMs: 10, onEvent })
  await store.write('', batchOf({ trace: 1 }), never)
  clock.aheadMs = 10 * retentionMs
  await until(() => events.some(({ kind }) => kind === 'expiry_paused'))
  t.same(await spanIdsOf(store, 1), [1])
  clock.aheadMs = 0
  await until(() => events.some(({ kind }) => kind === 'expiry_resumed'))
  t.same(await spanIdsOf(store, 1), [1])
})
