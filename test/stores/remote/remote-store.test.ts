import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Metadata, status } from '@grpc/grpc-js'
import type { Test } from 'tap'
import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import type { StoreEvent } from '../../../src/stores/store-event.ts'
import { patience, readFind, readTrace } from '../../conformance/answer.ts'
import { call, durationNano, field, ofService } from '../../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { until } from '../../transport/start-listener.ts'
import type { Script } from './scripted-remote.ts'
import { plainStatus, scriptedRemote, statusWithRetry } from './scripted-remote.ts'
import { openOver } from './start-remote-host.ts'

// What real remotes do rarely, by a server that does it when it is told to.

const taken = Buffer.alloc(0)

function spans(count: number, textBytes = 10): SpanBatch {
  const text = 'x'.repeat(textBytes)
  const all = Array.from(Array(count).keys(), (at) =>
    sampleSpan({ trace: 1, id: at + 1, attributes: { text } }),
  )
  return sampleBatch([sampleGroup(all)], Date.now())
}

const failures = [
  ['UNAVAILABLE', plainStatus(status.UNAVAILABLE), 'store_unavailable', 1000],
  ['UNAVAILABLE with a time', statusWithRetry(status.UNAVAILABLE, 7000), 'store_unavailable', 7000],
  ['UNKNOWN', plainStatus(status.UNKNOWN), 'store_unavailable', 1000],
  ['INTERNAL', plainStatus(status.INTERNAL), 'store_unavailable', 1000],
  ['ABORTED', plainStatus(status.ABORTED), 'store_unavailable', 1000],
  [
    'RESOURCE_EXHAUSTED with a time',
    statusWithRetry(status.RESOURCE_EXHAUSTED, 3000),
    'store_unavailable',
    3000,
  ],
  ['RESOURCE_EXHAUSTED', plainStatus(status.RESOURCE_EXHAUSTED), 'too_large', undefined],
  ['INVALID_ARGUMENT', plainStatus(status.INVALID_ARGUMENT), 'invalid_argument', undefined],
  ['PERMISSION_DENIED', plainStatus(status.PERMISSION_DENIED), 'store_unusable', undefined],
  ['UNIMPLEMENTED', plainStatus(status.UNIMPLEMENTED), 'store_unusable', undefined],
] as const

for (const [name, failure, code, retryAfterMs] of failures) {
  t.test(`write() that the remote answers with ${name} is ${code}`, async (t) => {
    const { port } = await scriptedRemote(t, {
      Export: async () => {
        throw failure
      },
    })
    const store = await openOver(`127.0.0.1:${port}`)
    t.teardown(() => store.close())
    const retryable = retryAfterMs !== undefined
    await t.rejects(store.write('', spans(2), patience), { code, retryable, retryAfterMs })
  })
}

