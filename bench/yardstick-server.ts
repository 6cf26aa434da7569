/**
 * A process with a bare server of `@grpc/grpc-js` that takes Export requests, reads nothing of them and
 * answers: what receiving costs before a gateway has done anything. It prints its port on one line.
 */
import { once } from 'node:events'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { protocolFacts } from './load/protocols.ts'

const nothing = Buffer.alloc(0)
const server = new Server({ 'grpc.max_receive_message_length': -1 })
server.addService(
  {
    Export: {
      path: protocolFacts['otlp-grpc'].path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  },
  {
    Export: (_call: unknown, answer: (error: null, response: Buffer) => void) =>
      answer(null, nothing),
  },
)
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
    if (error === null) resolve(bound)
    else reject(error)
  })
})
console.log(port)
await once(process, 'SIGTERM')
server.forceShutdown()
