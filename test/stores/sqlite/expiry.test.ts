import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LostTraces } from '../../../src/stores/sqlite/lost-traces.ts'
import { blockLimitDefaults } from '../../../src/stores/sqlite/pending-spans.ts'
import { storeFile } from '../../../src/stores/sqlite/store-files.ts'
import type { StoreEvent } from '../../../src/stores/store-event.ts'
import { traceKeysOf } from '../../../src/stores/trace-keys.ts'
import { traceIdOf } from '../../conformance/sample.ts'
import { testDirectory } from '../../test-directory.ts'
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
  const path = testDirectory(t)
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
  const path = testDirectory(t)
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
  const path = testDirectory(t)
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
  // It is told of after they are gone.
  await until(() => countOf(events, 'evicted') === (hours - filesIn(path).length) * 10)
  t.equal(countOf(events, 'expired'), 0)
})

t.test('a trace that lost spans with a file says so, and only while it has others', async (t) => {
  const path = testDirectory(t)
  const clock = movedClock()
  const events: StoreEvent[] = []
  const options = {
    path,
    clock,
    maxBytes: 2_000_000,
    expiryIntervalMs: 10,
    // One hour is sealed into blocks as it comes, of the other the spans stay pending.
    blockLimits: { ...blockLimitDefaults, spans: 20 },
    onEvent: (event: StoreEvent): number => events.push(event),
  }
  const store = await openFor(t, options)
  const now = Date.now()
  const write = async (hoursAgo: number, spans: Parameters<typeof batchOf>[0], tenant = '') => {
    await store.write(tenant, batchOf({ ...spans, arrivalUnixMs: now - hoursAgo * hourMs }), never)
  }
  for (let trace = 1; trace <= 30; trace++) await write(3, { trace, padding: 40_000 })
  await write(3, { trace: 31 }, 'other')
  await write(2, { trace: 40, padding: 10_000 })
  t.equal(await store.lostParts('', traceIdOf(1)), undefined, 'nothing went yet')
  // The rest of some: in the hour that stays.
  for (const trace of [1, 30, 40, 50]) await write(1, { trace, firstId: 2, padding: 10_000 })
  await write(1, { trace: 31 })
  await write(1, { trace: 31, firstId: 2 }, 'other')
  for (let at = 1; at <= 60; at++) await write(0, { trace: 60, firstId: at, padding: 40_000 })
  await until(() => filesIn(path).length === 1)
  await write(0, { trace: 1, firstId: 3 })
  await write(0, { trace: 5, firstId: 3 })
  await write(0, { trace: 30, firstId: 3 })
  await write(0, { trace: 31, firstId: 3 }, 'other')
  await write(0, { trace: 40, firstId: 3 })
  await write(0, { trace: 70 })
  const lost = { setting: 'store.sqlite.max-bytes', limit: 2_000_000 }
  const check = async (one: typeof store): Promise<void> => {
    for (const trace of [1, 5, 30, 40]) t.same(await one.lostParts('', traceIdOf(trace)), lost)
    t.same(await one.lostParts('other', traceIdOf(31)), lost)
    t.equal(await one.lostParts('other', traceIdOf(1)), undefined, 'of another tenant')
    t.equal(await one.lostParts('', traceIdOf(2)), undefined, 'nothing is left of it')
    t.equal(await one.lostParts('', traceIdOf(70)), undefined, 'it is whole')
    t.equal(await one.lostParts('', traceIdOf(99)), undefined, 'there is none')
  }
  await check(store)
  await store.close()
  const again = await openFor(t, options)
  await check(again)
  await again.close()
  const [damaged = ''] = lostIn(path)
  const bytes = readFileSync(join(path, damaged))
  writeFileSync(join(path, damaged), bytes.subarray(0, bytes.length - 3))
  const third = await openFor(t, options)
  t.equal(await third.lostParts('', traceIdOf(5)), undefined, 'what is damaged is forgotten')
  t.same(await third.lostParts('', traceIdOf(40)), lost)
  t.equal(lostIn(path).length, 2)
  // When retention would have removed them too.
  clock.aheadMs = retentionMs
  await until(() => lostIn(path).length === 0)
  t.equal(await third.lostParts('', traceIdOf(40)), undefined)
})

