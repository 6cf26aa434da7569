import { pino } from 'pino'
import t from 'tap'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { WireReader } from '../../bridge/wire/reader.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { createSpanPipeline } from '../../src/pipeline/span-pipeline.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { DecodeThread } from '../../src/receivers/decode-thread.ts'
import { jaegerCollectorService } from '../../src/receivers/jaeger-grpc/collector-service.ts'
import { otlpTraceService } from '../../src/receivers/otlp-grpc/trace-service.ts'
import {
  aborted,
  bufferClient,
  detailsText,
  failure,
  postSpansPath,
  startListener,
  until,
} from '../transport/start-listener.ts'

const arrival = 1_795_000_000_123

/** ExportTraceServiceRequest with a span for each length of a trace id. */
function otlpRequest(traceIdLengths: readonly number[], nameLength = 4): Buffer {
  const writer = new WireWriter()
  writer.message(1, (resource) => {
    resource.message(2, (scope) => {
      for (const [index, length] of traceIdLengths.entries()) {
        scope.message(2, (span) => {
          span.bytes(1, Buffer.alloc(length, 1))
          span.bytes(2, Buffer.alloc(8, index + 1))
          span.string(5, 'n'.repeat(nameLength))
          span.fixed64(7, 1_795_000_000_000_000_000n)
          span.fixed64(8, 1_795_000_001_000_000_000n)
        })
      }
    })
  })
  return Buffer.from(writer.finish())
}

/** PostSpansRequest with a span for each length of a trace id. */
function jaegerRequest(traceIdLengths: readonly number[]): Buffer {
  const writer = new WireWriter()
  writer.message(1, (batch) => {
    for (const [index, length] of traceIdLengths.entries()) {
      batch.message(1, (span) => {
        span.bytes(1, Buffer.alloc(length, 1))
        span.bytes(2, Buffer.alloc(8, index + 1))
        span.string(3, 'name')
        span.message(6, (start) => start.int64(1, 1_795_000_000n))
      })
    }
    batch.message(2, (process) => process.string(1, 'shop'))
  })
  return Buffer.from(writer.finish())
}

interface Wire {
  readonly name: string
  readonly path: string
  readonly label: string
  readonly request: (traceIdLengths: readonly number[]) => Buffer
}

const wires: readonly Wire[] = [
  {
    name: 'otlp',
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    label: 'receiver="otlp_grpc",format="otlp_proto"',
    request: otlpRequest,
  },
  {
    name: 'jaeger',
    path: postSpansPath,
    label: 'receiver="jaeger_grpc",format="jaeger_proto"',
    request: jaegerRequest,
  },
]

type Write = SpanStore['write']

async function start(
  wire: Wire,
  write: Write,
  boundBytes?: number,
  decodeThread = new DecodeThread({ logger: pino({ level: 'silent' }) }),
) {
  const started = await startListener({
    waitMs: 50,
    ...(boundBytes === undefined
      ? {}
      : { boundBytes, maxMessageBytes: Math.floor(boundBytes / 3) }),
    services: ({ budget, metrics, logger }) => {
      const sink = createSpanPipeline({ store: { write }, budget, metrics, logger })
      const options = {
        sink,
        metrics,
        logger: pino({ level: 'silent' }),
        now: () => arrival,
        decodeThread,
      }
      return [wire.name === 'otlp' ? otlpTraceService(options) : jaegerCollectorService(options)]
    },
  })
  const client = bufferClient(`127.0.0.1:${started.port}`, { path: wire.path })
  const close = async () => {
    client.close()
    await until(() => started.budget.usedBytes === 0)
    await started.close()
    await decodeThread.close()
  }
  const count = async (name: string, reason?: string) => {
    const labels = reason === undefined ? wire.label : `${wire.label},reason="${reason}"`
    const line = `spangate_${name}{${labels}} `
    const text = await started.metrics.render()
    const found = text.split('\n').find((candidate) => candidate.startsWith(line))
    return found === undefined ? undefined : Number(found.slice(line.length))
  }
  return { ...started, client, close, count }
}

