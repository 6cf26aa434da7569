import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { pino } from 'pino'
import t from 'tap'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { PrefaceCheck } from '../../src/transport/preface-check.ts'
import { protocolOf } from '../../src/transport/spoken-protocol.ts'
import { rawCall, startListener, until } from './start-listener.ts'

const kib = 1024
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** Sends bytes and reads until the connection is closed. */
async function answerTo(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  const closed = once(socket, 'close')
  for (const part of parts) {
    socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await closed
  return answer
}

/** A relay to the port that hands on what a client sends as `send` likes. */
async function startRelay(
  port: number,
  send: (bytes: Buffer, target: Socket) => void,
): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((client) => {
    const target = connect(port, '127.0.0.1').setNoDelay(true)
    for (const socket of [client, target]) sockets.add(socket.on('error', () => {}))
    client.on('data', (bytes) => send(bytes, target))
    target.pipe(client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const close = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: address.port, close }
}

t.test('protocolOf() tells what is spoken as soon as it can', (t) => {
  const rows: readonly (readonly [string, ReturnType<typeof protocolOf>])[] = [
    ['', undefined],
    ['P', undefined],
    ['PR', undefined],
    ['PRI', 'http2'],
    [preface, 'http2'],
    ['\x16', undefined],
    ['\x16\x03\x01\x02\x00', 'tls'],
    ['\x16\x02', 'unknown'],
    ['G', 'http1'],
    ['POST /v1/traces HTTP/1.1\r\n', 'http1'],
    ['PUT / HTTP/1.1\r\n', 'http1'],
    ['PROXY TCP4 127.0.0.1', 'unknown'],
    ['GETTING', 'unknown'],
    ['\x80\x01\x00\x02\x00\x00\x00\x09emitBatch', 'unknown'],
  ]
  for (const [bytes, protocol] of rows) {
    t.equal(protocolOf(Buffer.from(bytes, 'latin1')), protocol, JSON.stringify(bytes))
  }
  t.end()
})

t.test('what is no HTTP/2 is answered, and counted', async (t) => {
  const { port, metrics, close } = await startListener({ elsewhere: 'HTTP is at port 4318' })
  // Far more than one read of the socket: the answer must not be lost with what is unread.
  const long = `POST /v1/traces HTTP/1.1\r\nHost: test\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(2_000_000)}`
  const http1 =
    /^HTTP\/1\.1 400 Bad Request\r\n.*\r\n\r\nCannot read request: it is HTTP\/1\.1, and this port takes gRPC: HTTP\/2 without TLS; HTTP is at port 4318\n$/s
  t.match(await answerTo(port, long), http1)
  t.match(await answerTo(port, 'GET / HTTP/1.0\r\n\r\n'), http1)
  t.match(await answerTo(port, 'P', 'OST / HTTP/1.1\r\n\r\n'), http1, 'in pieces')
  t.match(
    await answerTo(port, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
    /^HTTP\/1\.1 400 .*\r\n\r\nCannot read request: it is TLS, and this port takes gRPC: HTTP\/2 without TLS\n$/s,
  )
  t.match(await answerTo(port, '\x80\x01\x00\x02'), /it is no HTTP\/2, and this port takes gRPC/)
  t.match(await metrics.render(), 'spangate_http_failures_total{listener="test",status="400"} 5')
  await until(async () => /connections_open\{listener="test"\} 0\n/.test(await metrics.render()))
  await close()
})

t.test('a preface that comes byte by byte is taken', async () => {
  const { port, budget, close } = await startListener()
  let line = Promise.resolve()
  const relay = await startRelay(port, (bytes, target) => {
    line = line.then(async () => {
      for (let at = 0; at < bytes.length; at++) {
        target.write(bytes.subarray(at, at + 1))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
  })
  const { session, stream, status } = rawCall(relay.port, {
    announcedBytes: 1000,
    body: Buffer.alloc(1000),
  })
  stream.end()
  await until(() => status() === '0')
  session.destroy()
  relay.close()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('a preface with a whole request behind it in one piece is taken', async (t) => {
  const { port, budget, close } = await startListener()
  // Node's client sends as much as the window of 64 KiB before it hears from us.
  const held: Buffer[] = []
  let isHeld = true
  const relay = await startRelay(port, (bytes, target) => {
    if (!isHeld) target.write(bytes)
    else if (held.push(bytes) === 1) {
      setTimeout(() => {
        isHeld = false
        target.write(Buffer.concat(held))
      }, 200)
    }
  })
  const { session, stream, status } = rawCall(relay.port, {
    announcedBytes: 300 * kib,
    body: Buffer.alloc(300 * kib),
  })
  stream.end()
  await until(() => status() === '0')
  t.ok(held.reduce((sum, { length }) => sum + length, 0) >= 64 * kib, 'much came at once')
  session.destroy()
  relay.close()
  await until(() => budget.usedBytes === 0)
  await close()
})

t.test('nothing is held for what is refused by its first bytes', async (t) => {
  const { port, budget, close } = await startListener({ maxMessageBytes: 1000 * kib })
  const { session, status } = rawCall(port, {
    announcedBytes: 2000 * kib,
    body: Buffer.alloc(1000),
  })
  await until(() => status() !== undefined)
  t.equal(status(), '8')
  await until(() => budget.usedBytes === 0)
  session.destroy()
  await close()
})

t.test('who sends nothing is cut in the end, or at a stop', async (t) => {
  const metrics = createMetrics()
  const logger = pino({ level: 'silent' })
  const options = { name: 'test', metrics, logger, elsewhere: undefined }
  const patient = new PrefaceCheck(options)
  const impatient = new PrefaceCheck({ ...options, waitMs: 50 })
  let check = impatient
  let taken = 0
  const server = createServer((socket) => {
    check.check(socket, () => {
      taken += 1
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  t.equal(await answerTo(port), '')
  check = patient
  const still = connect(port, '127.0.0.1')
  let isClosed = false
  const closed = once(still.resume(), 'close').then(() => {
    isClosed = true
  })
  await once(server, 'connection')
  await new Promise((resolve) => setTimeout(resolve, 200))
  t.equal(isClosed, false)
  patient.close()
  await closed
  t.equal(taken, 0)
  server.close()
  await metrics.close()
})
