import type { ClientReadableStream, StatusObject } from '@grpc/grpc-js'
import { Client, credentials } from '@grpc/grpc-js'
import type { Test } from 'tap'
import t from 'tap'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { traceIdOf } from '../conformance/sample.ts'
import { testDirectory } from '../test-directory.ts'
import { readMetrics } from './admin-client.ts'
import { exportRequest } from './export-load.ts'
import { OtlpClient, QueryClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { programClock } from './program-clock.ts'

// Clients that ask and then do not read, each over a connection of its own, against the whole program.

t.setTimeout(170_000)

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const asIs = (bytes: Buffer): Buffer => bytes
const largeTrace = 2

/** A call whose client reads nothing until it is told to. */
interface UnreadCall {
  readonly call: ClientReadableStream<Buffer>
  /** What it was answered with at its end. */
  readonly ended: Promise<StatusObject>
}

function ask(t: Test, address: string, method: string, request: Uint8Array): UnreadCall {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  })
  t.teardown(() => client.close())
  // Its messages are of 10 spans: a client of grpc-js takes 16 of them before anybody reads.
  const path = `/jaeger.api_v2.QueryService/${method}`
  const call = client.makeServerStreamRequest(path, asIs, asIs, Buffer.from(request))
  // A client of grpc-js that never began to read would take everything into its memory.
  call.once('data', () => call.pause())
  call.on('error', () => {})
  const ended = new Promise<StatusObject>((resolve) => {
    call.on('status', resolve)
  })
  return { call, ended }
}

function getTrace(trace: number): Uint8Array {
  const writer = new WireWriter()
  writer.bytes(1, traceIdOf(trace))
  return writer.finish()
}

/** All traces: an empty query. */
function findTraces(): Uint8Array {
  const writer = new WireWriter()
  writer.bytesAlways(1, new Uint8Array(0))
  return writer.finish()
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: waited 60 s in vain`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

t.test('sqlite: clients that do not read hold up neither reads nor expiry', async (t) => {
  const folder = testDirectory(t)
  const { env, move } = programClock(folder)
  // Five minutes before the end of an hour.
  const aheadMs = hourMs - 5 * minuteMs - (Date.now() % hourMs)
  move(aheadMs)
  const gateway = await GatewayProcess.start({
    env,
    args: [
      ...['--store.sqlite.readers', '1', '--store.retention', '62m'],
      ...['--search.stalled-after', '1s'],
    ],
  })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const otlp = new OtlpClient(addresses.otlpGrpc)
  const query = new QueryClient(addresses.queryGrpc)
  t.teardown(() => {
    otlp.close()
    query.close()
  })
  const send = async (trace: number, firstId: number, count: number, padding: number) => {
    const request = exportRequest({ trace, firstId, count, padding })
    t.match(await otlp.export(request), { code: 'OK' })
  }
  await send(1, 1, 7, 0)
  move(aheadMs + 10 * minuteMs)
  for (let part = 0; part < 8; part++) await send(largeTrace, part * 200 + 1, 200, 5000)
  const request = getTrace(largeTrace)
  const calls = Array.from({ length: 40 }, () => ask(t, addresses.queryGrpc, 'GetTrace', request))
  const stalled = async (): Promise<number> => {
    return (await readMetrics(addresses.admin))('spangate_answers_stalled_total')
  }
  // Of those beyond search.max-stalled each is ended; this also says that all of them wait.
  await until('8 are ended', async () => (await stalled()) === 8)
  const window = { startMs: 0, endMs: 4e12 }
  t.equal((await query.spanIds(traceIdOf(largeTrace))).length, 1600, 'a trace is read')
  t.equal((await query.traceIds('shop', window)).length, 2, 'a search is answered')
  // The first hour is past its retention, the other one is not.
  move(aheadMs + 68 * minuteMs)
  await until('expiry', async () => {
    const sum = await readMetrics(addresses.admin)
    return sum('spangate_spans_expired_total', { reason: 'retention' }) === 7
  })
  t.equal((await query.spanIds(traceIdOf(largeTrace))).length, 1600, 'reads go on')
  // Those that read a lot wait a little too, and are one more then.
  const endedCount = await stalled()
  t.ok(endedCount >= 8 && endedCount < 16, `${endedCount} are ended, the others wait on`)
  for (const { call } of calls) call.resume()
  const ends = await Promise.all(calls.map(({ ended }) => ended))
  const failed = ends.filter(({ code }) => code !== 0)
  t.equal(failed.length, endedCount)
  for (const { details } of failed)
    t.match(details, /took nothing of it for 1000 ms .*search\.stalled-after/)
})

for (const store of ['memory:', undefined]) {
  const name = store ?? 'sqlite:'
  t.test(`${name} searches that nobody reads give their places to others`, async (t) => {
    const gateway = await GatewayProcess.start({
      ...(store === undefined ? {} : { store }),
      // Long enough for the next search to come before their places are to be had.
      args: ['--search.stalled-after', '2s', '--search.max-concurrent', '4'],
    })
    t.teardown(() => gateway.stop())
    const addresses = await gateway.ready()
    const otlp = new OtlpClient(addresses.otlpGrpc)
    const query = new QueryClient(addresses.queryGrpc)
    t.teardown(() => {
      otlp.close()
      query.close()
    })
    for (let part = 0; part < 8; part++) {
      const spans = { trace: largeTrace, firstId: part * 200 + 1, count: 200, padding: 5000 }
      t.match(await otlp.export(exportRequest(spans)), { code: 'OK' })
    }
    const calls = Array.from({ length: 4 }, () =>
      ask(t, addresses.queryGrpc, 'FindTraces', findTraces()),
    )
    await until('all search', async () => {
      return (await readMetrics(addresses.admin))('spangate_searches_under_way') === 4
    })
    let refusals = 0
    await until('a search is answered', async () => {
      try {
        return (await query.traceIds('shop')).length === 1
      } catch (error) {
        t.match(error, { code: 14, message: /search\.max-concurrent/ })
        refusals += 1
        return false
      }
    })
    t.ok(refusals > 0, 'it was refused at first')
    for (const { call } of calls) call.resume()
    const ends = await Promise.all(calls.map(({ ended }) => ended))
    t.ok(
      ends.some(({ code, details }) => code === 14 && details.includes('search.stalled-after')),
      'one was ended for it',
    )
  })
}
