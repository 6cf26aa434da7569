import t from 'tap'
import { bytesText, countText, rateText, secondsText } from '../../../src/cli/status/amounts.ts'
import { renderStatus } from '../../../src/cli/status/render-status.ts'
import type { GatewayStatus } from '../../../src/ports/gateway-status.ts'
import { statusMessage } from '../../../src/query/spangate-v1/status-message.ts'
import { sampleDetails, sampleStatus } from '../../status/sample-status.ts'

/** A status as the command gets it. */
const jsonOf = (status: GatewayStatus) =>
  JSON.parse(JSON.stringify(statusMessage(status, (ms) => new Date(ms).toISOString())))

t.test('renderStatus() shows a gateway that is well', async (t) => {
  const expected = `spangate 1.2.3 is ready, runs for 3 h 12 min (process 123 on host, Node 20.20.2)

process    memory 200 MiB of 8 GiB (2 %), heap 80 MiB of 4 GiB (2 %), buffers 30 MiB
           0.42 CPU cores, main thread 12 % busy
store      sqlite:./spangate-data
           writes ok (2 failed), reads ok
           5,012,331 spans in 14 files of 12 hours, 1.21 GiB of 10 GiB (12 %), 40 GiB of disk free
           the newest came 500 ms ago, the oldest 12 h ago, kept for 3 d; the oldest go in 1 h
           100 spans expired, 7 spans evicted
admission  1.5 MiB of 512 MiB (0 %) in flight, requests take 3 ms, 1 connections paused
           requests refused: overloaded 12
           messages given up: busy 3 (0.05/s)
queries    2 of 16 searches run, 1 of 1024 reads wait, 3 answers wait for clients
           1 searches refused, 2 reads refused, 4 answers ended as nobody took them
sampling   adaptive strategies.json, 3 services, 12 operations, changed 5 s ago
           target 1/s every 15 s, led by host:123 (this one)
           failed at 2026-01-31T11:58:30.000Z: line 3: no

RECEIVER             RECEIVED     /S     STORED     /S  REJECTED  DROPPED  REFUSED
jaeger_udp_compact         10                10                0        0        0
otlp_grpc           1,234,567  1,020  1,234,500  1,020         5        2       12

LISTENER            OPEN
otlp.grpc              3  gRPC on 127.0.0.1:4317, [::1]:4317
jaeger.udp.compact     0  UDP on 127.0.0.1:6831
`
  t.equal(renderStatus(jsonOf(sampleStatus())), expected)
})

t.test('renderStatus() begins with problems, and shows no control characters', async (t) => {
  const problems = ['Writes fail since then: \u001b[2J']
  const text = renderStatus(jsonOf(sampleStatus({ problems })))
  t.match(text.split('\n').slice(0, 4), [
    /^spangate/,
    '',
    '! Writes fail since then: \\u001b[2J',
    '',
  ])
  const coloured = renderStatus(jsonOf(sampleStatus({ problems })), { isColoured: true })
  t.match(coloured, '\u001b[31m! Writes')
})

t.test('renderStatus() shows what each kind of store tells', async (t) => {
  const { store } = sampleStatus()
  const linesOf = (facts: GatewayStatus['store']['facts']) =>
    renderStatus(jsonOf(sampleStatus({ store: { ...store, facts } })))
  t.match(linesOf({ details: sampleDetails.memory }), '5 spans, 2 KiB of 1 GiB (0 %)')
  const cassandra = linesOf({ details: sampleDetails.cassandra, retentionMs: 0 })
  t.match(cassandra, 'keyspace spans, native tables at version 4')
  t.match(cassandra, '2 of 2 nodes up, data centre dc1, LOCAL_QUORUM')
  t.match(cassandra, /new spans go to native since .*; those of keyspace jaeger are read until /)
  t.match(linesOf(undefined), 'kept for 3 d')
})

t.test('amounts are short', async (t) => {
  t.same([0, 999, 1023, 1536, 5.2e9].map(bytesText), [
    '0 B',
    '999 B',
    '0.999 KiB',
    '1.5 KiB',
    '4.84 GiB',
  ])
  t.same([0, 1234567].map(countText), ['0', '1,234,567'])
  t.same([0, 0.01234, 12.34, 1234.5].map(rateText), ['', '0.0123', '12.3', '1,235'])
  t.same([0.0123, 1.9, 61, 3600, 3661, 172_800, 259_200, 360_000].map(secondsText), [
    '12 ms',
    '1 s',
    '1 min 1 s',
    '1 h',
    '1 h 1 min',
    '48 h',
    '3 d',
    '4 d 4 h',
  ])
})
