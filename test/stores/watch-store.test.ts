import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { watchStore } from '../../src/stores/watch-store.ts'
import { patience } from '../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { failingStore, scriptedStore, storeOfTraces } from '../query/scripted-store.ts'

const batch = sampleBatch([sampleGroup([sampleSpan({ trace: 1, id: 1 })])], 0)
const away = () => new GatewayError('store_unavailable', 'Cannot write: disk full')

/** Every read of the port, each to its end. */
async function readAll(store: SpanStore, read: keyof typeof reads): Promise<void> {
  const answer = await reads[read](store)
  if (answer !== undefined && Symbol.asyncIterator in Object(answer)) {
    for await (const item of answer as AsyncIterable<{ parts?: () => AsyncIterable<unknown> }>) {
      for await (const _ of item.parts?.() ?? []);
    }
  }
}

const query = { limit: 1 }
const reads = {
  trace: (store: SpanStore) => store.trace('', { traceId: traceIdOf(1) }, patience),
  find: (store: SpanStore) => store.find('', query, patience),
  summaries: (store: SpanStore) => store.summaries('', query, patience),
  services: (store: SpanStore) => store.services(''),
  operations: (store: SpanStore) => store.operations('', 'cart'),
}

t.test('watchStore() tells since when writes fail, and that they go well again', async (t) => {
  let failure: GatewayError | undefined
  const { store, writes, reads } = watchStore(
    scriptedStore({
      write: async () => {
        if (failure !== undefined) throw failure
        return { rejected: [] }
      },
    }),
  )
  t.match(writes.health, { state: 'idle', failedCount: 0, lastError: undefined })
  await store.write('', batch, patience)
  t.match(writes.health, { state: 'ok', failingSinceUnixMs: undefined })
  failure = away()
  const beforeMs = Date.now()
  await t.rejects(store.write('', batch, patience), failure)
  const { failingSinceUnixMs } = writes.health
  t.ok((failingSinceUnixMs ?? 0) >= beforeMs)
  await t.rejects(store.write('', batch, patience), failure)
  t.match(writes.health, {
    state: 'failing',
    failedCount: 2,
    failingSinceUnixMs,
    lastError: { message: 'Cannot write: disk full' },
  })
  failure = undefined
  await store.write('', batch, patience)
  t.match(writes.health, {
    state: 'ok',
    failedCount: 2,
    failingSinceUnixMs: undefined,
    lastError: { message: 'Cannot write: disk full' },
  })
  t.equal(reads.health.state, 'idle', 'reads are another matter')
})

for (const read of Object.keys(reads) as (keyof typeof reads)[]) {
  t.test(`watchStore() notes how ${read}() ends`, async (t) => {
    const well = watchStore(storeOfTraces([[batch]]))
    await readAll(well.store, read)
    t.equal(well.reads.health.state, 'ok')
    const fail = () => {
      throw away()
    }
    const ill = watchStore(failingStore(fail))
    await t.rejects(readAll(ill.store, read), { code: 'store_unavailable' })
    t.match(ill.reads.health, { state: 'failing', failedCount: 1 })
    t.equal(ill.writes.health.state, 'idle')
  })
}

t.test('watchStore() notes that parts of a trace that was found cannot be read', async (t) => {
  const { store, reads } = watchStore(
    scriptedStore({
      find: async function* () {
        const parts = async function* () {
          yield* []
          throw away()
        }
        yield { kind: 'trace', traceId: traceIdOf(1), newestMatchMicros: 0, parts }
        yield { kind: 'end', bound: undefined }
      },
    }),
  )
  await t.rejects(readAll(store, 'find'), { code: 'store_unavailable' })
  t.equal(reads.health.state, 'failing')
})

