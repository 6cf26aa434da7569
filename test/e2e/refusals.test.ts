import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { admin, metricsAtRest, readMetrics, unaccountedSpans } from './admin-client.ts'
import { exportRequest, Ledger, startLoad } from './export-load.ts'
import { OtlpClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'

t.setTimeout(120_000)

t.test('the counters add up after good, bad, oversized and refused requests', async (t) => {
  const gateway = await GatewayProcess.start({ args: ['--otlp.grpc.max-message-size', '64KiB'] })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const client = new OtlpClient(addresses.otlpGrpc)
  t.teardown(() => client.close())
  const good = { trace: 1, firstId: 1, count: 5 }
  t.match(await client.export(exportRequest(good)), { code: 'OK', rejectedSpans: 0 })
  t.match(await client.export(exportRequest(good)), { code: 'OK' }, 'a repeat')
  const zeroId = exportRequest({ trace: 0, firstId: 1, count: 3 })
  // Two requests one after the other are one request with the spans of both.
  const mixed = Buffer.concat([exportRequest({ ...good, firstId: 6 }), zeroId])
  t.match(await client.export(mixed), { code: 'OK', rejectedSpans: 3, message: /trace/ })
  t.match(await client.export(zeroId), { code: 'OK', rejectedSpans: 3 })
  t.match(await client.export(Buffer.of(0x0a, 0x7f, 1)), { code: 'INVALID_ARGUMENT' })
  const huge = exportRequest({ trace: 2, firstId: 1, count: 1, padding: 70_000 })
  t.match(await client.export(huge), {
    code: 'RESOURCE_EXHAUSTED',
    message: /otlp\.grpc\.max-message-size/,
    retryAfterMs: undefined,
  })
  const sum = await metricsAtRest(addresses.admin)
  t.equal(sum('spangate_spans_received_total'), 21)
  t.equal(sum('spangate_spans_stored_total'), 15)
  t.equal(sum('spangate_spans_rejected_total'), 6)
  t.equal(sum('spangate_spans_dropped_total'), 0)
  t.equal(sum('spangate_requests_refused_total', { reason: 'undecodable' }), 1)
  t.equal(sum('spangate_messages_given_up_total', { reason: 'too_large' }), 1)
  t.equal(unaccountedSpans(sum), 0)
  t.equal(sum('spangate_bytes_in_flight'), 0, 'nothing is held any longer')
})

t.test('overload is answered by UNAVAILABLE with RetryInfo, within the bound', async (t) => {
  const boundBytes = 4 * 1024 * 1024
  const gateway = await GatewayProcess.start({
    args: [
      ...['--admission.max-bytes', '4MiB', '--admission.wait', '50ms'],
      ...['--otlp.grpc.max-message-size', '1MiB', '--jaeger.grpc.max-message-size', '1MiB'],
      ...['--otlp.http.max-message-size', '1MiB', '--jaeger.http.max-message-size', '1MiB'],
      ...['--zipkin.http.max-message-size', '1MiB', '--query.http.max-message-size', '1MiB'],
      ...['--storage.grpc.max-message-size', '1MiB'],
    ],
  })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const ledger = new Ledger()
  const load = startLoad({
    address: addresses.otlpGrpc,
    ledger,
    clients: 40,
    firstTrace: 1,
    padding: 50_000,
  })
  let heldBytesMax = 0
  const endMs = performance.now() + 15_000
  while (load.refusals.length < 30 || load.acknowledged < 60) {
    const sum = await readMetrics(addresses.admin)
    heldBytesMax = Math.max(heldBytesMax, sum('spangate_bytes_in_flight'))
    if (performance.now() > endMs) break
  }
  await load.stop()
  t.comment(
    `${load.acknowledged} acknowledged, ${load.refusals.length} refused, at most ${heldBytesMax} bytes`,
  )
  t.ok(load.acknowledged > 0, 'some are served')
  t.ok(load.refusals.length > 0, 'some are refused')
  const others = load.refusals.filter(
    ({ code, retryAfterMs }) => code !== 'UNAVAILABLE' || retryAfterMs === undefined,
  )
  t.same(others, [], 'each may send again, and is told when')
  // One read of each socket may come on top.
  t.ok(heldBytesMax < boundBytes + 40 * 65_536, 'the bound holds')
  const sum = await metricsAtRest(addresses.admin)
  t.equal(unaccountedSpans(sum), 0)
  t.equal(sum('spangate_bytes_in_flight'), 0)
  t.same(await ledger.faults(addresses.queryGrpc), [], 'all that was acknowledged is there')
})

const small = 24 * 1024 * 1024

t.test('a full disk is UNAVAILABLE to clients until there is room again', async (t) => {
  const folder = mountSmall(t)
  if (folder === undefined) {
    const reason = 'needs root, or sudo without password, to mount a small tmpfs'
    if (process.env['CI'] === 'true') t.fail(reason)
    else t.pass('a full disk', { skip: reason })
    return
  }
  const ballast = join(folder, 'ballast')
  writeFileSync(ballast, Buffer.alloc(small / 2))
  const gateway = await GatewayProcess.start({ store: `sqlite:${folder}/data` })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const client = new OtlpClient(addresses.otlpGrpc)
  t.teardown(() => client.close())
  const ledger = new Ledger()
  const spans = (trace: number) => ({ trace, firstId: 1, count: 10, padding: 50_000 })
  let trace = 1
  let answer = await client.export(exportRequest(spans(trace)))
  for (; answer.code === 'OK' && trace < 100; trace++) {
    ledger.acknowledged(spans(trace))
    answer = await client.export(exportRequest(spans(trace + 1)))
  }
  t.match(answer, { code: 'UNAVAILABLE', retryAfterMs: Number, message: /full/ })
  t.ok(ledger.count > 0)
  t.equal((await admin(addresses.admin, '/healthz')).status, 200, 'the program lives')
  t.same(await ledger.faults(addresses.queryGrpc), [], 'what it has can be read')
  rmSync(ballast)
  answer = await client.export(exportRequest(spans(trace)))
  for (let tries = 0; answer.code !== 'OK' && tries < 300; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    answer = await client.export(exportRequest(spans(trace)))
  }
  t.match(answer, { code: 'OK' }, 'it stores again')
  ledger.acknowledged(spans(trace))
  t.same(await ledger.faults(addresses.queryGrpc), [])
  const sum = await readMetrics(addresses.admin)
  t.equal(unaccountedSpans(sum), 0)
  t.ok(sum('spangate_spans_dropped_total', { reason: 'store_unavailable' }) >= 10)
})

/** A folder with little room that is gone after the test; undefined when it may not be made. */
function mountSmall(t: Test): string | undefined {
  const folder = testDirectory(t)
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const run = (...args: readonly string[]) => {
    const [program = '', ...rest] = [...sudo, ...args]
    execFileSync(program, rest, { stdio: 'ignore' })
  }
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${small},mode=0777`, 'tmpfs', folder)
  } catch {
    // Not allowed here, or another system.
    return undefined
  }
  t.teardown(() => run('umount', '--lazy', folder))
  return folder
}
