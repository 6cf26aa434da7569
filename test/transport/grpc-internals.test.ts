import { Server, ServerCredentials, ServerInterceptingCall } from '@grpc/grpc-js'
import { pino } from 'pino'
import t from 'tap'
import { callInternals } from '../../src/transport/grpc-internals.ts'
import { bufferClient, bufferService } from './start-listener.ts'

t.test('grpc-js keeps the fields that we use', async (t) => {
  let compressed: Buffer | undefined
  const server = new Server({
    interceptors: [
      (_method, call) => {
        const internals = callInternals(call)
        t.equal(internals?.encoding, 'gzip')
        t.equal(internals?.stream.id, 1)
        internals?.limitDecompressed(1000)
        internals?.collectBy((chunk) => [chunk.subarray(5)])
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
