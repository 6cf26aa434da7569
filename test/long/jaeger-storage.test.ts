import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials } from '@grpc/grpc-js'
import t from 'tap'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'

// A real Jaeger 2 that keeps its spans in the program: it stores, finds by everything that its page asks
// for, and reads by id.

t.setTimeout(180_000)

const program = join(projectRoot, '.cache/peers/bin/jaeger-2')
const skip = existsSync(program) ? false : 'needs scripts/install-peers-jaeger.sh'
const ports = { otlp: 24_317, http: 26_686, grpc: 26_685 }

function configOf(storage: string): string {
  return `service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}
  telemetry:
    metrics: {level: none}
extensions:
  jaeger_query:
    storage: {traces: remote}
    http: {endpoint: "127.0.0.1:${ports.http}"}
    grpc: {endpoint: "127.0.0.1:${ports.grpc}"}
  jaeger_storage:
    backends:
      remote:
        grpc: {endpoint: "${storage}", tls: {insecure: true}}
receivers:
  otlp:
    protocols:
      grpc: {endpoint: "127.0.0.1:${ports.otlp}"}
exporters:
  jaeger_storage_exporter: {trace_storage: remote}
`
}

t.test('a Jaeger 2 keeps its spans in spangate, and finds them', { skip }, async (t) => {
  const gateway = await GatewayProcess.start()
  t.teardown(() => gateway.stop())
  const { storageGrpc, queryHttp } = await gateway.ready()
  const config = join(testDirectory(t), 'jaeger.yaml')
  writeFileSync(config, configOf(storageGrpc))
  const env = { ...process.env, OTEL_TRACES_SAMPLER: 'always_off' }
  const jaeger = spawn(program, ['--config', config], { env, stdio: 'ignore' })
  t.teardown(async () => {
    jaeger.kill()
    await once(jaeger, 'exit')
  })
  const ask = async (path: string, origin = `127.0.0.1:${ports.http}`) => {
    const response = await fetch(`http://${origin}${path}`)
    return (await response.json()) as { readonly data: readonly never[] }
  }
  for (let round = 0; ; round++) {
    const isUp = await ask('/api/services').then(
      () => true,
      () => false,
    )
    if (isUp) break
    if (round === 300) throw new Error('Jaeger did not start')
    await sleep(100)
  }

  // More than fits into one message of a Jaeger.
  const nowMicros = Date.now() * 1000
  const spans = Array.from({ length: 6000 }, (_, at) =>
    sampleSpan({
      trace: 7,
      id: at + 1,
      parent: at === 0 ? undefined : 1,
      name: at === 5 ? 'charge' : 'step',
      kind: 2,
      startMicros: nowMicros - 1_000_000 + at,
      attributes: { size: BigInt(at), text: 'x'.repeat(800) },
    } as Parameters<typeof sampleSpan>[0]),
  )
  const small = sampleSpan({ trace: 8, id: 1, name: 'small', startMicros: nowMicros - 500_000 })
  const client = new Client(`127.0.0.1:${ports.otlp}`, credentials.createInsecure())
  t.teardown(() => client.close())
  const send = (batch: ReturnType<typeof sampleBatch>) =>
    new Promise<void>((resolve, reject) => {
      const bytes = Buffer.from(encodeTracesData(batch))
      const asIs = (message: Buffer): Buffer => message
      const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
      client.makeUnaryRequest(path, asIs, asIs, bytes, (error) =>
        error ? reject(error) : resolve(),
      )
    })
  for (let from = 0; from < spans.length; from += 1000) {
    await send(sampleBatch([sampleGroup(spans.slice(from, from + 1000))], Date.now()))
  }
  await send(sampleBatch([sampleGroup([small], { service: 'other' })], Date.now()))

  t.same([...(await ask('/api/services')).data].sort(), ['other', 'shop'])
  t.same((await ask('/api/services/shop/operations')).data.length, 2)
  const searches = [
    ['service=shop&lookback=1h', 1],
    ['service=shop&operation=charge', 1],
    ['service=shop&operation=nothing', 0],
    [`service=shop&tags=${encodeURIComponent('{"size":"5999"}')}`, 1],
    [`service=shop&tags=${encodeURIComponent('{"size":"6000"}')}`, 0],
    ['service=other&minDuration=1us', 1],
    ['service=other&minDuration=1h', 0],
  ] as const
  for (const [query, count] of searches) {
    t.equal((await ask(`/api/traces?${query}`)).data.length, count, query)
  }
  const [trace] = (await ask('/api/traces/7')).data as readonly { readonly spans: unknown[] }[]
  t.equal(trace?.spans.length, 6000, 'a trace of 6 MB comes whole')
  const [own] = (await ask('/api/traces/7?raw=true', queryHttp)).data as readonly {
    readonly spans: unknown[]
  }[]
  t.equal(own?.spans.length, 6000)
})