for (const wire of wires) {
  t.test(
    `${wire.name}: an answer comes after the store's, with the spans as they arrived`,
    async (t) => {
      const seen: unknown[] = []
      const { client, close, count } = await start(wire, async (tenant, batch) => {
        seen.push([tenant, spanCount(batch), batch.arrivalUnixMs])
        return { rejected: [] }
      })
      t.equal((await client.call(wire.request([16, 16]))).length, 0, 'nothing to say')
      t.same(seen, [['', 2, arrival]])
      t.equal(await count('spans_received_total'), 2)
      t.equal(await count('spans_stored_total'), 2)
      t.equal(await count('spans_in_flight'), 0)
      await close()
    },
  )

  t.test(`${wire.name}: an empty request is fine`, async () => {
    const { client, close } = await start(wire, async () => ({ rejected: [] }))
    await client.call(Buffer.alloc(0))
    await close()
  })

  t.test(`${wire.name}: broken framing is INVALID_ARGUMENT and counted as refused`, async (t) => {
    const { client, close, count } = await start(wire, async () => ({ rejected: [] }))
    const error = await failure(client.call(Buffer.from([0x0a, 0x7f, 1])))
    t.match(error, { code: 3, details: /at byte \d+/ })
    t.equal(await count('requests_refused_total', 'undecodable'), 1)
    t.equal(await count('spans_received_total'), undefined)
    await close()
  })

  t.test(`${wire.name}: a store that is away is UNAVAILABLE with RetryInfo`, async (t) => {
    const { client, close, count } = await start(wire, () =>
      Promise.reject(new GatewayError('store_unavailable', 'Cannot write: the disk is full')),
    )
    const error = await failure(client.call(wire.request([16])))
    t.match(error, { code: 14, details: 'Cannot write: the disk is full' })
    t.match(detailsText(error.metadata), /google\.rpc\.RetryInfo/)
    t.equal(await count('spans_dropped_total', 'store_unavailable'), 1)
    await close()
  })

  t.test(`${wire.name}: a deadline ends the write and counts its spans as dropped`, async (t) => {
    const { client, close, count } = await start(wire, (_tenant, _batch, signal) => aborted(signal))
    // So that no time goes into the connection.
    await client.call(Buffer.alloc(0))
    const error = await failure(client.call(wire.request([16]), { deadlineMs: 1000 }))
    t.equal(error.code, 4)
    await until(async () => (await count('spans_dropped_total', 'deadline_exceeded')) === 1)
    await close()
  })

  t.test(`${wire.name}: bytes are held until the store has answered`, async (t) => {
    let answer: () => void = () => {}
    const { client, close, budget } = await start(
      wire,
      () =>
        new Promise((resolve) => {
          answer = () => resolve({ rejected: [] })
        }),
    )
    const request = wire.request([16, 16, 16])
    const call = client.call(request)
    await until(() => budget.usedBytes >= request.length)
    await new Promise((resolve) => setTimeout(resolve, 20))
    t.equal(budget.usedBytes, request.length + 5)
    answer()
    await call
    t.equal(budget.usedBytes, 0)
    await close()
  })
}

