import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { ByteBudget } from '../../../src/pipeline/byte-budget.ts'
import { createSpanPipeline } from '../../../src/pipeline/span-pipeline.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { DecodeThread } from '../../../src/receivers/decode-thread.ts'
import { ClientLosses } from '../../../src/receivers/jaeger-udp/client-losses.ts'
import { UdpReceiver } from '../../../src/receivers/jaeger-udp/udp-receiver.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import { projectRoot } from '../../project-root.ts'

const golden = (name: string) =>
  readFileSync(join(projectRoot, `test/golden/jaeger-thrift/${name}.compact.thrift-0.25.0.bin`))
const many = golden('many')
const from = { address: '127.0.0.1', port: 40_000 }

function start(
  write: SpanStore['write'],
  options: { queueBytesMax?: number; waitMs?: number } = {},
) {
  const metrics = createMetrics()
  const logger = pino({ level: 'silent' })
  const budget = new ByteBudget({ boundBytes: 64 * 2 ** 20, waitMs: options.waitMs ?? 1000 })
  const decodeThread = new DecodeThread({ logger })
  t.teardown(() => decodeThread.close())
  const receiver = new UdpReceiver({
    decodeThread,
    sink: createSpanPipeline({ store: { write }, budget, metrics, logger }),
    metrics,
    now: () => 1_795_000_000_000,
    receiver: 'udp',
    reader: new CompactReader(),
    losses: new ClientLosses(10),
    packetBytesMax: 65_000,
    queueBytesMax: options.queueBytesMax ?? 16 * 2 ** 20,
    logger,
  })
  const counts = async () => {
    const found = new Map<string, number>()
    for (const line of (await metrics.render()).split('\n')) {
      const [, name = '', reason = '', value = ''] =
        /^spangate_(\w+)\{receiver="udp",format="jaeger_thrift"(?:,reason="(\w+)")?\} (\d+)$/.exec(
          line,
        ) ?? []
      if (name !== '' && value !== '0')
        found.set(reason === '' ? name : `${name} ${reason}`, Number(value))
    }
    return Object.fromEntries(found)
  }
  return { receiver, counts, budget }
}

t.test('datagrams that come together are stored in one batch', async (t) => {
  const batches: number[] = []
  const { receiver, counts, budget } = start(async (_, batch) => {
    batches.push(spanCount(batch))
    return { rejected: [] }
  })
  for (let n = 0; n < 5; n++) receiver.take(many, from)
  receiver.take(many.subarray(0, -400), from)
  receiver.take(Buffer.from('not Thrift'), from)
  receiver.take(Buffer.alloc(65_001), from)
  receiver.take(Buffer.from('\x82\x81\x07\x05other\0', 'latin1'), from)
  receiver.take(golden('ids'), from)
  await receiver.stop(20_000)
  t.same(batches, [503])
  t.same(await counts(), {
    spans_received_total: 503,
    spans_stored_total: 503,
    'requests_refused_total truncated': 1,
    'requests_refused_total undecodable': 1,
    'requests_refused_total too_large': 1,
    'requests_refused_total unknown_method': 1,
  })
  t.equal(budget.usedBytes, 0)
})

t.test('what comes when the queue is full is counted, and the rest is stored', async (t) => {
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { receiver, counts } = start(
    async () => {
      await gate
      return { rejected: [] }
    },
    { queueBytesMax: 10 * (many.length + 512) },
  )
  for (let n = 0; n < 25; n++) {
    receiver.take(many, from)
    if (n % 5 === 0) await sleep(10)
  }
  letGo()
  await receiver.stop(20_000)
  t.same(await counts(), {
    spans_received_total: 1000,
    spans_stored_total: 1000,
    'requests_refused_total overloaded': 15,
  })
})

t.test(
  'a store that fails has its spans counted as dropped, a stop what it did not do',
  async (t) => {
    const failing = start(async () => {
      throw new GatewayError('store_unavailable', 'Cannot write: away')
    })
    failing.receiver.take(many, from)
    await failing.receiver.stop(20_000)
    t.same(await failing.counts(), {
      spans_received_total: 100,
      'spans_dropped_total store_unavailable': 100,
    })
    const stuck = start((_tenant, _batch, signal) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    })
    stuck.receiver.take(many, from)
    await sleep(20)
    stuck.receiver.take(many, from)
    await stuck.receiver.stop(50)
    await stuck.receiver.stop(50)
    const { spans_received_total: received, 'spans_dropped_total cancelled': dropped } =
      await stuck.counts()
    t.equal(received, dropped, 'received = stored + rejected + dropped + in flight')
  },
)

t.test('a flood is stored whole, in few batches of bounded size', async (t) => {
  const batches: number[] = []
  const { receiver, counts } = start(async (_, batch) => {
    batches.push(spanCount(batch))
    return { rejected: [] }
  })
  const datagrams = 1500
  for (let n = 0; n < datagrams; n++) receiver.take(many, from)
  await receiver.stop(20_000)
  t.same(await counts(), {
    spans_received_total: datagrams * 100,
    spans_stored_total: datagrams * 100,
  })
  t.ok(batches.length < datagrams / 10, `${batches.length} writes`)
  t.ok(Math.max(...batches) < 10_000, `at most ${Math.max(...batches)} spans`)
})