t.test('LostTraces keeps the newest files within its bound', async (t) => {
  const path = testDirectory(t)
  const keysOf = (first: number): Float64Array =>
    Float64Array.from(
      traceKeysOf('', Buffer.concat([first, first + 1].map((id) => traceIdOf(id)))),
    ).sort()
  const lost = new LostTraces(path, 5)
  for (const hour of [1, 2, 3]) await lost.add(storeFile(hour, 0), keysOf(hour * 10))
  const held = (one: LostTraces): boolean[] =>
    [10, 20, 21, 31].map((id) => one.has('', traceIdOf(id)))
  t.same(held(lost), [false, true, true, true])
  t.same(held(new LostTraces(path, 5)), [false, true, true, true])
  t.same(
    lostIn(path),
    [2, 3].map((hour) => `${storeFile(hour, 0).name}.lost`),
  )
})

function lostIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.lost'))
    .sort()
}

t.test('the newest file stays, however small the bound', async (t) => {
  const path = testDirectory(t)
  const store = await openFor(t, { path, maxBytes: 1, expiryIntervalMs: 5 })
  const arrivalUnixMs = Date.now()
  for (let part = 0; part < 20; part++) {
    const batch = batchOf({ trace: 1, firstId: part + 1, padding: 10_000, arrivalUnixMs })
    await store.write('', batch, never)
  }
  t.equal((await spanIdsOf(store, 1)).length, 20)
  t.equal(filesIn(path).length, 1)
})

t.test('the file that is written to stays, also when there are later hours', async (t) => {
  const path = testDirectory(t)
  const store = await openFor(t, { path, maxBytes: 1, expiryIntervalMs: 5 })
  const now = Date.now()
  // As under a clock that was ahead for a while.
  const ahead = { trace: 2, arrivalUnixMs: now + 100 * hourMs }
  await store.write('', batchOf(ahead), never)
  for (let part = 0; part < 20; part++) {
    const batch = batchOf({ trace: 1, firstId: part + 1, padding: 10_000, arrivalUnixMs: now })
    await store.write('', batch, never)
  }
  await until(() => filesIn(path).length === 1)
  t.equal((await spanIdsOf(store, 1)).length, 20)
  t.same(await spanIdsOf(store, 2), [])
})

t.test(
  'spans are kept and expire after a clock was ahead for so long that it was believed',
  async (t) => {
    const clock = movedClock()
    const events: StoreEvent[] = []
    const onEvent = (event: StoreEvent): number => events.push(event)
    const path = testDirectory(t)
    const clockGraceMs = 1
    const store = await openFor(t, { path, clock, clockGraceMs, expiryIntervalMs: 10, onEvent })
    const write = (trace: number) => {
      return store.write('', batchOf({ trace, arrivalUnixMs: clock.nowUnixMs() }), never)
    }
    await write(1)
    let wrongMs = 10 * retentionMs
    clock.nowUnixMs = () => Date.now() + clock.aheadMs + wrongMs
    await until(() => countOf(events, 'expired') === 1)
    await write(2)
    wrongMs = 0
    await until(() => {
      clock.aheadMs += 1
      return events.some(({ kind }) => kind === 'expiry_resumed')
    })
    await write(3)
    t.same(await spanIdsOf(store, 3), [1], 'what arrives now is there')
    t.same(await spanIdsOf(store, 2), [1], 'and so is what arrived under the wrong clock')
    clock.aheadMs += retentionMs + 2 * hourMs
    await until(() => countOf(events, 'expired') === 2)
    t.same(await spanIdsOf(store, 3), [])
    t.same(await spanIdsOf(store, 2), [1], 'which expires by the time that it bears')
    t.equal(filesIn(path).length, 1)
  },
)

t.test('a clock that jumps a day forth and back removes nothing', async (t) => {
  const clock = movedClock()
  clock.monotonicMs = () => performance.now()
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): number => events.push(event)
  const path = testDirectory(t)
  const store = await openFor(t, { path, clock, expiryIntervalMs: 10, onEvent })
  // Also while an hour ends.
  const arrivalUnixMs = Date.now()
  await store.write('', batchOf({ trace: 1, arrivalUnixMs }), never)
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
    await store.write('', batchOf({ trace: 3, firstId: before + 1, arrivalUnixMs }), never)
  }
  t.same(await spanIdsOf(store, 1), [1])
  t.equal((await spanIdsOf(store, 2)).length, 2)
  t.equal((await spanIdsOf(store, 3)).length, 2)
  t.equal(filesIn(path).length, 3)
})
