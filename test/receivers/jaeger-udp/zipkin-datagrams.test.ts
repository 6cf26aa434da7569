import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import {
  decodeZipkinCompactLists,
  decodeZipkinThrift,
} from '../../../bridge/zipkin/decode-thrift.ts'
import { findSpanList } from '../../../bridge/zipkin/find-span-list.ts'
import { ByteBudget } from '../../../src/pipeline/byte-budget.ts'
import { createSpanPipeline } from '../../../src/pipeline/span-pipeline.ts'
import { DecodeThread } from '../../../src/receivers/decode-thread.ts'
import { ClientLosses } from '../../../src/receivers/jaeger-udp/client-losses.ts'
import { UdpReceiver } from '../../../src/receivers/jaeger-udp/udp-receiver.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { projectRoot } from '../../project-root.ts'

// Written by Apache Thrift and jaeger-idl's code for Go; test/golden/zipkin/generate-in.
const read = (name: string) => readFileSync(join(projectRoot, 'test/golden', name))
const datagram = read('zipkin/in/datagram.agent-0.9.0.compact.bin')
const sameSpans = read('zipkin/in/datagram.agent-0.9.0.binary-list.bin')
const jaeger = read('jaeger-thrift/many.compact.thrift-0.25.0.bin')
const from = { address: '127.0.0.1', port: 40_000 }

function start(takesZipkin: boolean) {
  const metrics = createMetrics()
  const logger = pino({ level: 'silent' })
  const budget = new ByteBudget({ boundBytes: 64 * 2 ** 20, waitMs: 1000 })
  const decodeThread = new DecodeThread({ logger })
  t.teardown(() => decodeThread.close())
  const batches: number[] = []
  const write = async (_tenant: string, batch: SpanBatch) => {
    batches.push(spanCount(batch))
    return { rejected: [] }
  }
  const receiver = new UdpReceiver({
    decodeThread,
    sink: createSpanPipeline({ store: { write }, budget, metrics, logger }),
    metrics,
    now: () => 1_795_000_000_000,
    receiver: 'udp',
    reader: new CompactReader(),
    losses: new ClientLosses(10),
    packetBytesMax: 65_000,
    queueBytesMax: 16 * 2 ** 20,
    takesZipkin,
    logger,
  })
  return { receiver, metrics, batches, budget }
}

t.test('a list of spans in the compact protocol is that of the binary one', async (t) => {
  const reader = new CompactReader()
  reader.use(datagram)
  t.same(reader.envelope(), { method: 'emitZipkinBatch', type: 1 })
  const { list } = findSpanList(reader)
  const options = { arrivalUnixMs: 0 }
  const once = decodeZipkinCompactLists(list, options)
  t.same(once.rejected, [])
  const expected = groupsOf(decodeZipkinThrift(sameSpans, options).batch)
  t.same(groupsOf(once.batch), expected)
  const twice = decodeZipkinCompactLists(Buffer.concat([list, list]), options)
  t.equal(spanCount(twice.batch), 2 * spanCount(once.batch))
})

t.test('emitZipkinBatch and emitBatch of one port are stored, each in a batch', async (t) => {
  const { receiver, metrics, batches, budget } = start(true)
  for (let n = 0; n < 3; n++) receiver.take(datagram, from)
  receiver.take(jaeger, from)
  receiver.take(datagram.subarray(0, -500), from)
  receiver.take(Buffer.from('\x82\x81\x01\x0femitZipkinBatch\0', 'latin1'), from)
  await receiver.stop(1000)
  t.same(batches, [100, 150])
  const text = await metrics.render()
  t.match(text, 'spangate_spans_stored_total{receiver="udp",format="zipkin_thrift_compact"} 150')
  t.match(text, 'spangate_spans_stored_total{receiver="udp",format="jaeger_thrift"} 100')
  for (const reason of ['truncated', 'undecodable']) {
    const labels = `receiver="udp",format="jaeger_thrift",reason="${reason}"`
    t.match(text, `spangate_requests_refused_total{${labels}} 1`)
  }
  t.equal(budget.usedBytes, 0)
})

/** A call of emitZipkinBatch, ONEWAY, with these bytes for its arguments. */
function callWith(...args: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from('\x82\x81\x01\x0femitZipkinBatch', 'latin1'),
    Buffer.from(args),
  ])
}

const badCalls: Readonly<Record<string, Buffer>> = {
  'a list of numbers': callWith(0x19, 0x25, 2, 4, 0),
  'annotations that are numbers': callWith(0x19, 0x1c, 0x16, 2, 0x36, 2, 0x29, 0x15, 2, 0, 0),
}
for (const [what, bad] of Object.entries(badCalls)) {
  t.test(`a datagram with ${what} loses nothing of the others of its group`, async (t) => {
    const { receiver, metrics, batches } = start(true)
    for (const bytes of [datagram, bad, datagram]) receiver.take(bytes, from)
    await receiver.stop(1000)
    t.same(batches, [100])
    t.match(
      await metrics.render(),
      /spangate_requests_refused_total\{[^}]*reason="undecodable"\} 1\b/,
    )
  })
}

t.test('datagrams that are nearly empty count with what they take in memory', async (t) => {
  const { receiver, metrics } = start(true)
  for (let n = 0; n < 100_000; n++) receiver.take(Buffer.alloc(n % 2), from)
  t.match(await metrics.render(), /reason="overloaded"\} [1-9]/)
  await receiver.stop(1000)
})

t.test('a port of Jaeger alone refuses emitZipkinBatch', async (t) => {
  const { receiver, metrics, batches } = start(false)
  receiver.take(datagram, from)
  await receiver.stop(1000)
  t.same(batches, [])
  t.match(await metrics.render(), 'reason="unknown_method"} 1')
})
