import { once } from 'node:events'
import { connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import t from 'tap'
import { ResetBudget } from '../../src/transport/reset-budget.ts'
import { bufferClient, postSpansPath, rawStream, startListener, until } from './start-listener.ts'

t.test('a client that gives up thousands of calls loses none of its others', async (t) => {
  let finish = () => {}
  const handle = (request: Buffer) =>
    new Promise<Buffer>((resolve) => {
      if (request.length === 1) finish = () => resolve(Buffer.from('done'))
    })
  const { port, close, metrics } = await startListener({ handle })
  const client = bufferClient(`127.0.0.1:${port}`)
  t.teardown(async () => {
    client.close()
    await close()
  })
  const slow = client.call(Buffer.alloc(1))
  slow.catch(() => {})
  // Twice what ends a session of HTTP/2 with INTERNAL_ERROR.
  for (let round = 0; round < 40; round++) {
    const calls = Array.from({ length: 50 }, () => {
      let cancel = () => {}
      const call = client.call(Buffer.alloc(2), {
        onCall: (started) => {
          cancel = () => started.cancel()
        },
      })
      setImmediate(() => setImmediate(cancel))
      return call
    })
    const codes = new Set<unknown>()
    for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      codes.add(status === 'rejected' ? reason.code : status)
    }
    t.same([...codes], [1], 'each is cancelled, and fails for nothing else')
  }
  finish()
  t.equal(String(await slow), 'done')
  // The last resets may still be on their way.
  await until(async () =>
    /^spangate_connections_renewed_total\{listener="test"\} [1-9]/m.test(await metrics.render()),
  )
})

t.test(
  'a connection is parted from in order: its client learns which call is the last',
  async (t) => {
    const { port, close, budget } = await startListener()
    t.teardown(close)
    const session = connect(`http://127.0.0.1:${port}`)
    const goAways: (readonly [code: number, lastStream: number])[] = []
    session.on('goaway', (code, lastStream) => goAways.push([code, lastStream]))
    session.on('error', () => {})
    for (let round = 0; goAways.length === 0 && round < 30; round++) {
      const message = { announcedBytes: 9, body: Buffer.alloc(1) }
      const streams = Array.from({ length: 50 }, () => rawStream(session, message).stream)
      await until(() => budget.usedBytes === 50 * 6 || goAways.length > 0)
      for (const stream of streams) stream.close(8)
      await until(() => budget.usedBytes === 0)
    }
    const [code, lastStream = 0] = goAways[0] ?? []
    t.equal(code, 0)
    t.ok(lastStream > 1000 && lastStream < 2000, `${lastStream}, of odd numbers`)
    await until(() => session.closed)
  },
)

t.test('a client that resets what was refused on its way loses no connection', async (t) => {
  const { port, close } = await startListener({ maxMessageBytes: 100 })
  t.teardown(close)
  const client = await rawClient(port)
  t.teardown(() => client.close())
  while (client.goAway === undefined && client.answered.length < 2000) {
    const before = client.answered.length
    for (let call = 0; call < 25; call++) client.call(101)
    await until(() => client.answered.length >= before + 25 || client.goAway !== undefined)
    for (const stream of client.answered.slice(before)) client.reset(stream)
  }
  t.equal(client.goAway, 0, 'asked to connect anew, in order')
  t.ok(client.answered.length < 1000, `after ${client.answered.length} calls`)
  await until(() => client.isClosed)
  t.equal(client.goAway, 0, 'nothing else is said afterwards')
})

t.test('ResetBudget does not give resets back: nobody knows when they will arrive', (t) => {
  const budget = new ResetBudget()
  let spent = 1
  while (!budget.spend()) spent += 1
  t.ok(spent > 500 && spent < 1000, `${spent}`)
  t.equal(budget.spend(), true)
  t.end()
})

/** A client that resets streams when it is told to, also those that the server has closed. */
interface RawClient {
  /** Begins a call whose message is announced and never sent. */
  call(announcedBytes: number): void
  reset(stream: number): void
  /** Streams that were answered, in order. */
  readonly answered: readonly number[]
  /** The largest error code of any GOAWAY; undefined without one. */
  readonly goAway: number | undefined
  readonly isClosed: boolean
  close(): void
}

/** Source: RFC 9113, section 4.1 and 6; RFC 7541, section 6.2.2, without Huffman. */
async function rawClient(port: number): Promise<RawClient> {
  const socket = connectSocket(port, '127.0.0.1')
  const answered: number[] = []
  let goAway: number | undefined
  let isClosed = false
  let nextStream = 1
  const send = (type: number, flags: number, stream: number, payload: Buffer) => {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head.writeUInt8(type, 3)
    head.writeUInt8(flags, 4)
    head.writeUInt32BE(stream, 5)
    socket.write(Buffer.concat([head, payload]))
  }
  const onFrame = (type: number, flags: number, stream: number, payload: Buffer) => {
    if (type === 1 && flags & 1) answered.push(stream)
    if (type === 4 && !(flags & 1)) send(4, 1, 0, Buffer.alloc(0))
    if (type === 7) goAway = Math.max(goAway ?? 0, payload.readUInt32BE(4))
  }
  let rest = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3)
      onFrame(rest.readUInt8(3), rest.readUInt8(4), rest.readUInt32BE(5), rest.subarray(9, end))
      rest = rest.subarray(end)
    }
  })
  socket.on('close', () => {
    isClosed = true
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  send(4, 0, 0, Buffer.alloc(0))
  const fields = [
    ':method',
    'POST',
    ':scheme',
    'http',
    ':path',
    postSpansPath,
    ':authority',
    'test',
  ]
  fields.push('te', 'trailers', 'content-type', 'application/grpc')
  const texts = fields.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]))
  const block = Buffer.concat(
    texts.map((text, at) => (at % 2 === 0 ? Buffer.concat([Buffer.from([0]), text]) : text)),
  )
  return {
    call(announcedBytes) {
      const prefix = Buffer.alloc(5)
      prefix.writeUInt32BE(announcedBytes, 1)
      send(1, 4, nextStream, block)
      send(0, 0, nextStream, prefix)
      nextStream += 2
    },
    reset: (stream) => send(3, 0, stream, Buffer.from([0, 0, 0, 8])),
    answered,
    get goAway() {
      return goAway
    },
    get isClosed() {
      return isClosed
    },
    close: () => socket.destroy(),
  }
}
