import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:http'
import { Client, credentials } from '@grpc/grpc-js'
import t from 'tap'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { OtlpClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'

// A trace of 100,000 spans goes out in parts; what the program holds of it meanwhile is bounded.

t.setTimeout(170_000)

const spansInAll = 100_000
const spansPerRequest = 5000
const mebi = 1024 * 1024
const grownMax = 150 * mebi
const asIs = (bytes: Buffer): Buffer => bytes

function requestOf(trace: number, first: number): Uint8Array {
  const startMicros = Date.now() * 1000 - 60_000_000
  const spans = Array.from({ length: spansPerRequest }, (_, i) => {
    const id = first + i + 1
    const attributes = {
      'http.request.method': 'GET',
      'http.response.status_code': 200n,
      'url.full': `https://shop.example/cart/${id}?session=${'x'.repeat(200)}`,
    }
    return sampleSpan({ trace, id, startMicros: startMicros + id, attributes })
  })
  return encodeTracesData(sampleBatch([sampleGroup(spans)], 0))
}

/** Memory of a process in bytes, as Linux counts it; undefined elsewhere. */
function residentBytes(pid: number): number | undefined {
  try {
    const [, kibibytes] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
  } catch {
    // Another system.
    return undefined
  }
}

for (const store of ['memory:', undefined]) {
  t.test(
    `a trace of ${spansInAll} spans goes out in parts, from ${store ?? 'sqlite:'}`,
    async (t) => {
      const gateway = await GatewayProcess.start(store === undefined ? {} : { store })
      t.teardown(() => gateway.stop())
      const { otlpGrpc, queryGrpc, queryHttp } = await gateway.ready()
      const otlp = new OtlpClient(otlpGrpc)
      t.teardown(() => otlp.close())
      for (let first = 0; first < spansInAll; first += spansPerRequest) {
        t.equal((await otlp.export(requestOf(1, first))).code, 'OK')
      }
      const pid = gateway.pid ?? 0
      // Who reads first makes threads and heaps grow, how far is V8's choice.
      t.equal((await otlp.export(requestOf(2, 0))).code, 'OK')
      for (const [name, count] of readersOf({ queryGrpc, queryHttp }, 2)) {
        t.equal(await count(), spansPerRequest, name)
      }
      for (const [name, count] of readersOf({ queryGrpc, queryHttp }, 1)) {
        const { result, grownBytes } = await growthDuring(pid, count)
        t.equal(result, spansInAll, name)
        if (grownBytes === undefined) continue
        t.ok(grownBytes < grownMax, `${name}: memory grew by ${(grownBytes / mebi).toFixed(0)} MiB`)
      }
    },
  )
}

/** Four APIs, and how each counts the spans of a trace. */
function readersOf(
  { queryGrpc, queryHttp }: { readonly queryGrpc: string; readonly queryHttp: string },
  trace: number,
): readonly (readonly [string, () => Promise<number>])[] {
  const base = `http://${queryHttp}/api`
  return [
    ['api_v2 over gRPC', () => countOverGrpc(queryGrpc, 'jaeger.api_v2', traceIdOf(trace))],
    ['api_v3 over gRPC', () => countOverGrpc(queryGrpc, 'jaeger.api_v3', Buffer.from(`${trace}`))],
    ['/api/traces', () => countOverHttp(`${base}/traces/${trace}`, '"operationName"')],
    ['/api/v3/traces', () => countOverHttp(`${base}/v3/traces/${trace}`, '"spanId"')],
  ]
}

/** By how much a process grew at most while something was done; undefined where nobody counts it. */
async function growthDuring<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly grownBytes: number | undefined }> {
  const before = residentBytes(pid)
  let peak = before ?? 0
  const sample = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid) ?? 0)
  }, 20)
  try {
    const result = await work()
    return { result, grownBytes: before === undefined ? undefined : peak - before }
  } finally {
    clearInterval(sample)
  }
}

async function countOverHttp(url: string, mark: string): Promise<number> {
  const request = get(url, { agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let count = 0
  let tail = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const text = tail + chunk
    count += text.split(mark).length - 1
    tail = text.slice(-(mark.length - 1))
  }
  return count
}

/** Each span has its name in it once. */
async function countOverGrpc(address: string, api: string, traceId: Uint8Array): Promise<number> {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  })
  const writer = new WireWriter()
  writer.bytes(1, traceId)
  const request = Buffer.from(writer.finish())
  const path = `/${api}.QueryService/GetTrace`
  let count = 0
  const mark = Buffer.from('\x09operation')
  for await (const message of client.makeServerStreamRequest(path, asIs, asIs, request)) {
    const bytes = message as Buffer
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) count += 1
  }
  client.close()
  return count
}
