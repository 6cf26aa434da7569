import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import {
  aborted,
  bufferClient,
  detailsText,
  failure,
  rawCall,
  startListener,
  until,
} from './start-listener.ts'

const kib = 1024
const mib = 1024 * kib

t.test('localhost is both loopback addresses on one free port', async (t) => {
  const { addresses, port, close } = await startListener({ addresses: ['localhost'] })
  t.ok(port > 0)
  t.match(addresses[0], { address: '127.0.0.1', port })
  for (const { address } of addresses) {
    const client = bufferClient(
      address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    )
    await client.call(Buffer.alloc(10))
    client.close()
  }
  await close()
})

t.test('start() fails on all addresses when one is taken', async (t) => {
  const first = await startListener()
  const taken = startListener({ addresses: ['127.0.0.1'], port: first.port })
  await t.rejects(taken, { code: 'EADDRINUSE', port: first.port })
  await first.close()
})

t.test(
  'a message limit that does not fit three times into the bound is a settings error',
  async (t) => {
    const started = startListener({ boundBytes: mib, maxMessageBytes: mib / 2 })
    await t.rejects(started, { code: 'bad_settings', message: /test\.max-message-size/ })
  },
)

t.test('more connections than it takes are closed, and those that are open stay', async (t) => {
  const { port, metrics, close } = await startListener({ maxConnections: 1 })
  const first = bufferClient(`127.0.0.1:${port}`)
  await first.call(Buffer.alloc(1))
  const second = bufferClient(`127.0.0.1:${port}`)
  await t.rejects(second.call(Buffer.alloc(1)), { code: 14 })
  second.close()
  await first.call(Buffer.alloc(1))
  t.match(await metrics.render(), /spangate_connections_refused_total\{listener="test"\} [1-9]/)
  first.close()
  await until(() => [...metrics.sums('spangate_connections_open')][0]?.value === 0)
  const third = bufferClient(`127.0.0.1:${port}`)
  await third.call(Buffer.alloc(1))
  third.close()
  await close()
})

