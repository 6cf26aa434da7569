import { once } from 'node:events'
import type { Settings } from 'node:http2'
import { Server, ServerCredentials, ServerInterceptingCall } from '@grpc/grpc-js'
import { pino } from 'pino'
import t from 'tap'
import { callInternals, FramedMessage } from '../../src/transport/grpc-internals.ts'
import { windowBytes } from '../../src/transport/inflow.ts'
import { bufferClient, bufferService, rawCall, startListener, until } from './start-listener.ts'

t.test('grpc-js keeps the fields that we use', async (t) => {
  let compressed: Buffer | undefined
  const server = new Server({
    interceptors: [
      (_method, call) => {
        const internals = callInternals(call)
        t.equal(internals?.encoding, 'gzip')
        t.equal(internals?.stream.id, 1)
        internals?.limitDecompressed(1000)
        internals?.collectBy({ write: (chunk) => [new FramedMessage(chunk.subarray(5))] })
        return new ServerInterceptingCall(call)
      },
    ],
  })
  const { definition, implementation } = bufferService(
    pino({ level: 'silent' }),
    async (request) => {
      compressed = request
      return Buffer.alloc(0)
    },
  )
  server.addService(definition, implementation)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  const client = bufferClient(`127.0.0.1:${port}`, { compression: 'gzip' })
  await client.call(Buffer.alloc(2000))
  t.same(compressed?.subarray(0, 2), Buffer.from([0x1f, 0x8b]), 'the message is still gzip')
  client.close()
  server.forceShutdown()
})

t.test('a call without them is served without', async (t) => {
  t.equal(callInternals({ stream: {} }), undefined)
})

t.test('a client is told of a window of 256 KiB for each stream, and may fill it', async (t) => {
  const mib = 1024 * 1024
  const { port, budget, close } = await startListener({ waitMs: 60_000 })
  // Nobody reads a message that has to wait for room, so that its window is not given back.
  budget.take(200 * mib)
  const announcedBytes = 60 * mib
  const { session } = rawCall(port, { announcedBytes, body: Buffer.alloc(mib) })
  const [settings] = (await once(session, 'remoteSettings')) as [Settings]
  t.equal(settings.initialWindowSize, 256 * 1024)
  t.equal(windowBytes, 256 * 1024, 'it is what is counted with')
  await until(() => budget.usedBytes >= 200 * mib + windowBytes)
  session.destroy()
  await until(() => budget.usedBytes === 200 * mib)
  await close()
})
