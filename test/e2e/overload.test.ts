import t from 'tap'
import { needs } from '../clients/peers.ts'
import { countOf, faultsOf, loadSdks, sendSteadily } from '../clients/sdk-load.ts'
import { readMetrics, unaccountedSpans } from './admin-client.ts'
import { exportRequest, Ledger, startLoad } from './export-load.ts'
import { OtlpClient, QueryClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { sendHalves } from './half-sent.ts'

// The long form is `npm run bench:overload`.
t.setTimeout(120_000)

const mb = 1e6
const mib = 1024 * 1024
const seconds = 8
const spans = 500

t.test(
  'under overload SDKs with patience deliver everything, with defaults all but what was refused',
  needs(...Object.values(loadSdks)),
  async (t) => {
    // So little that 60 clients with 500 KB each are several times too many.
    const gateway = await GatewayProcess.start({
      args: [
        ...['--admission.max-bytes', '16MiB', '--admission.wait', '200ms'],
        ...['--otlp.grpc.max-message-size', '5MiB', '--jaeger.grpc.max-message-size', '5MiB'],
        ...['--otlp.http.max-message-size', '5MiB', '--jaeger.http.max-message-size', '5MiB'],
        ...['--zipkin.http.max-message-size', '5MiB', '--query.http.max-message-size', '5MiB'],
        ...['--storage.grpc.max-message-size', '5MiB'],
      ],
    })
    t.teardown(() => gateway.stop())
    const addresses = await gateway.ready()
    const ledger = new Ledger()
    const load = startLoad({
      address: addresses.otlpGrpc,
      ledger,
      clients: 60,
      firstTrace: 1,
      padding: 50_000,
    })
    const endpoint = addresses.otlpGrpc
    const running = Object.entries(loadSdks).flatMap(([language, sdk]) => [
      {
        name: `${language}, patient`,
        isPatient: true,
        outcome: sendSteadily(sdk, { endpoint, spans, seconds, patienceSeconds: 40 }),
      },
      {
        name: `${language}, defaults`,
        isPatient: false,
        outcome: sendSteadily(sdk, { endpoint, spans, seconds }),
      },
    ])
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    await load.stop()
    const client = new QueryClient(addresses.queryGrpc)
    t.teardown(() => client.close())
    const find = (traceId: string) => client.spanIds(Buffer.from(traceId, 'hex'))
    for (const { name, isPatient, outcome } of running) {
      const sent = await outcome
      const [made, delivered] = [countOf(sent.made), countOf(sent.delivered)]
      t.comment(`${name}: ${made} made, ${delivered} taken, ${sent.refusals} times refused`)
      t.equal(made, spans * seconds)
      if (isPatient) t.equal(delivered, made, `${name}: all was taken in the end`)
      t.equal(sent.refusalsRetryInfo, sent.refusals, `${name}: refusals say when to try again`)
      t.same(await faultsOf(sent, find), [], `${name}: what was taken is there, once`)
    }
    t.comment(`load: ${load.acknowledged} acknowledged, ${load.refusals.length} refused`)
    t.ok(load.refusals.length > 0, 'it was too much')
    const others = load.refusals.filter(
      ({ code, retryAfterMs }) => code !== 'UNAVAILABLE' || retryAfterMs === undefined,
    )
    t.same(others, [], 'who is refused is told when to try again')
    t.same(await ledger.faults(addresses.queryGrpc), [], 'all that was acknowledged is there')
    t.equal(unaccountedSpans(await readMetrics(addresses.admin)), 0)
  },
)

t.test('two hundred halves of 60 MiB stay within the promised memory', async (t) => {
  const gateway = await GatewayProcess.start()
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const halves = sendHalves(addresses.otlpGrpc, 200, 60 * mib)
  t.teardown(() => halves.close())
  const client = new OtlpClient(addresses.otlpGrpc)
  t.teardown(() => client.close())
  let served = 0
  let residentBytesMax = 0
  let heldBytesMax = 0
  const endMs = performance.now() + 20_000
  while ((halves.statuses['14'] ?? 0) < 200 && performance.now() < endMs) {
    const sum = await readMetrics(addresses.admin)
    residentBytesMax = Math.max(residentBytesMax, sum('spangate_resident_bytes'))
    heldBytesMax = Math.max(heldBytesMax, sum('spangate_bytes_in_flight'))
    const request = exportRequest({ trace: 1, firstId: 1 + served * 10, count: 10, padding: 5000 })
    t.match(await client.export(request), { code: 'OK' }, 'a small request is served')
    served += 1
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  t.comment(`at most ${residentBytesMax / mb} MB resident, ${heldBytesMax / mb} MB in flight`)
  t.ok(heldBytesMax > 128 * mib, 'the bound was pressed')
  t.ok(residentBytesMax < 2 * 256 * mib + 500 * mb, 'docs/adr/0006: twice the bound and 500 MB')
})
