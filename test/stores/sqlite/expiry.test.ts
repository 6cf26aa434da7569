import t from 'tap'
import type { StoreEvent } from '../../../src/stores/sqlite/store-event.ts'
import { batchOf, filesIn, never, openFor, retentionMs, spanIdsOf, until } from './store-samples.ts'

const hourMs = 3_600_000

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

function countOf(events: readonly StoreEvent[], kind: 'expired' | 'evicted'): number {
  return events.reduce((sum, event) => sum + (event.kind === kind ? event.spanCount : 0), 0)
}

t.test('spans expire by arrival, are counted, and their names go with their hour', async (t) => {
  const clock = movedClock()
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const path = t.testdir()
  const store = await openFor(t, { path, clock, expiryIntervalMs: 10, onEvent })
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
  t.equal(filesIn(path).length, 2)
  clock.aheadMs = 120_000
  t.same(await spanIdsOf(store, 1), [], 'an expired span is hidden at once')
  clock.aheadMs = 2 * hourMs
  await until(() => countOf(events, 'expired') === 600)
  t.equal(filesIn(path).length, 1, 'its file is gone when the hour has expired')
  t.same((await spanIdsOf(store, 1000)).length, 5)
  t.same(await store.services(''), ['shop'])
  t.same(await store.operations('', 'old'), [])
  clock.aheadMs = retentionMs + 3 * hourMs
  await until(() => countOf(events, 'expired') === 605)
  t.same(await store.services(''), [])
  t.same(filesIn(path), [])
})

t.test('spans of an expired hour can be written again, and expire again', async (t) => {
  const path = t.testdir()
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const store = await openFor(t, { path, expiryIntervalMs: 10, onEvent })
  const arrivalUnixMs = Date.now() - retentionMs - 2 * hourMs
  for (const count of [2, 3]) {
    await store.write('', batchOf({ trace: 1, count, arrivalUnixMs }), never)
    t.same(await spanIdsOf(store, 1), [])
    await until(() => filesIn(path).length === 0)
  }
  await until(() => countOf(events, 'expired') === 5)
  t.same(new Set(events.map(({ kind }) => kind)), new Set(['expired']))
})

t.test('the oldest files go while all together are over the bound', async (t) => {
  const path = t.testdir()
  const events: StoreEvent[] = []
  const store = await openFor(t, {
    path,
    maxBytes: 8_000_000,
    expiryIntervalMs: 10,
    onEvent: (event) => events.push(event),
  })
  const now = Date.now()
  const hours = 10
  for (let hour = 1; hour <= hours; hour++) {
    const arrivalUnixMs = now - (hours - hour) * hourMs
    for (let part = 0; part < 10; part++) {
      const batch = batchOf({ trace: hour, firstId: part + 1, padding: 200_000, arrivalUnixMs })
      await store.write('', batch, never)
    }
  }
  await until(() => countOf(events, 'evicted') >= 50)
  // Some 1.5 MB each: five or fewer are left, the newest among them.
  await until(() => filesIn(path).length <= 5)
  t.same(await spanIdsOf(store, 1), [])
  t.equal((await spanIdsOf(store, hours)).length, 10)
  const left = filesIn(path).length
  t.ok(left >= 3, `${left} files are left`)
  t.equal(countOf(events, 'evicted'), (hours - left) * 10)
  t.equal(countOf(events, 'expired'), 0)
})

t.test('the newest file stays, however small the bound', async (t) => {
  const path = t.testdir()
  const store = await openFor(t, { path, maxBytes: 1, expiryIntervalMs: 5 })
  for (let part = 0; part < 20; part++) {
    await store.write('', batchOf({ trace: 1, firstId: part + 1, padding: 10_000 }), never)
  }
  t.equal((await spanIdsOf(store, 1)).length, 20)
  t.equal(filesIn(path).length, 1)
})

t.test('a clock that jumps a day forth and back removes nothing', async (t) => {
  const clock = movedClock()
  clock.monotonicMs = () => performance.now()
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const path = t.testdir()
  const store = await openFor(t, { path, clock, expiryIntervalMs: 10, onEvent })
  await store.write('', batchOf({ trace: 1 }), never)
  for (const aheadMs of [24 * hourMs, 10 * retentionMs]) {
    const before = events.length
    clock.aheadMs = aheadMs
    await until(() => events.slice(before).some(({ kind }) => kind === 'expiry_paused'))
    // As a receiver would stamp it.
    const arrivalUnixMs = clock.nowUnixMs()
    await store.write('', batchOf({ trace: 2, firstId: before + 1, arrivalUnixMs }), never)
    t.same(await spanIdsOf(store, 1), [1])
    clock.aheadMs = 0
    await until(() => events.slice(before).some(({ kind }) => kind === 'expiry_resumed'))
    await store.write('', batchOf({ trace: 3, firstId: before + 1 }), never)
  }
  t.same(await spanIdsOf(store, 1), [1])
  t.equal((await spanIdsOf(store, 2)).length, 2)
  t.equal((await spanIdsOf(store, 3)).length, 2)
  t.equal(filesIn(path).length, 3)
})
