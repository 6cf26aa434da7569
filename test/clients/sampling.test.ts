import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { readMetrics } from '../e2e/admin-client.ts'
import type { Addresses } from '../e2e/gateway-process.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import type { PeerName } from './peers.ts'
import { needs } from './peers.ts'
import type { Round } from './sampling-peer.ts'
import { SamplingPeer } from './sampling-peer.ts'

t.setTimeout(180_000)

/** Published clients, where they ask, and the ports' label in metrics. */
const clients: readonly {
  readonly name: string
  readonly program: PeerName
  readonly port: 'samplingHttp' | 'samplingGrpc' | 'jaegerGrpc'
  readonly label: string
  /** OpenTelemetry's remote sampler for Node knows shares alone. */
  readonly knowsRates: boolean
  /** What Jaeger's client for Node has once kept of an operation that is not listed it keeps on. */
  readonly keepsUnlisted?: true
}[] = [
  {
    name: "Jaeger's client for Node 3.19.0",
    program: 'jaeger-sampling-node',
    port: 'samplingHttp',
    label: 'sampling_http',
    knowsRates: true,
    keepsUnlisted: true,
  },
  {
    name: "Jaeger's client for Go 2.30.0",
    program: 'jaeger-sampling-go',
    port: 'samplingHttp',
    label: 'sampling_http',
    knowsRates: true,
  },
  {
    name: "Jaeger's client for Java 1.8.1",
    program: 'jaeger-sampling-java',
    port: 'samplingHttp',
    label: 'sampling_http',
    knowsRates: true,
  },
  {
    name: "OpenTelemetry's remote sampler for Go 0.38.0",
    program: 'otel-sampling-go',
    port: 'samplingHttp',
    label: 'sampling_http',
    knowsRates: true,
  },
  {
    name: "OpenTelemetry's remote sampler for Java 1.65.0",
    program: 'otel-sampling-java',
    port: 'jaegerGrpc',
    label: 'jaeger_grpc',
    knowsRates: true,
  },
  {
    name: "OpenTelemetry's remote sampler for Java 1.65.0, port 5779",
    program: 'otel-sampling-java',
    port: 'samplingGrpc',
    label: 'sampling_grpc',
    knowsRates: true,
  },
  {
    name: "OpenTelemetry's remote sampler for Node 0.222.0",
    program: 'otel-sampling-node',
    port: 'samplingHttp',
    label: 'sampling_http',
    knowsRates: false,
  },
]

const service = 'cart'
const operations = ['GET /cart', '/health', 'other']
const pollMs = 2000
/** Of 500 spans, half are so many, but for one time in a million. */
const half = { min: 190, max: 310 }

function documentOf(share: number, listed: Readonly<Record<string, number>>): string {
  return JSON.stringify({
    service_strategies: [
      {
        service,
        type: 'probabilistic',
        param: share,
        operation_strategies: Object.entries(listed).map(([operation, param]) => {
          return { operation, type: 'probabilistic', param }
        }),
      },
      { service: 'limited', type: 'ratelimiting', param: 5 },
    ],
  })
}

const isHalf = (kept = 0) => kept >= half.min && kept <= half.max
// With a lower bound of 0 some clients keep the first span of an operation.
const isNone = (kept = 500) => kept <= 1
const isAll = ({ made }: Round, kept = 0) => kept === made

/** A gateway that looks at its document ten times a second. */
async function startGateway(t: Test, text: string) {
  const file = join(testDirectory(t), 'strategies.json')
  writeFileSync(file, text)
  const args = ['--sampling.strategies', file, '--sampling.reload-interval', '100ms']
  const gateway = await GatewayProcess.start({ store: 'memory:', args })
  t.teardown(() => gateway.stop())
  return { file, addresses: await gateway.ready() }
}

const asked = async ({ admin }: Addresses, label: string) =>
  (await readMetrics(admin))('spangate_sampling_requests_total', { listener: label })

/** Waits until the port has answered a question. */
async function answered(addresses: Addresses, label: string): Promise<void> {
  await until(async () => (await asked(addresses, label)) > 0)
}

/** Waits until the gateway has read its document so often. */
async function read({ admin }: Addresses, times: number): Promise<void> {
  await until(async () => {
    const sum = await readMetrics(admin)
    return sum('spangate_sampling_loads_total', { outcome: 'changed' }) >= times
  })
}

for (const { name, program, port, label, knowsRates, keepsUnlisted } of clients) {
  t.test(
    `${name} keeps what it is told, and one poll later something else`,
    needs(program),
    async (t) => {
      const { file, addresses } = await startGateway(
        t,
        documentOf(0.5, { 'GET /cart': 1, '/health': 0 }),
      )
      const client = new SamplingPeer(program, {
        endpoint: addresses[port],
        service,
        operations,
        pollMs,
      })
      t.teardown(() => client.stop())
      await client.until((round) => {
        const { kept } = round
        return isAll(round, kept['GET /cart']) && isNone(kept['/health']) && isHalf(kept['other'])
      })
      writeFileSync(file, documentOf(1, { 'GET /cart': 0, '/health': 0.5 }))
      await read(addresses, 2)
      const before = await asked(addresses, label)
      await client.until((round) => {
        const { kept } = round
        const isUnlisted = keepsUnlisted === true || isAll(round, kept['other'])
        return isNone(kept['GET /cart']) && isHalf(kept['/health']) && isUnlisted
      })
      const polls = (await asked(addresses, label)) - before
      // One more may be on its way when the output comes.
      t.ok(polls <= 2, `${polls} polls`)
    },
  )

  if (!knowsRates) continue
  t.test(`${name} keeps no more traces a second than it is told`, needs(program), async (t) => {
    const { addresses } = await startGateway(t, documentOf(1, {}))
    const client = new SamplingPeer(program, {
      endpoint: addresses[port],
      service: 'limited',
      operations: ['any'],
      // Java's sampler begins anew with each answer, and its bucket is full again.
      pollMs: 5000,
    })
    t.teardown(() => client.stop())
    await answered(addresses, label)
    await client.until(() => true)
    const startMs = performance.now()
    let sum = 0
    let seconds = 0
    await client.until(({ kept }) => {
      sum += kept['any'] ?? 0
      seconds = (performance.now() - startMs) / 1000
      return seconds > 3
    })
    // A bucket that is full at the start holds one second's worth.
    t.ok(sum >= 5 * (seconds - 1) - 5 && sum <= 5 * (seconds + 2), `${sum} in ${seconds} s`)
  })
}