t.test('write() lists the one span that the remote refuses', async (t) => {
  const { port } = await scriptedRemote(t, {
    Export: async () => {
      throw plainStatus(status.INVALID_ARGUMENT, 'no good')
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  const { rejected } = await store.write('', spans(1), patience)
  t.match(rejected, [{ reason: 'remote', message: /INVALID_ARGUMENT \(no good\)/ }])
})

t.test('write() counts the spans that the remote leaves out', async (t) => {
  const { port } = await scriptedRemote(t, {
    Export: async () => {
      const writer = new WireWriter()
      writer.message(1, (partial) => {
        partial.int64(1, 2n)
        partial.string(2, 'two are bad')
      })
      return Buffer.from(writer.finish())
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  const { rejected } = await store.write('', spans(5), patience)
  t.equal(rejected.length, 2)
  t.match(rejected[0], { reason: 'remote', message: /two are bad/ })
})

t.test(
  'write() sends requests that the remote takes, with the tenant, and waits for all',
  async (t) => {
    const requests: { spans: number; bytes: number; tenant: unknown }[] = []
    const { port } = await scriptedRemote(t, {
      Export: async (request, metadata) => {
        const { batch } = decodeRequest(request, { arrivalUnixMs: 0 })
        const [tenant] = metadata.get('x-tenant')
        requests.push({ spans: spanCount(batch), bytes: request.length, tenant })
        return taken
      },
    })
    const store = await openOver(`127.0.0.1:${port}?tenant=shop`, { requestBytesMax: 100_000 })
    t.teardown(() => store.close())
    await store.write('', spans(500, 1000), patience)
    t.equal(
      requests.reduce((sum, one) => sum + one.spans, 0),
      500,
    )
    t.ok(requests.length > 5)
    t.ok(requests.every(({ bytes, tenant }) => bytes <= 100_000 && tenant === 'shop'))
  },
)

t.test('a remote that does not answer is unavailable after its time', async (t) => {
  const { port } = await scriptedRemote(t, {
    Export: () => new Promise(() => {}),
    GetTraces: async (call) => {
      call.write(Buffer.from(encodeTracesData(spans(3))))
    },
  })
  const store = await openOver(`127.0.0.1:${port}`, { timeoutMs: 1000 })
  t.teardown(() => store.close())
  const late = { code: 'store_unavailable', retryable: true }
  await t.rejects(store.write('', spans(2), patience), {
    ...late,
    message: /has not answered in 1000 ms, store\.remote\.timeout/,
  })
  const parts = store.trace('', { traceId: traceIdOf(1) }, patience)[Symbol.asyncIterator]()
  t.equal(spanCount((await parts.next()).value as SpanBatch), 3)
  await t.rejects(parts.next(), { ...late, message: /store\.remote\.timeout/ })
})

t.test('a reader that takes its time is no remote that does not answer', async (t) => {
  const { port } = await scriptedRemote(t, {
    GetTraces: async (call) => {
      for (let part = 0; part < 4; part++) {
        const one = sampleSpan({ trace: 1, id: part + 1 })
        call.write(Buffer.from(encodeTracesData(sampleBatch([sampleGroup([one])], 0))))
      }
      call.end()
    },
  })
  const store = await openOver(`127.0.0.1:${port}`, { timeoutMs: 1000 })
  t.teardown(() => store.close())
  let count = 0
  for await (const part of store.trace('', { traceId: traceIdOf(1) }, patience)) {
    count += spanCount(part)
    await sleep(400)
  }
  t.equal(count, 4)
})

t.test('trace() gives a long message in parts, and the spans of that trace alone', async (t) => {
  const other = sampleSpan({ trace: 2, id: 1 })
  const { port } = await scriptedRemote(t, {
    GetTraces: async (call) => {
      call.write(Buffer.from(encodeTracesData(spans(5000, 1000))))
      call.write(Buffer.from(encodeTracesData(sampleBatch([sampleGroup([other])], 0))))
      call.end()
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  const sizes: number[] = []
  let count = 0
  for await (const part of store.trace('', { traceId: traceIdOf(1) }, patience)) {
    sizes.push(part.bytes.length)
    count += spanCount(part)
  }
  t.equal(count, 5000)
  t.ok(sizes.length > 4 && sizes.every((size) => size <= 1024 * 1024), String(sizes))
})

t.test('a message over store.remote.max-message-size is an error that says so', async (t) => {
  const { port } = await scriptedRemote(t, {
    GetTraces: async (call) => {
      call.write(Buffer.from(encodeTracesData(spans(200, 1000))))
      call.end()
    },
  })
  const store = await openOver(`127.0.0.1:${port}`, { messageBytesMax: 100_000 })
  t.teardown(() => store.close())
  await t.rejects(readTrace(store, traceIdOf(1)), {
    code: 'too_large',
    message: /larger than max .*store\.remote\.max-message-size/,
  })
})

/** Two traces, of which the one has so many spans; what the remote reads of them. */
function twoTraces(count: number): Pick<Script, 'FindTraceIDs' | 'GetTraces'> {
  const ids = [traceIdOf(1), traceIdOf(2)]
  const small = [sampleSpan({ trace: 2, id: 1 })]
  return {
    FindTraceIDs: async () => ({ traceIds: ids.map((traceId) => ({ traceId })) }),
    GetTraces: async (call) => {
      const { query } = call.request as { query: readonly { traceId: Uint8Array }[] }
      for (const { traceId } of query) {
        const isSmall = Buffer.from(traceId).equals(Buffer.from(traceIdOf(2)))
        const batch = isSmall ? sampleBatch([sampleGroup(small)], 0) : spans(count, 1000)
        call.write(Buffer.from(encodeTracesData(batch)))
      }
      call.end()
    },
  }
}

t.test('a search leaves out a trace over store.remote.max-message-size, and says so', async (t) => {
  const { port } = await scriptedRemote(t, twoTraces(200))
  const store = await openOver(`127.0.0.1:${port}`, { messageBytesMax: 100_000 })
  t.teardown(() => store.close())
  const filter = ofService('shop')
  const bound = { setting: 'store.remote.max-message-size', limit: 100_000 }
  const items: unknown[] = []
  for await (const item of store.summaries('', { limit: 5, filter }, patience)) items.push(item)
  t.match(items, [
    { kind: 'summary', traceId: traceIdOf(2), spanCount: 1 },
    { kind: 'end', bound },
  ])
  t.equal(items.length, 2)
})

t.test(
  'a search over a slow remote gives what it found, and the bound that ended it',
  async (t) => {
    const script = twoTraces(40)
    let asked = 0
    const { port } = await scriptedRemote(t, {
      ...script,
      FindTraceIDs: async (request) => {
        asked += 1
        if (asked > 1) await new Promise(() => {})
        return script.FindTraceIDs?.(request) ?? {}
      },
    })
    const searchBounds = { timeMaxMs: 1500, spansMax: 1000 }
    const store = await openOver(`127.0.0.1:${port}`, { searchBounds })
    t.teardown(() => store.close())
    const startedMs = performance.now()
    const items: unknown[] = []
    const query = { limit: 2, filter: ofService('shop') }
    for await (const item of store.summaries('', query, patience)) items.push(item)
    t.ok(performance.now() - startedMs < 10_000)
    t.equal(items.length, 3)
    t.same(items.at(-1), { kind: 'end', bound: { setting: 'search.max-time', limit: 1500 } })
  },
)

t.test('bytes that are no message are an error, and the store goes on', async (t) => {
  const broken = [Buffer.from([0xff, 0xff]), Buffer.from(encodeTracesData(spans(2)))]
  const { port } = await scriptedRemote(t, {
    GetTraces: async (call) => {
      call.write(broken.shift() ?? Buffer.alloc(0))
      call.end()
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  await t.rejects(readTrace(store, traceIdOf(1)), { code: 'store_corrupt' })
  t.equal((await readTrace(store, traceIdOf(1))).length, 2)
})

t.test('a bound that the remote tells is told on', async (t) => {
  const bound = { setting: 'store.sqlite.max-bytes', limit: 1000 }
  const { port } = await scriptedRemote(t, {
    GetTraces: async (call) => {
      call.write(Buffer.from(encodeTracesData(spans(1))))
      const trailers = new Metadata()
      trailers.set('spangate-search-bound', 'store.sqlite.max-bytes=1000')
      call.end(trailers)
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  t.equal(await store.lostParts('', traceIdOf(1)), undefined)
  await readTrace(store, traceIdOf(1))
  t.same(await store.lostParts('', traceIdOf(1)), bound)
})

t.test(
  'find() asks a remote that tells nothing of itself for one service after the other',
  async (t) => {
    const asked: unknown[] = []
    const { port } = await scriptedRemote(t, {
      GetServices: async () => ({ services: ['b', 'a'] }),
      FindTraceIDs: async (request) => {
        asked.push((request as { query: { serviceName: string; filter: unknown } }).query)
        return { traceIds: [] }
      },
    })
    const store = await openOver(`127.0.0.1:${port}`)
    t.teardown(() => store.close())
    await readFind(store, { limit: 5, minMicros: 10, maxMicros: 2_000_000 })
    t.match(asked, [
      {
        serviceName: 'b',
        filter: null,
        searchDepth: 5,
        startTimeMin: { seconds: '0', nanos: 9000 },
      },
      { serviceName: 'a', startTimeMax: { seconds: '2', nanos: 0 } },
    ])
    asked.length = 0
    await readFind(store, { limit: 5, filter: ofService('c') })
    t.match(asked, [{ serviceName: 'c' }])
  },
)

t.test('a store opens only where the remote answers', async (t) => {
  const remote = await scriptedRemote(t, {})
  remote.stop()
  await t.rejects(openOver(`127.0.0.1:${remote.port}`, { connectTimeoutMs: 300 }), {
    code: 'store_unavailable',
    message: new RegExp(`no connection to 127.0.0.1:${remote.port} in 300 ms.*ECONNREFUSED`),
  })
})

t.test('a remote that comes back as another one is asked again what it can do', async (t) => {
  const search = { withoutServiceName: true, filter: { levels: ['resource'], operators: ['eq'] } }
  const events: StoreEvent[] = []
  const asked: { readonly filter: unknown }[] = []
  const script = {
    Export: async () => taken,
    GetServices: async () => ({ services: ['shop'] }),
    FindTraceIDs: async (request: unknown) => {
      asked.push((request as { query: { filter: unknown } }).query)
      return { traceIds: [] }
    },
  }
  const first = await scriptedRemote(t, { ...script, GetCapabilities: async () => ({ search }) })
  const store = await openOver(`127.0.0.1:${first.port}`, {
    onEvent: (event) => events.push(event),
  })
  t.teardown(() => store.close())
  const query = { limit: 1, filter: ofService('shop') }
  await readFind(store, query)
  t.match(asked.pop(), { filter: { op: 'eq' } })
  first.stop()
  await until(() => events.some(({ kind }) => kind === 'store_away'))
  await t.rejects(store.write('', spans(1), patience), {
    code: 'store_unavailable',
    retryAfterMs: 1000,
  })
  await scriptedRemote(t, script, { port: first.port })
  await until(() => events.some(({ kind }) => kind === 'store_back'))
  await store.write('', spans(1), patience)
  await readFind(store, query)
  t.match(asked.pop(), { filter: null, serviceName: 'shop' })
})

t.test(
  'a remote that is exchanged while nothing is asked is asked again what it can do',
  async (t) => {
    const search = { withoutServiceName: true, filter: { levels: ['resource'], operators: ['eq'] } }
    const asked: unknown[] = []
    const script = {
      FindTraceIDs: async (request: unknown) => {
        asked.push((request as { query: unknown }).query)
        return { traceIds: [] }
      },
    }
    const first = await scriptedRemote(t, { ...script, GetCapabilities: async () => ({ search }) })
    const second = await scriptedRemote(t, script)
    let isExchanged = false
    const { port, sockets } = await startProxy(t, () => (isExchanged ? second.port : first.port))
    const events: StoreEvent[] = []
    const store = await openOver(`127.0.0.1:${port}`, {
      onEvent: (event) => events.push(event),
    })
    t.teardown(() => store.close())
    const query = { limit: 1, filter: ofService('shop') }
    await readFind(store, query)
    t.match(asked.pop(), { filter: { op: 'eq' } })
    isExchanged = true
    const before = sockets.splice(0)
    for (const socket of before) socket.destroy()
    await until(() => sockets.length > 0)
    await readFind(store, query)
    t.match(asked.pop(), { filter: null, serviceName: 'shop' })
    t.same(events, [], 'it was never away')
  },
)

t.test(
  'find() asks a remote without filters for times that its storages can look through',
  async (t) => {
    const asked: { readonly startTimeMax: { seconds: string }; readonly durationMin: unknown }[] =
      []
    const { port } = await scriptedRemote(t, {
      FindTraceIDs: async (request) => {
        asked.push((request as { query: (typeof asked)[number] }).query)
        return { traceIds: [] }
      },
    })
    const store = await openOver(`127.0.0.1:${port}`)
    t.teardown(() => store.close())
    const slow = call('gte', field('span', 'duration'), durationNano(5_000_000n))
    const filter = call('and', ofService('shop'), slow)
    await readFind(store, { limit: 5, filter })
    const [endless] = asked.splice(0)
    const dayAfter = Date.now() / 1000 + 24 * 3600
    t.ok(Math.abs(Number(endless?.startTimeMax.seconds) - dayAfter) < 60)
    t.equal(endless?.durationMin, null)
    const maxMicros = Date.now() * 1000
    await readFind(store, { limit: 5, filter, minMicros: maxMicros - 3600e6, maxMicros })
    t.match(asked, [{ durationMin: { nanos: 4_999_000 } }])
  },
)

t.test('a connection over which nothing comes is given up, without a restart', async (t) => {
  const remote = await scriptedRemote(t, { Export: async () => taken })
  const lost = await startProxy(t, () => remote.port)
  const events: string[] = []
  const store = await openOver(`127.0.0.1:${lost.port}`, {
    timeoutMs: 400,
    onEvent: ({ kind }) => events.push(kind),
  })
  t.teardown(() => store.close())
  await store.write('', spans(1), patience)
  lost.freeze()
  // Clients that give up earlier find out as well.
  const impatient = (): Promise<boolean> =>
    store.write('', spans(1), AbortSignal.timeout(150)).then(
      () => true,
      () => false,
    )
  await until(impatient)
  t.same(events, [], 'it was never away')
  await store.write('', spans(1), patience)
})

/** Hands on connections; those of before `freeze` stay open from then on, and nothing comes through. */
async function startProxy(
  t: Test,
  portOf: () => number,
): Promise<{ readonly port: number; readonly sockets: Socket[]; freeze(): void }> {
  const sockets: Socket[] = []
  const proxy = createServer((client) => {
    const server = connect(portOf(), '127.0.0.1')
    client.pipe(server).pipe(client)
    for (const socket of [client, server]) socket.on('error', () => {})
    sockets.push(client, server)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    proxy.close()
    for (const socket of sockets) socket.destroy()
  })
  const freeze = (): void => {
    for (const socket of sockets) socket.unpipe().pause()
  }
  return { port: (proxy.address() as AddressInfo).port, sockets, freeze }
}
