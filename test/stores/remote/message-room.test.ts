import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { ServerWritableStream } from '@grpc/grpc-js'
import t from 'tap'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import type { MessagePlace } from '../../../src/stores/remote/message-room.ts'
import { MessageRoom } from '../../../src/stores/remote/message-room.ts'
import { parseRemoteAddress } from '../../../src/stores/remote/remote-address.ts'
import { RemoteChannel } from '../../../src/stores/remote/remote-channel.ts'
import { readFind } from '../../conformance/answer.ts'
import { ofService } from '../../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { until } from '../../transport/start-listener.ts'
import { scriptedRemote } from './scripted-remote.ts'
import { openOver } from './start-remote-host.ts'

const wait = {
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  late: () => new GatewayError('store_unavailable', 'Cannot wait'),
}

/** What is there now, without waiting for it. */
async function given(place: Promise<MessagePlace>): Promise<MessagePlace | undefined> {
  return Promise.race([place, setImmediate(undefined)])
}

t.test('take() gives room for so many of the longest messages, and then waits', async (t) => {
  const room = new MessageRoom(200, 100)
  const first = await room.take(wait)
  await room.take(wait)
  const third = room.take(wait)
  const fourth = room.take(wait)
  t.equal(await given(third), undefined)
  first.free()
  t.ok(await given(third), 'who waited longest is next')
  t.equal(await given(fourth), undefined)
  first.free()
  t.equal(await given(fourth), undefined, 'room is given back once')
  ;(await third).free()
  t.ok(await given(fourth))
})

t.test('settle() leaves to others what a message does not need', async (t) => {
  const room = new MessageRoom(200, 100)
  const small = await room.take(wait)
  const large = await room.take(wait)
  const next = room.take(wait)
  small.settle(60)
  t.equal(await given(next), undefined)
  large.settle(40)
  t.ok(await given(next), '100 of 200 are free')
  const another = room.take(wait)
  small.free()
  t.equal(await given(another), undefined)
  large.free()
  t.ok(await given(another))
})

t.test(
  'take() gives up in time, or when nobody wants it, and leaves its turn to others',
  async (t) => {
    const room = new MessageRoom(100, 100)
    const held = await room.take(wait)
    const left = new AbortController()
    const gone = room.take({ ...wait, signal: left.signal })
    const late = room.take({ ...wait, timeoutMs: 1 })
    const next = room.take(wait)
    left.abort()
    await t.rejects(gone, { code: 'cancelled' })
    await t.rejects(late, { message: 'Cannot wait' })
    await t.rejects(room.take({ ...wait, signal: left.signal }), { code: 'cancelled' })
    held.free()
    t.ok(await given(next))
  },
)

t.test('one message has room, however long it may be', async (t) => {
  t.ok(await given(new MessageRoom(10, 100).take(wait)))
})

t.test('streams that need room take no message before there is some', async (t) => {
  const { port } = await scriptedRemote(t, {
    GetTraces: async (call) => {
      for (let part = 0; part < 2; part++) call.write(Buffer.from('message'))
      call.end()
    },
  })
  const channel = await RemoteChannel.connect({
    address: parseRemoteAddress(`grpc://127.0.0.1:${port}`),
    connectTimeoutMs: 10_000,
    timeoutMs: 60_000,
    messageBytesMax: 1_000_000,
  })
  t.teardown(() => channel.close())
  const room = new MessageRoom(7, 7)
  const stream = () =>
    channel.stream(
      {
        action: 'Cannot read traces',
        path: '/jaeger.storage.v2.TraceReader/GetTraces',
        request: new Uint8Array(),
        takeRoom: () => room.take(wait),
      },
      () => {},
    )
  const [one, other] = [stream(), stream()]
  t.equal(String((await one.next()).value), 'message')
  const waiting = other.next()
  let isThere = false
  void waiting.then(() => {
    isThere = true
  })
  // As long as a message over this connection takes, and more.
  await channel
    .ask({
      action: 'Cannot ask',
      path: '/jaeger.storage.v2.TraceReader/GetServices',
      request: new Uint8Array(),
    })
    .catch(() => {})
  t.equal(isThere, false)
  await one.return()
  t.equal(String((await waiting).value), 'message')
  t.equal(String((await other.next()).value), 'message')
  t.equal((await other.next()).done, true)
  t.ok(await given(room.take(wait)), 'all is given back')
})

t.test('searches share room for four messages that are not there yet', async (t) => {
  const calls: ServerWritableStream<unknown, Buffer>[] = []
  const message = Buffer.from(
    encodeTracesData(sampleBatch([sampleGroup([sampleSpan({ trace: 1, id: 1 })])], 0)),
  )
  const { port } = await scriptedRemote(t, {
    FindTraceIDs: async () => ({ traceIds: [{ traceId: traceIdOf(1) }] }),
    GetTraces: async (call) => {
      calls.push(call)
    },
  })
  const store = await openOver(`127.0.0.1:${port}`)
  t.teardown(() => store.close())
  const query = { limit: 1, filter: ofService('shop') }
  const first = Array.from(Array(4), () => readFind(store, query))
  await until(() => calls.length === 4)
  let isDone = false
  const fifth = readFind(store, query).finally(() => {
    isDone = true
  })
  await until(() => calls.length === 5)
  const answer = (call: (typeof calls)[0] | undefined) => {
    call?.write(message)
    call?.end()
  }
  answer(calls.pop())
  await sleep(200)
  t.equal(isDone, false, 'its message is there, and waits')
  answer(calls.pop())
  await fifth
  for (const call of calls) answer(call)
  await Promise.all(first)
})
