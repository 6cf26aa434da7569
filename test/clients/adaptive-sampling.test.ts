import type { Test } from 'tap'
import t from 'tap'
import { readMetrics } from '../e2e/admin-client.ts'
import type { Addresses } from '../e2e/gateway-process.ts'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { SteadyClient } from '../e2e/steady-client.ts'
import { until } from '../transport/start-listener.ts'
import type { PeerName } from './peers.ts'
import { needs } from './peers.ts'
import { SamplingPeer } from './sampling-peer.ts'

t.setTimeout(180_000)

const targetPerSecond = 40
const pollMs = 500
/** Of each operation, 20 times a second: 2,000 a second. */
const made = 100
const operations = ['GET /cart', 'POST /order']
/** Chance alone moves 120 traces by a tenth. */
const windowMs = 3000

const args = [
  ...['--sampling.mode', 'adaptive', '--sampling.default-probability', '0.2'],
  ...['--sampling.adaptive.interval', `${pollMs}ms`],
  ...['--sampling.adaptive.poll-interval', `${pollMs}ms`],
  ...['--sampling.adaptive.target-rate', String(targetPerSecond)],
]

interface Client {
  readonly name: string
  readonly program: PeerName
  readonly asks: 'samplingHttp' | 'samplingGrpc'
  readonly reports: 'jaegerHttp' | 'otlpGrpc'
}

/** Clients whose spans tell by which share they were kept. */
const telling: readonly Client[] = [
  {
    name: "Jaeger's client for Node 3.19.0",
    program: 'jaeger-sampling-node',
    asks: 'samplingHttp',
    reports: 'jaegerHttp',
  },
  {
    name: "Jaeger's client for Go 2.30.0",
    program: 'jaeger-sampling-go',
    asks: 'samplingHttp',
    reports: 'jaegerHttp',
  },
  {
    name: "Jaeger's client for Java 1.8.1",
    program: 'jaeger-sampling-java',
    asks: 'samplingHttp',
    reports: 'jaegerHttp',
  },
  {
    name: "OpenTelemetry's remote sampler for Go 0.38.0",
    program: 'otel-sampling-go',
    asks: 'samplingHttp',
    reports: 'otlpGrpc',
  },
]

const silent: Client = {
  name: "OpenTelemetry's remote sampler for Java 1.65.0",
  program: 'otel-sampling-java',
  asks: 'samplingGrpc',
  reports: 'otlpGrpc',
}

/** What a client kept lately of each operation. */
class KeptLately {
  readonly #rounds: { readonly atMs: number; readonly kept: Readonly<Record<string, number>> }[] =
    []

  add(kept: Readonly<Record<string, number>>): void {
    this.#rounds.push({ atMs: performance.now(), kept })
  }

  /** Whether each was kept about as often as it should be, for the length of a window. */
  isAtTarget(): boolean {
    const fromMs = performance.now() - windowMs
    const [first] = this.#rounds
    if (first === undefined || first.atMs > fromMs) return false
    const recent = this.#rounds.filter(({ atMs }) => atMs > fromMs)
    return operations.every((operation) => {
      const sum = recent.reduce((total, { kept }) => total + (kept[operation] ?? 0), 0)
      return isNear((sum * 1000) / windowMs)
    })
  }
}

async function startGateway(t: Test): Promise<Addresses> {
  const gateway = await GatewayProcess.start({ store: 'memory:', args })
  t.teardown(() => gateway.stop())
  return await gateway.ready()
}

/** Root spans that were counted, by what they told. */
async function counted({ admin }: Addresses): Promise<(keptBy: string) => number> {
  const sum = await readMetrics(admin)
  return (keptBy) => sum('spangate_sampling_roots_total', { kept_by: keptBy })
}

/** Starts a client, and waits until it has kept too much and then what it should. */
async function comesToTarget(t: Test, client: Client, addresses: Addresses): Promise<void> {
  const peer = new SamplingPeer(client.program, {
    endpoint: addresses[client.asks],
    report: addresses[client.reports],
    service: client.program,
    operations,
    pollMs,
    made,
  })
  t.teardown(() => peer.stop())
  try {
    // A fifth is kept before anything is known.
    await peer.until(({ kept }) => operations.every((one) => (kept[one] ?? 0) > made / 20))
    const lately = new KeptLately()
    await peer.until(({ kept }) => {
      lately.add(kept)
      return lately.isAtTarget()
    })
    t.pass(client.name)
  } catch (cause) {
    throw new Error(`${client.name} does not come to the target`, { cause })
  }
}

/** The same of the sampler of this package, which is in the test's process. */
async function oursComesToTarget(t: Test, client: SteadyClient): Promise<void> {
  await until(() => client.kept > targetPerSecond * 4)
  await until(() => isNear(client.keptPerSecond(windowMs)))
  t.pass('createRemoteSampler in an OpenTelemetry SDK for Node')
}

function isNear(perSecond: number): boolean {
  return perSecond > targetPerSecond * 0.6 && perSecond < targetPerSecond * 1.5
}

t.test(
  'clients whose spans tell their share come to the target',
  needs(...telling.map(({ program }) => program)),
  async (t) => {
    const addresses = await startGateway(t)
    const ours = new SteadyClient({
      service: 'ours',
      otlp: addresses.otlpGrpc,
      sampling: addresses.samplingHttp,
      madePerSecond: 2000,
    })
    t.teardown(() => ours.stop())
    await Promise.all([
      ...telling.map((client) => comesToTarget(t, client, addresses)),
      oursComesToTarget(t, ours),
    ])
    const by = await counted(addresses)
    t.ok(by('share') > 1000, `${by('share')} tell their share`)
    t.equal(by('untold'), 0)
  },
)

t.test(
  `${silent.name} tells nothing, and comes to the target`,
  needs(silent.program),
  async (t) => {
    const addresses = await startGateway(t)
    await comesToTarget(t, silent, addresses)
    const by = await counted(addresses)
    t.ok(by('untold') > 100, `${by('untold')} tell nothing`)
    t.equal(by('share'), 0)
  },
)
