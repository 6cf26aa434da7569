import t from 'tap'
import { writeCounts } from '../../../src/sampling/adaptive/counts-document.ts'
import { PartsWriter } from '../../../src/sampling/adaptive/parts-writer.ts'
import { ReceivedCounts } from '../../../src/sampling/adaptive/received-counts.ts'
import { MemorySamplingStore } from '../../../src/stores/memory/memory-sampling-store.ts'

const counts = { service: 'cart', operation: 'pay', represented: 0, unmarked: 0, forced: 0 }

function partsOf(kept: number): readonly Uint8Array[] {
  const writer = new PartsWriter(15)
  writer.add('cart', (fields) => writeCounts(fields, { ...counts, kept }))
  return writer.finish()
}

/** Knows a version by name some looks before it has it. */
class LateStore extends MemorySamplingStore {
  version = 1
  looks = 0
  lateBy = 0

  override async versions(): Promise<ReadonlyMap<string, number>> {
    return new Map([['one', this.version]])
  }

  override async get(_kind: unknown, _name: string, version: number) {
    this.looks += 1
    return this.looks > this.lateBy ? partsOf(version) : undefined
  }
}

function receivedFrom(store: LateStore, delayMs = 0): ReceivedCounts {
  const onBadCounts = () => t.fail('they can be read')
  return new ReceivedCounts({ store, intervalMs: 15_000, delayMs, onBadCounts }, new Map())
}

t.test('ReceivedCounts look again for what is named before it is there', async (t) => {
  const store = new LateStore()
  const received = receivedFrom(store)
  store.lateBy = 2
  for (let at = 0; at < 2; at++) {
    await received.fetch(at)
    t.equal(received.take(at), undefined)
  }
  await received.fetch(2)
  const gathered = received.take(2)
  t.same(
    Array.from(gathered?.counts ?? [], ({ kept }) => kept),
    [1],
  )
  t.same([...(gathered?.taken ?? [])], [['one', 1]])
})

t.test('ReceivedCounts do not wait for ever for what is lost', async (t) => {
  const store = new LateStore()
  const received = receivedFrom(store)
  store.version = 2
  store.lateBy = 3
  for (let at = 0; at < 3; at++) await received.fetch(at)
  const gathered = received.take(3)
  t.same(
    Array.from(gathered?.counts ?? [], ({ kept }) => kept),
    [2],
  )
})

t.test('ReceivedCounts say what they have taken, also where one was lost', async (t) => {
  const store = new LateStore()
  const received = receivedFrom(store, 1000)
  await received.fetch(0)
  store.version = 3
  store.lateBy = 4
  for (let at = 1; at <= 3; at++) await received.fetch(900 + at)
  t.same([...(received.take(1500)?.taken ?? [])], [['one', 2]], 'the third waits')
})

t.test('ReceivedCounts forget who has told nothing for a while', async (t) => {
  const store = new LateStore()
  const received = receivedFrom(store)
  await received.fetch(0)
  t.equal(received.receiverCount(30_000), 1)
  await received.fetch(40_000)
  t.equal(received.receiverCount(40_000), 0)
})
