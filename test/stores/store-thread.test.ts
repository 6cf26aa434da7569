import { EventEmitter, once } from 'node:events'
import t from 'tap'
import type { StoreEvent } from '../../src/stores/store-event.ts'
import { StoreThread } from '../../src/stores/store-thread.ts'

type Request = { readonly kind: string }
type Answer = { readonly kind: 'ready' } | { readonly kind: 'answer'; readonly to: string }

function threadOf(workerData: string | Int32Array) {
  const seen = new EventEmitter()
  const thread = new StoreThread<Request, Answer>({
    name: 'test',
    kind: 'writer',
    url: new URL('./thread-that-fails.js', import.meta.url),
    workerData,
    onAnswer: (answer) => seen.emit('answer', answer.to),
    onStopped: (error) => seen.emit('stopped', error),
    onEvent: (event: StoreEvent) => seen.emit(event.kind, event),
  })
  return { thread, seen }
}

t.test('start() rejects when the thread fails to start', async (t) => {
  const { thread } = threadOf('fails to start')
  await t.rejects(thread.start(), { code: 'store_unavailable', message: /no start today/ })
  t.notOk(thread.ready)
  await thread.close({ kind: 'close' })
})

t.test('a thread that fails says so and is started again', async (t) => {
  const { thread, seen } = threadOf('')
  await thread.start()
  t.ok(thread.ready)
  thread.post({ kind: 'hello' })
  t.same(await once(seen, 'answer'), ['hello'])
  const told = Promise.all([once(seen, 'stopped'), once(seen, 'thread_stopped')])
  thread.post({ kind: 'fail' })
  const [[error], [event]] = await told
  t.match(error, { code: 'store_unavailable', retryable: true, message: /writer thread.*told to/ })
  t.match(event, { thread: 'writer', restartMs: 500 })
  t.notOk(thread.ready)
  await once(seen, 'thread_restarted')
  thread.post({ kind: 'again' })
  t.same(await once(seen, 'answer'), ['again'])
  await Promise.all([thread.close({ kind: 'close' }), thread.close({ kind: 'close' })])
  t.notOk(thread.ready)
})

t.test('close() while it is down leaves it down', async (t) => {
  const { thread, seen } = threadOf('')
  await thread.start()
  thread.post({ kind: 'fail' })
  await once(seen, 'stopped')
  await thread.close({ kind: 'close' })
  t.notOk(thread.ready)
})

t.test('each start that fails makes the pause longer, however long it ran before', async (t) => {
  const isFailing = new Int32Array(new SharedArrayBuffer(4))
  const { thread, seen } = threadOf(isFailing)
  await thread.start()
  const { now } = performance
  t.teardown(() => Object.assign(performance, { now }))
  Object.assign(performance, { now: () => now.call(performance) + 61_000 })
  const pauses: number[] = []
  const third = new Promise<void>((resolve) => {
    seen.on('thread_stopped', ({ restartMs }: { readonly restartMs: number }) => {
      pauses.push(restartMs)
      if (pauses.length === 3) resolve()
    })
  })
  Atomics.store(isFailing, 0, 1)
  thread.post({ kind: 'fail' })
  await third
  t.same(pauses, [500, 1000, 2000])
  await thread.close({ kind: 'close' })
})
