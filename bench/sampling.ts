/**
 * `npm run bench:sampling [-- options]`: how many questions about sampling the gateway answers for each
 * second of CPU, over HTTP and gRPC, and what a large document of strategies takes. See docs/benchmarks.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WireWriter } from '../bridge/wire/writer.ts'
import { GatewayChild } from './gateway-child.ts'
import type { LoadConnection } from './load/call-result.ts'
import { Http1Client } from './load/http1-client.ts'
import { Http2Client } from './load/http2-client.ts'
import type { MessageSource } from './load/load-run.ts'
import { LoadRun } from './load/load-run.ts'
import { grpcPrefixBytes } from './load/templates.ts'
import { durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf, residentBytesOf } from './process-usage.ts'
import { environment, publish, spreadsOf } from './report.ts'

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '100' },
    operations: { type: 'string', default: '10' },
    duration: { type: 'string', default: '10s' },
    warmup: { type: 'string', default: '3s' },
    runs: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const options = {
  services: numberOf('services', values.services, { min: 1, max: 100_000 }),
  operations: numberOf('operations', values.operations, { min: 0, max: 10_000 }),
  durationMs: durationMsOf('duration', values.duration),
  warmupMs: durationMsOf('warmup', values.warmup),
}
const runs = numberOf('runs', values.runs, { min: 1, max: 100 })
const httpConnections = 32
const grpcConnections = 4
const grpcInFlight = 16

const results: Readonly<Record<string, number>>[] = []
for (let run = 1; run <= runs; run++) results.push(await withGateway())
publish(
  {
    benchmark: 'sampling',
    environment: environment(),
    options: { ...options, runs },
    figures: spreadsOf(results),
    refused: {},
  },
  values.json,
)
process.exit(0)

async function withGateway(): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
  const file = join(folder, 'strategies.json')
  writeFileSync(file, JSON.stringify(strategies()))
  const flags = ['--sampling.strategies', file, '--sampling.max-size', '256MiB']
  const gateway = await GatewayChild.start('memory:', flags)
  try {
    const read = residentBytesOf(gateway.pid)
    const http = await measure(gateway, await overHttp(gateway))
    const grpc = await measure(gateway, await overGrpc(gateway))
    return {
      'http requests per cpu second': http,
      'grpc requests per cpu second': grpc,
      'server rss after reading mb': read / 1e6,
      'server rss after answering mb': residentBytesOf(gateway.pid) / 1e6,
    }
  } finally {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function strategies(): object {
  const list = (size: number) => Array.from({ length: size }, (_, index) => index)
  const operation = (index: number) => ({
    operation: `GET /api/items/${index}`,
    type: 'probabilistic',
    param: 1 / (index + 2),
  })
  return {
    service_strategies: list(options.services).map((index) => ({
      service: `service-${index}`,
      type: 'probabilistic',
      param: 0.1,
      operation_strategies: list(options.operations).map(operation),
    })),
  }
}

interface Load {
  readonly connections: readonly LoadConnection[]
  readonly inFlight: number
  readonly source: MessageSource
}

async function measure(gateway: GatewayChild, connected: Load): Promise<number> {
  const load = new LoadRun({ ...connected, batch: 1, rate: 0 })
  await setTimeout(options.warmupMs)
  load.reset()
  const before = cpuSecondsOf(gateway.pid)
  await setTimeout(options.durationMs)
  const { acknowledgedCalls, refusedCalls } = load.counts()
  const cpuSeconds = cpuSecondsOf(gateway.pid) - before
  await load.stop()
  for (const connection of connected.connections) connection.close()
  const [refused] = Object.keys(refusedCalls)
  if (refused !== undefined)
    throw new Error(`Cannot measure: questions were refused with ${refused}`)
  return acknowledgedCalls / cpuSeconds
}

async function overHttp(gateway: GatewayChild): Promise<Load> {
  const endpoint = gateway.endpoint('sampling.http')
  const connect = () => Http1Client.connect(endpoint)
  const connections = await Promise.all(Array.from({ length: httpConnections }, connect))
  const source = questions((service) => Buffer.from(`/sampling?service=${service}`))
  return { connections, inFlight: 1, source }
}

async function overGrpc(gateway: GatewayChild): Promise<Load> {
  const path = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy'
  const endpoint = gateway.endpoint('sampling.grpc')
  const connect = () => Http2Client.connect({ ...endpoint, path, answersData: true })
  const connections = await Promise.all(Array.from({ length: grpcConnections }, connect))
  const source = questions((service) => {
    const writer = new WireWriter(64)
    writer.string(1, service)
    return Buffer.from(writer.finish())
  })
  return { connections, inFlight: grpcInFlight, source }
}

/** Questions for one service after the other, each message behind the frame of gRPC. */
function questions(encode: (service: string) => Buffer): MessageSource {
  const ready = Array.from({ length: options.services }, (_, index) => {
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
