import { setTimeout } from 'node:timers/promises'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { GatewayChild } from '../gateway-child.ts'
import type { LoadConnection } from '../load/call-result.ts'
import { Http1Client } from '../load/http1-client.ts'
import { Http2Client } from '../load/http2-client.ts'
import type { MessageSource } from '../load/load-run.ts'
import { LoadRun } from '../load/load-run.ts'
import { grpcPrefixBytes } from '../load/templates.ts'
import { cpuSecondsOf } from '../process-usage.ts'

/** How questions are asked. */
export interface AskOptions {
  /** Services `service-0` and so on, one question after the other. */
  readonly services: number
  readonly durationMs: number
  readonly warmupMs: number
}

interface Load {
  readonly connections: readonly LoadConnection[]
  readonly inFlight: number
  readonly source: MessageSource
}

const httpConnections = 32
const grpcConnections = 4
const grpcInFlight = 16

/** Asks over HTTP, then over gRPC, as fast as is answered. @returns answers for each second of CPU */
export async function askAll(
  gateway: GatewayChild,
  options: AskOptions,
): Promise<Readonly<Record<string, number>>> {
  return {
    'http requests per cpu second': await measure(
      gateway,
      await overHttp(gateway, options),
      options,
    ),
    'grpc requests per cpu second': await measure(
      gateway,
      await overGrpc(gateway, options),
      options,
    ),
  }
}

async function measure(
  gateway: GatewayChild,
  connected: Load,
  { warmupMs, durationMs }: AskOptions,
): Promise<number> {
  const load = new LoadRun({ ...connected, batch: 1, rate: 0 })
  await setTimeout(warmupMs)
  load.reset()
  const before = cpuSecondsOf(gateway.pid)
  await setTimeout(durationMs)
  const { acknowledgedCalls, refusedCalls } = load.counts()
  const cpuSeconds = cpuSecondsOf(gateway.pid) - before
  await load.stop()
  for (const connection of connected.connections) connection.close()
  const [refused] = Object.keys(refusedCalls)
  if (refused !== undefined)
    throw new Error(`Cannot measure: questions were refused with ${refused}`)
  return acknowledgedCalls / cpuSeconds
}

async function overHttp(gateway: GatewayChild, options: AskOptions): Promise<Load> {
  const endpoint = gateway.endpoint('sampling.http')
  const connect = () => Http1Client.connect(endpoint)
  const connections = await Promise.all(Array.from({ length: httpConnections }, connect))
  const source = questions(options, (service) => Buffer.from(`/sampling?service=${service}`))
  return { connections, inFlight: 1, source }
}

async function overGrpc(gateway: GatewayChild, options: AskOptions): Promise<Load> {
  const path = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy'
  const endpoint = gateway.endpoint('sampling.grpc')
  const connect = () => Http2Client.connect({ ...endpoint, path, answersData: true })
  const connections = await Promise.all(Array.from({ length: grpcConnections }, connect))
  const source = questions(options, (service) => {
    const writer = new WireWriter(64)
    writer.string(1, service)
    return Buffer.from(writer.finish())
  })
  return { connections, inFlight: grpcInFlight, source }
}

/** Questions for one service after the other, each message behind the frame of gRPC. */
function questions({ services }: AskOptions, encode: (service: string) => Buffer): MessageSource {
  const ready = Array.from({ length: services }, (_, index) => {
    const message = encode(`service-${index}`)
    const framed = Buffer.concat([Buffer.alloc(grpcPrefixBytes), message])
    framed.writeUInt32BE(message.length, 1)
    return { framed, template: index, spanCount: 1 }
  })
  let next = 0
  return {
    next: () => {
      next = (next + 1) % ready.length
      return ready[next] as (typeof ready)[number]
    },
  }
}