t.test('watchStore() blames no store for requests and for who left', async (t) => {
  const codes = ['invalid_argument', 'cancelled', 'overloaded', 'too_large', 'not_found'] as const
  for (const code of codes) {
    const fail = () => {
      throw new GatewayError(code, 'no')
    }
    const { store, reads } = watchStore(failingStore(fail))
    await t.rejects(store.services(''), { code })
    t.match(reads.health, { state: 'idle', failedCount: 0 }, code)
  }
  const bug = () => {
    throw new TypeError('a bug')
  }
  const { store, reads } = watchStore(failingStore(bug))
  await t.rejects(store.services(''), TypeError)
  t.equal(reads.health.state, 'failing', 'a bug is its own')
})

t.test('watchStore() takes an answer that nobody read to its end for nothing', async (t) => {
  const { store, reads } = watchStore(storeOfTraces([[batch, batch]]))
  for await (const _ of store.trace('', { traceId: traceIdOf(1) }, patience)) break
  t.equal(reads.health.state, 'idle')
})

t.test('watchStore() tells of writes that were given up for want of an answer', async (t) => {
  let failure = new GatewayError('cancelled', 'Cannot store spans: the client went away')
  let takesMs = 19
  let nowMs = 0
  const write = async (): Promise<never> => {
    nowMs += takesMs
    throw failure
  }
  const how = { unansweredMsMin: 20, now: () => nowMs }
  const { store, writes } = watchStore(scriptedStore({ write }), how)
  await t.rejects(store.write('', batch, patience), failure)
  t.match(writes.health, { state: 'idle', failedCount: 0 }, 'so soon: the client had its reasons')
  takesMs = 20
  await t.rejects(store.write('', batch, patience), failure)
  const message = /^no answer in \d\.\d s$/
  t.match(writes.health, { state: 'failing', failedCount: 1, lastError: { message } })
  failure = new GatewayError('invalid_argument', 'Cannot store spans: bad')
  await t.rejects(store.write('', batch, patience), failure)
  t.equal(writes.health.failedCount, 1, 'slow and bad is still the fault of the request')
})

t.test('watchStore() takes a search for answered whose reader leaves at its end', async (t) => {
  for (const read of ['find', 'summaries'] as const) {
    const { store, reads } = watchStore(storeOfTraces([[batch]]))
    for await (const item of store[read]('', query, patience)) {
      if (item.kind === 'end') break
      t.equal(reads.health.state, 'idle', read)
    }
    t.equal(reads.health.state, 'ok', read)
  }
})

/** Writes that are answered when the test says so, with a clock of its own; 20 ms are too long for one. */
function heldWrites() {
  let nowMs = 0
  const answers: (() => void)[] = []
  const write = () =>
    new Promise<{ rejected: [] }>((resolve) => answers.push(() => resolve({ rejected: [] })))
  const how = { unansweredMsMin: 20, now: () => nowMs }
  return {
    ...watchStore(scriptedStore({ write }), how),
    answers,
    pass: (ms: number) => (nowMs += ms),
  }
}

t.test('watchStore() tells of writes that wait for an answer', async (t) => {
  const { store, writes, answers, pass } = heldWrites()
  const first = store.write('', batch, patience)
  pass(15)
  t.equal(writes.health.state, 'idle')
  const second = store.write('', batch, patience)
  pass(5)
  t.match(writes.health, { state: 'failing', failedCount: 0, lastError: { message: /^no answer/ } })
  answers.pop()?.()
  await second
  t.equal(writes.health.state, 'ok', 'one is answered, so the first may be as well')
  pass(20)
  t.equal(writes.health.state, 'ok')
  answers.pop()?.()
  await first
})

t.test(
  'watchStore() tells of writes that wait behind one that waited before another was answered',
  async (t) => {
    const { store, writes, answers, pass } = heldWrites()
    const first = store.write('', batch, patience)
    pass(2)
    const second = store.write('', batch, patience)
    answers.pop()?.()
    await second
    pass(2)
    const third = store.write('', batch, patience)
    pass(20)
    t.match(writes.health, { state: 'failing', lastError: { message: /^no answer/ } })
    for (const answer of answers) answer()
    await Promise.all([first, third])
    t.equal(writes.health.state, 'ok')
  },
)
