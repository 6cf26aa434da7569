import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { PacedDatagramsData } from './paced-datagrams.ts'
import { SharedCount } from './paced-datagrams.ts'
import { grpcPrefixBytes, TemplateSet } from './templates.ts'

// The thread of paced-datagrams.ts.

const { host, port, rate, batch, spanBytes, seed, ...shared } = workerData as PacedDatagramsData
const counts = new Int32Array(shared.counts)
/** Nobody ever wakes it: to wait for this is to sleep, more exactly than timers do. */
const sleeper = new Int32Array(new SharedArrayBuffer(4))
const intervalMs = (batch * 1000) / rate
const lateMs = 1
const distinctSpans = 40_000

const templates = TemplateSet.build({
  format: 'jaeger-datagram',
  batch,
  spanBytes,
  seed,
  distinctSpans,
})
const socket = createSocket('udp4')
socket.connect(port, host)
await once(socket, 'connect')
// Nobody listens any longer: the gateway has ended before this thread.
socket.on('error', () => {})
parentPort?.postMessage('ready')
for (;;) {
  Atomics.wait(counts, SharedCount.running, 0)
  await sendEvenly()
  // Only here: a start may come as soon as this thread is ready, and takes it back.
  Atomics.store(counts, SharedCount.paused, 1)
}

async function sendEvenly(): Promise<void> {
  let dueMs = performance.now()
  while (Atomics.load(counts, SharedCount.running) === 1) {
    const datagram = templates.next().framed.subarray(grpcPrefixBytes)
    const earlyMs = dueMs - performance.now()
    if (earlyMs > 0) Atomics.wait(sleeper, 0, 0, earlyMs)
    const sentMs = performance.now()
    socket.send(datagram)
    Atomics.add(counts, SharedCount.datagrams, 1)
    if (sentMs - dueMs > lateMs) Atomics.add(counts, SharedCount.late, 1)
    // Who is late catches up, but not in a burst: at most twice as fast as it should be.
    dueMs = Math.max(dueMs + intervalMs, sentMs + intervalMs / 2)
    // The socket takes the next one once the loop has seen that this one has gone.
    await setImmediate()
  }
}