for (const wire of wires) {
  t.test(
    `${wire.name}: a large request is decoded elsewhere, its bytes stay counted`,
    async (t) => {
      const seen: number[] = []
      const logger = pino({ level: 'silent' })
      const thread = new DecodeThread({ logger })
      let decoded = 0
      let heldBytes = 0
      const watching = new DecodeThread({ logger })
      watching.decode = (job) => {
        decoded += 1
        heldBytes = started.budget.usedBytes
        return thread.decode(job)
      }
      const started = await start(
        wire,
        async (_tenant, batch) => {
          seen.push(spanCount(batch))
          return { rejected: [] }
        },
        undefined,
        watching,
      )
      const request = wire.request(Array.from({ length: 60_000 }, () => 16))
      // Every 256th has an id of zeros.
      const good = 60_000 - Math.floor(60_000 / 256)
      t.ok(request.length > 1024 * 1024, `${request.length} bytes`)
      await started.client.call(request)
      t.same(seen, [good])
      t.equal(decoded, 1)
      t.equal(heldBytes, request.length + 5)
      t.equal(await started.count('spans_stored_total'), good)
      const broken = Buffer.concat([request, Buffer.from([0x0a, 0x7f, 1])])
      const error = await failure(started.client.call(broken))
      t.match(error, { code: 3, details: /at byte \d+/ })
      t.equal(await started.count('requests_refused_total', 'undecodable'), 1)
      await thread.close()
      await started.close()
    },
  )
}

const [otlp, jaeger] = wires as [Wire, Wire]

t.test('otlp: bad spans are told in partial_success, the others kept', async (t) => {
  const { client, close, count } = await start(otlp, async () => ({ rejected: [] }))
  const answer = new WireReader(await client.call(otlp.request([16, 15, 0, 16])))
  t.equal(answer.tag() >>> 3, 1)
  const partial = new WireReader(answer.slice())
  t.equal(partial.tag() >>> 3, 1)
  t.equal(partial.int64(), 2n)
  t.equal(partial.tag() >>> 3, 2)
  t.match(partial.string(), /trace id/)
  t.equal(await count('spans_received_total'), 4)
  t.equal(await count('spans_stored_total'), 2)
  t.equal(await count('spans_rejected_total', 'trace_id'), 2)
  await close()
})

t.test('otlp: when all spans are bad, partial_success counts all', async (t) => {
  const { client, close } = await start(otlp, () => Promise.reject(new Error('asked')))
  t.ok((await client.call(otlp.request([0, 15]))).length > 0)
  await close()
})

t.test('jaeger: with one good span bad ones are counted, and the answer is success', async (t) => {
  const { client, close, count } = await start(jaeger, async () => ({ rejected: [] }))
  t.equal((await client.call(jaeger.request([15, 16]))).length, 0)
  t.equal(await count('spans_rejected_total', 'trace_id'), 1)
  t.equal(await count('spans_stored_total'), 1)
  await close()
})

t.test('jaeger: when none is good the answer is INVALID_ARGUMENT', async (t) => {
  const { client, close, count } = await start(jaeger, () => Promise.reject(new Error('asked')))
  const error = await failure(client.call(jaeger.request([15, 0])))
  t.match(error, { code: 3, details: /Cannot take spans: none is good: .*trace id/ })
  t.equal(await count('spans_rejected_total', 'trace_id'), 2)
  await close()
})

t.test('otlp: overload is refused before spans are counted, then clears', async (t) => {
  const answers: (() => void)[] = []
  const { client, close, count, budget } = await start(
    otlp,
    () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ rejected: [] }))
      }),
    400_000,
  )
  const calls = Array.from({ length: 8 }, () => client.call(otlpRequest([16], 100_000)))
  const settled = Promise.allSettled(calls)
  await until(() => answers.length > 0 && budget.usedBytes > 100_000)
  const timer = setInterval(() => {
    for (const answer of answers.splice(0)) answer()
  }, 500)
  const results = await settled
  clearInterval(timer)
  const refused = results.flatMap((r) => (r.status === 'rejected' ? [r.reason] : []))
  t.ok(refused.length > 0 && refused.length < 8, `${refused.length} of 8 were refused`)
  for (const error of refused) {
    t.equal(error.code, 14)
    t.match(detailsText(error.metadata), /google\.rpc\.RetryInfo/)
  }
  t.equal(await count('spans_stored_total'), 8 - refused.length)
  t.equal(await count('spans_received_total'), 8 - refused.length)
  const last = client.call(otlpRequest([16], 1000))
  await until(() => answers.length > 0)
  answers[0]?.()
  await last
  await close()
})