t.test('gzip and deflate requests arrive decompressed and counted at that size', async (t) => {
  const request = Buffer.alloc(300 * kib, 'spans ')
  const seen: { length: number; heldBytes: number }[] = []
  const { port, budget, close } = await startListener({
    handle: async (bytes) => {
      seen.push({ length: bytes.length, heldBytes: budget.usedBytes })
      return Buffer.alloc(0)
    },
  })
  for (const compression of ['gzip', 'deflate'] as const) {
    const client = bufferClient(`127.0.0.1:${port}`, { compression })
    await client.call(request)
    client.close()
  }
  const whole = { length: request.length, heldBytes: request.length + 5 }
  t.same(seen, [whole, whole])
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('a message over the limit is RESOURCE_EXHAUSTED that names the limit', async (t) => {
  const { port, metrics, close } = await startListener({ maxMessageBytes: 100 * kib })
  const plain = bufferClient(`127.0.0.1:${port}`)
  const error = await failure(plain.call(Buffer.alloc(101 * kib)))
  t.equal(error.code, 8)
  t.equal(
    error.details,
    'Cannot receive message: it has 103424 bytes, test.max-message-size is 102400',
  )
  t.equal(detailsText(error.metadata), '', 'without RetryInfo, so that nobody sends it again')
  await plain.call(Buffer.alloc(100 * kib))
  plain.close()
  const gzip = bufferClient(`127.0.0.1:${port}`, { compression: 'gzip' })
  const bomb = await failure(gzip.call(Buffer.alloc(50 * mib)))
  t.equal(bomb.code, 8)
  t.equal(
    bomb.details,
    'Cannot receive message: it decompresses to more, test.max-message-size is 102400',
  )
  gzip.close()
  t.match(await metrics.render(), 'reason="too_large"} 2')
  await close()
})

t.test(
  'bytes that cannot be decompressed are INVALID_ARGUMENT, unknown encodings UNIMPLEMENTED',
  async (t) => {
    const { port, metrics, close } = await startListener()
    for (const [encoding, status] of Object.entries({ gzip: '3', deflate: '3', snappy: '12' })) {
      const call = rawCall(port, { announcedBytes: 4, body: Buffer.from('junk'), encoding })
      call.stream.end()
      await until(() => call.status() !== undefined)
      t.equal(call.status(), status, encoding)
      call.session.destroy()
    }
    t.match(
      await metrics.render(),
      'spangate_messages_given_up_total{listener="test",reason="encoding"} 3',
    )
    await close()
  },
)

t.test('a deadline aborts the signal and is DEADLINE_EXCEEDED', async (t) => {
  let reason: unknown
  const startedUnixMs = Date.now()
  const { port, close } = await startListener({
    handle: async ({ length }, { signal, deadlineUnixMs }) => {
      if (length === 0) return Buffer.alloc(0)
      t.ok((deadlineUnixMs ?? 0) > startedUnixMs)
      return aborted(signal).finally(() => {
        reason = signal.reason
      })
    },
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  // So that no time goes into the connection.
  await client.call(Buffer.alloc(0))
  const error = await failure(client.call(Buffer.alloc(1), { deadlineMs: 1000 }))
  t.equal(error.code, 4)
  await until(() => reason !== undefined)
  t.match(reason, { name: 'GatewayError' })
  client.close()
  await close()
})

t.test('a cancelled call aborts the signal', async (t) => {
  let reason: unknown
  let isHandled = false
  const { port, budget, close } = await startListener({
    handle: (_request, { signal }) => {
      isHandled = true
      return aborted(signal).finally(() => {
        reason = signal.reason
      })
    },
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  let cancel: () => void = () => {}
  const call = client.call(Buffer.alloc(1000), {
    onCall: (call) => {
      cancel = () => call.cancel()
    },
  })
  await until(() => isHandled)
  t.equal(budget.usedBytes, 1005)
  cancel()
  t.equal((await failure(call)).code, 1)
  await until(() => reason !== undefined)
  t.match(reason, { code: 'cancelled' })
  await until(() => budget.usedBytes === 0)
  client.close()
  await close()
})

t.test('a failure that nobody expected is INTERNAL and tells nothing', async (t) => {
  const { port, close } = await startListener({
    handle: () => Promise.reject(new Error('secret path')),
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  const error = await failure(client.call(Buffer.alloc(1)))
  t.equal(error.code, 13)
  t.notMatch(error.details, /secret/)
  client.close()
  await close()
})

t.test('bytes that are taken over are given back by who took them', async (t) => {
  const { port, budget, close } = await startListener({
    handle: async (_request, { held }) => {
      t.equal(held.takeOver(), 1005)
      t.equal(held.takeOver(), 0, 'only once')
      return Buffer.alloc(0)
    },
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  await client.call(Buffer.alloc(1000))
  t.equal(budget.usedBytes, 1005)
  client.close()
  await close()
})

t.test('an unknown method is UNIMPLEMENTED and holds nothing', async (t) => {
  const { port, budget, close } = await startListener()
  const client = bufferClient(`127.0.0.1:${port}`, { path: '/jaeger.api_v2.Nobody/Knows' })
  t.equal((await failure(client.call(Buffer.alloc(200 * kib)))).code, 12)
  await until(() => budget.usedBytes === 0)
  client.close()
  await close()
})

t.test('stop() lets a call finish, then takes none', async (t) => {
  let finish: (() => void) | undefined
  const { port, listener, close } = await startListener({
    handle: () =>
      new Promise((resolve) => {
        finish = () => resolve(Buffer.from('done'))
      }),
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  const call = client.call(Buffer.alloc(1))
  await until(() => finish !== undefined)
  const stopped = listener.stop(5000)
  finish?.()
  t.same(await call, Buffer.from('done'))
  await stopped
  t.equal((await failure(client.call(Buffer.alloc(1), { deadlineMs: 2000 }))).code, 14)
  client.close()
  await close()
})

t.test('stop() cuts what is left after the grace', async (t) => {
  let isHandled = false
  const handle = () => {
    isHandled = true
    return new Promise<never>(() => {})
  }
  const { port, listener, close } = await startListener({ handle })
  const client = bufferClient(`127.0.0.1:${port}`)
  const call = failure(client.call(Buffer.alloc(1)))
  await until(() => isHandled)
  await listener.stop(100)
  t.ok([1, 14].includes((await call).code))
  client.close()
  await close()
})

t.test('an expected failure keeps its code and field', async (t) => {
  const { port, close } = await startListener({
    handle: () =>
      Promise.reject(new GatewayError('invalid_argument', 'Cannot find: no', { field: 'query.x' })),
  })
  const client = bufferClient(`127.0.0.1:${port}`)
  const error = await failure(client.call(Buffer.alloc(1)))
  t.match(error, { code: 3, details: 'Cannot find: no' })
  t.match(detailsText(error.metadata), /google\.rpc\.BadRequest.*query\.x/s)
  client.close()
  await close()
})
