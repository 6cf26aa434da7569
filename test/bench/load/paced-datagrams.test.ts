import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { PacedDatagrams } from '../../../bench/load/paced-datagrams.ts'
import { decodeBatches } from '../../../bridge/jaeger-proto/decode-request.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import { messageOf } from '../../bridge/jaeger-thrift/read-message.ts'
import { until } from '../../transport/start-listener.ts'

// Small datagrams, and few: the kernel's buffer holds some seconds of them, should this thread be late.
const batch = 2
const rate = 40

t.test('PacedDatagrams sends what it counts, not in bursts, until it is paused', async (t) => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  const received: Buffer[] = []
  socket.on('message', (bytes) => received.push(bytes))
  const datagrams = await PacedDatagrams.create({
    host: '127.0.0.1',
    port: socket.address().port,
    rate: rate * batch,
    batch,
    spanBytes: 450,
    seed: 1,
  })
  t.teardown(() => datagrams.close())
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(received.length, 0, 'nothing is sent before the start')
  for (let round = 1; round <= 2; round++) {
    const before = received.length
    datagrams.start()
    await until(() => received.length >= before + 10)
    const sent = await datagrams.pause()
    await until(() => received.length === before + sent.datagrams)
    t.equal(sent.spans, sent.datagrams * batch)
    // Who was late may send twice as many as are due.
    t.ok(sent.datagrams <= sent.seconds * 2 * rate + 2, `${sent.datagrams} in ${sent.seconds} s`)
  }
  for (const bytes of received) {
    const { facts, spans } = messageOf(new CompactReader(), bytes)
    t.equal(facts.spans, batch)
    t.equal(spanCount(decodeBatches(spans, { arrivalUnixMs: 0 }).batch), batch)
  }
})
