import { randomBytes } from 'node:crypto'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { GatewayChild } from '../gateway-child.ts'
import { LoadRun } from '../load/load-run.ts'
import { connectAll } from '../load/protocols.ts'
import { grpcPrefixBytes } from '../load/templates.ts'
import { operationName } from './document.ts'

/** Share 1/512, by which all were kept. */
const traceState = 'ot=th:ff8'

/**
 * Sends root spans of all operations of all services, one of each in a round, over OTLP as fast as they are taken.
 *
 * @throws Error where any is refused
 */
export async function sendRoots(
  gateway: GatewayChild,
  { services, operations, rounds }: { services: number; operations: number; rounds: number },
): Promise<void> {
  const endpoint = gateway.endpoint('otlp.grpc')
  const shape = { protocol: 'otlp-grpc', connections: 2, inFlight: 4, gzip: false } as const
  const connected = await connectAll({ ...endpoint, ...shape })
  const messages = services * rounds
  let next = 0
  let answered = 0
  await new Promise<void>((resolve, reject) => {
    new LoadRun({
      ...connected,
      batch: operations,
      rate: 0,
      source: {
        next: () => {
          const service = next++ % services
          const framed = exportOf(service, operations)
          return { framed, template: service, spanCount: operations }
        },
      },
      isDone: () => next >= messages,
      onResult: (_, { isOk }) => {
        if (!isOk) reject(new Error('Cannot measure: root spans were refused'))
        else if (++answered === messages) resolve()
      },
    })
  })
  for (const connection of connected.connections) connection.close()
}

/** An ExportTraceServiceRequest behind the frame of gRPC. Source: opentelemetry-proto, trace.proto. */
function exportOf(service: number, operations: number): Buffer {
  const writer = new WireWriter(operations * 128)
  const nowNano = BigInt(Date.now()) * 1_000_000n
  const ids = randomBytes(operations * 24)
  writer.message(1, (resourceSpans) => {
    resourceSpans.message(1, (resource) => {
      resource.message(1, (attribute) => {
        attribute.string(1, 'service.name')
        attribute.message(2, (value) => value.string(1, `service-${service}`))
      })
    })
    resourceSpans.message(2, (scopeSpans) => {
      for (let index = 0; index < operations; index++) {
        scopeSpans.message(2, (span) => {
          span.bytes(1, ids.subarray(index * 24, index * 24 + 16))
          span.bytes(2, ids.subarray(index * 24 + 16, index * 24 + 24))
          span.string(3, traceState)
          span.string(5, operationName(service, index))
          span.fixed64(7, nowNano - 1_000_000n)
          span.fixed64(8, nowNano)
        })
      }
    })
  })
  const message = writer.finish()
  const framed = Buffer.allocUnsafe(grpcPrefixBytes + message.length)
  framed[0] = 0
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, grpcPrefixBytes)
  return framed
}
