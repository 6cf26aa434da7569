import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import t from 'tap'
import { metricsAtRest } from './admin-client.ts'
import { GatewayProcess } from './gateway-process.ts'

const mebi = 1024 * 1024
const senders = 100
const sentBytes = 5 * mebi
const half = Buffer.alloc(64 * 1024, ' ')
/** The bound of bytes in flight, and what a process needs besides. */
const residentMaxBytes = (192 + 500) * mebi

/** Sends half of what it announces, then nothing more, and reads the answer's status. */
function sendHalf(port: number, statuses: Map<string, number>): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.once('data', (data) => {
    const status = String(data).slice(9, 12)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  })
  const headers = [
    'Host: test',
    'Content-Type: application/json',
    `Content-Length: ${2 * sentBytes}`,
  ]
  socket.write(`POST /v1/traces HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  let left = sentBytes
  const send = () => {
    while (left > 0) {
      left -= half.length
      if (!socket.write(half)) {
        socket.once('drain', send)
        return
      }
    }
  }
  send()
  return socket
}

function residentBytes(pid: number | undefined): number | undefined {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib) * 1024
  } catch {
    // Another system.
    return undefined
  }
}

t.test('small requests pass a bound full of halves, which all get 503 or 408', async (t) => {
  const args = ['--admission.max-bytes', '192MiB', '--admission.stalled-after', '3s']
  const gateway = await GatewayProcess.start({ store: 'memory:', args })
  t.teardown(() => gateway.stop())
  const { otlpHttp, admin } = await gateway.ready()
  const statuses = new Map<string, number>()
  const port = Number(otlpHttp.split(':')[1])
  const sockets = Array.from({ length: senders }, () => sendHalf(port, statuses))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  let mostBytes = 0
  const answered = () => [...statuses.values()].reduce((sum, count) => sum + count, 0)
  const endMs = performance.now() + 30_000
  while (answered() < senders && performance.now() < endMs) {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(10_000) }
    const response = await fetch(`http://${otlpHttp}/v1/traces`, init)
    if (response.status !== 200) t.fail(`a small request got ${response.status}`)
    await response.text()
    mostBytes = Math.max(mostBytes, residentBytes(gateway.pid) ?? 0)
  }
  t.comment(JSON.stringify([...statuses]), `${(mostBytes / mebi).toFixed(0)} MiB`)
  t.equal(answered(), senders, 'everybody is answered')
  t.ok((statuses.get('503') ?? 0) > 0, 'some have no room')
  t.ok((statuses.get('408') ?? 0) > 0, 'others stand still')
  t.strictSame([...statuses.keys()].sort(), ['408', '503'])
  t.ok(mostBytes < residentMaxBytes, `${(mostBytes / mebi).toFixed(0)} MiB`)
  const sum = await metricsAtRest(admin)
  t.equal(sum('spangate_bytes_in_flight'), 0)
})
