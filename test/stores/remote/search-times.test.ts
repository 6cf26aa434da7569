import { setTimeout as sleep } from 'node:timers/promises'
import type { Metadata } from '@grpc/grpc-js'
import t from 'tap'
import type { StoreEvent } from '../../../src/stores/store-event.ts'
import { patience, readFind } from '../../conformance/answer.ts'
import { ofService } from '../../conformance/filter.ts'
import { traceIdOf } from '../../conformance/sample.ts'
import { until } from '../../transport/start-listener.ts'
import { scriptedRemote } from './scripted-remote.ts'
import { openOver } from './start-remote-host.ts'

t.test('a search waits for services no longer than what is left of its time', async (t) => {
  let deadlineUnixMs = 0
  const script = {
    Export: async () => Buffer.alloc(0),
    GetServices: async (_request: unknown, _metadata: Metadata, deadline: number) => {
      deadlineUnixMs = deadline
      await new Promise(() => {})
      return {}
    },
  }
  const first = await scriptedRemote(t, { ...script, GetCapabilities: async () => ({}) })
  const events: string[] = []
  const searchBounds = { timeMaxMs: 4000, spansMax: 1000 }
  const onEvent = ({ kind }: StoreEvent) => events.push(kind)
  const store = await openOver(`127.0.0.1:${first.port}`, { searchBounds, onEvent })
  t.teardown(() => store.close())
  first.stop()
  await until(() => events.includes('store_away'))
  // Another one, which is asked what it can do, and takes most of the time to say so.
  const GetCapabilities = async () => {
    await sleep(2000)
    return {}
  }
  await scriptedRemote(t, { ...script, GetCapabilities }, { port: first.port })
  await until(() => events.includes('store_back'))
  const startedUnixMs = Date.now()
  const items: unknown[] = []
  for await (const item of store.summaries('', { limit: 5 }, patience)) items.push(item)
  t.same(items, [{ kind: 'end', bound: { setting: 'search.max-time', limit: 4000 } }])
  const waitedMs = deadlineUnixMs - startedUnixMs
  t.ok(waitedMs >= 2000 && waitedMs < 5500, `${waitedMs} ms, with a second for its own bound`)
})

t.test('times that a remote tells of a trace go along when that is read', async (t) => {
  const told = [
    { traceId: traceIdOf(1), start: { seconds: 100, nanos: 1500 }, end: { seconds: 101 } },
    // As a Jaeger writes times that it does not know.
    {
      traceId: traceIdOf(2),
      start: { seconds: -62_135_596_800 },
      end: { seconds: -62_135_596_800 },
    },
    { traceId: traceIdOf(3) },
  ]
  const asked: unknown[] = []
  const { port } = await scriptedRemote(t, {
    FindTraceIDs: async () => ({ traceIds: told }),
    GetTraces: async (call) => {
      const { query } = call.request as { query: readonly { traceId: Uint8Array }[] }
      asked.push(...query.map(({ traceId: _, ...times }) => times))
      call.end()
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  await readFind(store, { limit: 5, filter: ofService('shop') })
  const none = { startTime: null, endTime: null }
  t.same(asked, [
    { startTime: { seconds: '100', nanos: 1000 }, endTime: { seconds: '101', nanos: 1000 } },
    none,
    none,
  ])
})
