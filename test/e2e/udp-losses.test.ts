import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { kernelDrops } from '../../src/transport/kernel-drops.ts'
import { projectRoot } from '../project-root.ts'
import type { MetricSums } from './admin-client.ts'
import { admin, metricsWith, unaccountedSpans } from './admin-client.ts'
import { GatewayProcess } from './gateway-process.ts'

// Nobody answers a datagram: whatever is lost of them must be found in the metrics.

const golden = (name: string) =>
  readFileSync(join(projectRoot, `test/golden/jaeger-thrift/${name}.compact.thrift-0.25.0.bin`))
const receiver = 'jaeger_udp_compact'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const addresses = await gateway.ready()
const sender = createSocket('udp4')
t.teardown(() => sender.close())

async function send(bytes: Uint8Array, address = addresses.jaegerUdpCompact): Promise<void> {
  const [host, port] = address.split(':')
  await new Promise((resolve) => sender.send(bytes, Number(port), host, resolve))
}

const { admin: adminAddress } = addresses

const refused = (sum: MetricSums, reason?: string) =>
  sum('spangate_requests_refused_total', reason === undefined ? { receiver } : { receiver, reason })

t.test('the log says how large each receive buffer is', async (t) => {
  const granted = gateway.stderr
    .split('\n')
    .filter((line) => line.includes('"msg":"receive buffer"'))
    .map((line) => JSON.parse(line) as { listener: string; receiveBufferBytes: number })
  t.same(
    granted.map(({ listener }) => listener).sort(),
    ['binary', 'compact', 'zipkin'].map((port) => `jaeger_udp_${port}`),
  )
  const systemMax = Number(readFileSync('/proc/sys/net/core/rmem_max', 'latin1'))
  for (const { receiveBufferBytes } of granted) {
    t.ok(receiveBufferBytes >= Math.min(systemMax, 64 * 2 ** 20), `${receiveBufferBytes} bytes`)
  }
})

t.test('truncated, oversize and foreign datagrams are counted with their reason', async (t) => {
  const ids = golden('ids')
  await send(ids.subarray(0, -20))
  await send(Buffer.alloc(65_100))
  await send(Buffer.from('not Thrift'))
  await send(Buffer.from('\x82\x81\x07\x05other\0', 'latin1'))
  await send(Buffer.alloc(0))
  const sum = await metricsWith(adminAddress, (sum) => refused(sum) >= 5)
  const reasons = ['truncated', 'too_large', 'undecodable', 'unknown_method']
  t.same(
    reasons.map((reason) => refused(sum, reason)),
    [2, 1, 1, 1],
  )
})

t.test('what a client lost itself, and on the way, is told by its name', async (t) => {
  const bytes = golden('counted')
  // seqNo 41 and 5 spans that a full queue cost, both as zigzag varints of a byte.
  const at = bytes.indexOf(Buffer.from([0x16, 82, 0x1c, 0x16, 10]))
  t.ok(at > 0)
  const batch = (seqNo: number, queueFull: number) => {
    const copy = Buffer.from(bytes)
    copy[at + 1] = 2 * seqNo
    copy[at + 4] = 2 * queueFull
    return copy
  }
  const numbers = [10, ...Array.from({ length: 40 }, (_, n) => n + 13)]
  for (const seqNo of numbers) await send(batch(seqNo, seqNo < 20 ? 5 : 9))
  const client = '5a17c0de5a17c0de'
  const spans = { receiver, client, reason: 'queue_full' }
  const lost = (sum: MetricSums) => [
    sum('spangate_client_batches_lost_total', { receiver, client }),
    sum('spangate_client_spans_lost_total', spans),
    sum('spangate_client_spans_lost_total', { ...spans, reason: 'too_large' }),
  ]
  const sum = await metricsWith(adminAddress, (sum) => lost(sum)[0] === 2 && lost(sum)[1] === 4)
  t.same(lost(sum), [2, 4, 0])
  const { body } = await admin(adminAddress, '/metrics')
  t.match(
    body,
    /spangate_client_batches_lost_total\{receiver="jaeger_udp_binary",client="other"\} 0/,
  )
})

t.test('datagrams that the kernel drops are counted, and the sum is right', async (t) => {
  const before = await metricsWith(adminAddress, (sum) => sum('spangate_spans_in_flight') === 0)
  const many = golden('many')
  const port = Number(addresses.jaegerUdpCompact.split(':')[1])
  gateway.signal('SIGSTOP')
  t.teardown(() => gateway.signal('SIGCONT'))
  let sent = 0
  // The buffer has at most 128 MiB, of which each of these takes more than 6 KiB.
  while (kernelDrops(port) === 0 && sent < 30_000) {
    await send(many)
    sent += 1
  }
  for (let more = 0; more < 50; more++) await send(many)
  sent += 50
  const dropped = kernelDrops(port) ?? 0
  t.ok(dropped > 0, `${dropped} of ${sent} datagrams`)
  gateway.signal('SIGCONT')
  const of = (sum: MetricSums) => {
    const stored = 'spangate_spans_stored_total'
    const taken = (sum(stored, { receiver }) - before(stored, { receiver })) / 100
    const overloaded = refused(sum) - refused(before)
    const kernel = sum('spangate_udp_kernel_dropped_total', { listener: receiver })
    return { taken, overloaded, kernel }
  }
  const sum = await metricsWith(adminAddress, (sum) => {
    const { taken, overloaded, kernel } = of(sum)
    return taken + overloaded + kernel === sent
  })
  const { taken, overloaded, kernel } = of(sum)
  t.equal(kernel, dropped, 'as the system tells')
  t.equal(taken + overloaded + kernel, sent, 'each is stored, refused or dropped')
  t.equal(unaccountedSpans(sum), 0)
})
