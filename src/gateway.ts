import type { Logger } from 'pino'
import type { SpanTransport } from '../bridge/opentelemetry/span-transport.ts'
import { adaptiveParameters } from './adaptive-parameters.ts'
import { namedDurationsOf } from './config/named-durations.ts'
import type { Config } from './config/settings.ts'
import { listOf, settings } from './config/settings.ts'
import type { Closing } from './errors/close-all.ts'
import { closeAfter, closeAll } from './errors/close-all.ts'
import type { Named } from './listeners.ts'
import {
  createAdminListener,
  createGrpcListeners,
  createHttpListeners,
  createQueryListener,
  createUdpListeners,
} from './listeners.ts'
import { createArrivalClock } from './pipeline/arrival-clock.ts'
import { ByteBudget } from './pipeline/byte-budget.ts'
import { DroppedSpans } from './pipeline/dropped-spans.ts'
import { createSpanPipeline } from './pipeline/span-pipeline.ts'
import type { GatewayState, ListenerStatus } from './ports/gateway-status.ts'
import type { SpanStore } from './ports/span-store.ts'
import { createQuerySide } from './query-side.ts'
import { createBatchPool } from './receivers/batch-pool.ts'
import { DecodeLanes } from './receivers/decode-lanes.ts'
import { decodePieces } from './receivers/decode-pieces.ts'
import { InProcessReceiver } from './receivers/in-process/in-process-receiver.ts'
import type { JaegerUdpListener } from './receivers/jaeger-udp/jaeger-udp-listeners.ts'
import type { Sampling } from './sampling/open-sampling.ts'
import { openSampling } from './sampling/open-sampling.ts'
import type { GatewayStatusOptions } from './status/gateway-status.ts'
import { GatewayStatusBoard } from './status/gateway-status.ts'
import { observeStore } from './status/observe-store.ts'
import { withoutPassword } from './stores/cassandra/cassandra-address.ts'
import { openSamplingStore } from './stores/open-sampling-store.ts'
import { openStore } from './stores/open-store.ts'
import { storeEventHandler } from './stores/report-events.ts'
import type { WatchedStore } from './stores/watch-store.ts'
import { watchStore } from './stores/watch-store.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { createMetrics, metricsContentType } from './telemetry/metrics.ts'
import { observeProcess } from './telemetry/process-metrics.ts'
import type { GrpcListener } from './transport/grpc-listener.ts'
import type { HttpListener } from './transport/http-listener.ts'
import { Inflow } from './transport/inflow.ts'
import { addressText, cannotListen } from './transport/listening-text.ts'
import { createMessagePool } from './transport/memory-pool.ts'

// Wiring: reads like the picture in docs/ARCHITECTURE.md; with listeners.ts and query-side.ts it is all that knows every part.

/** What the gateway is started with. */
export interface GatewayOptions {
  readonly config: Config
  readonly logger: Logger
  /** Of the program, for whoever asks how it does. */
  readonly version: string
}

/** A running gateway. */
export interface Gateway {
  /** What listens where, each `name=host:port[,host:port]`, in the order of the settings. */
  readonly addresses: readonly string[]
  /** For spans of this process: `createSpanExporter({ gateway })` of `spangate/client` sends by it. */
  readonly spanTransport: SpanTransport
  /** What lies outside of V8's heap for as long as it runs, besides what a store holds. */
  keptBytes(): number
  /** Takes nothing new, finishes what is under way, commits and closes. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Opens the store and all listeners; resolves when every one takes connections. When one of them
 * fails, what was opened is closed again.
 *
 * @throws GatewayError for whatever a person can mend: settings, addresses, the store
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, logger } = options
  const metrics = createMetrics()
  const stopObserving = observeProcess(metrics, options.version)
  const measuring = [{ 'process metrics': stopObserving }, { metrics: () => metrics.close() }]
  let parts: Listeners | undefined
  let stage: Exclude<GatewayState, 'store_away'> = 'starting'
  let isStoreThere = true
  const tellState = (): void => {
    parts?.setState(stage === 'ready' && !isStoreThere ? 'store_away' : stage)
  }
  const store = await openTheStore(options, metrics, (isThere) => {
    isStoreThere = isThere
    tellState()
  }).catch((error: unknown) => closeAfter(error, () => closeAll(measuring)))
  let sampling: Sampling | undefined
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stage = 'stopping'
    tellState()
    const stages = [
      ...(parts === undefined ? [] : closingOf(parts, config['shutdown.grace'])),
      { sampling: () => sampling?.close() },
      { store: () => store.close() },
      ...measuring,
    ]
    return closeAll(stages, (err, part) => logger.error({ err, part }, 'part cannot be closed'))
  }
  try {
    sampling = await openTheSampling(options, metrics)
    parts = createListeners({ ...options, metrics, watched: watchStore(store), sampling })
    const addresses = await startListeners(parts)
    stage = 'ready'
    tellState()
    logger.info({ store: withoutPassword(config.store), addresses }, 'ready')
    return {
      addresses,
      spanTransport: parts.inProcess.transport,
      keptBytes: () => sampling?.keptBytes() ?? 0,
      stop: () => {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    return closeAfter(error, stop)
  }
}

/** @param onThere told when the store as a whole is lost, and when it is back */
function openTheStore(
  { config, logger }: GatewayOptions,
  metrics: Metrics,
  onThere: (isThere: boolean) => void,
): Promise<SpanStore> {
  const report = storeEventHandler(logger.child({ part: 'store' }), metrics)
  return openStore({
    ...storeAddress(config, metrics),
    retentionMs: config['store.retention'],
    clockGraceMs: config['store.clock-grace'],
    memoryBytesMax: config['store.memory.max-bytes'],
    memoryArchiveBytesMax: config['store.memory.archive-max-bytes'],
    maxBytes: config['store.sqlite.max-bytes'],
    archiveMaxBytes: config['store.sqlite.archive-max-bytes'],
    readers: config['store.sqlite.readers'],
    waitingReadsMax: config['store.sqlite.max-waiting-reads'],
    searchBounds: {
      timeMaxMs: config['search.max-time'],
      spansMax: config['search.max-spans'],
    },
    onEvent: (event) => {
      report(event)
      if (event.kind === 'store_away' || event.kind === 'store_back') {
        onThere(event.kind === 'store_back')
      }
    },
  })
}

/** Which store it is, and how it is spoken to. */
function storeAddress(config: Config, metrics: Metrics) {
  return {
    address: config.store,
    cassandra: {
      connectTimeoutMs: config['store.cassandra.connect-timeout'],
      timeoutMs: config['store.cassandra.timeout'],
      speculativeAfterMs: config['store.cassandra.speculative-after'],
      tenantRetentionMs: namedDurationsOf(config['store.cassandra.tenant-retention']),
      requestBytesMax: config['store.cassandra.max-request-size'],
      tagLimits: {
        spanTagsMax: config['store.cassandra.jaeger.max-span-tags'],
        requestTagsMax: config['store.cassandra.jaeger.max-request-tags'],
      },
    },
    remote: {
      connectTimeoutMs: config['store.remote.connect-timeout'],
      timeoutMs: config['store.remote.timeout'],
      requestBytesMax: config['store.remote.max-request-size'],
      messageBytesMax: config['store.remote.max-message-size'],
      depthMax: config['store.remote.max-depth'],
    },
    metrics,
  }
}

function openTheSampling(options: GatewayOptions, metrics: Metrics): Promise<Sampling> {
  const { config } = options
  const logger = options.logger.child({ part: 'sampling' })
  const location = config['sampling.strategies']
  return openSampling({
    location: location === '' ? undefined : location,
    defaultProbability: config['sampling.default-probability'],
    reloadMs: config['sampling.reload-interval'],
    timeoutMs: config['sampling.timeout'],
    bytesMax: config['sampling.max-size'],
    baggageRestrictions: listOf(config['sampling.baggage-restrictions']),
    adaptive: config['sampling.mode'] === 'adaptive' ? adaptiveParameters(config) : undefined,
    openStore: () =>
      openSamplingStore(storeAddress(config, metrics), (message) => logger.warn(message)),
    metrics,
    logger,
  })
}

interface Listeners {
  readonly grpc: readonly Named<GrpcListener>[]
  readonly http: readonly Named<HttpListener>[]
  readonly udp: readonly Named<JaegerUdpListener>[]
  readonly inProcess: InProcessReceiver
  readonly admin: Named<HttpListener>
  readonly inflow: Inflow
  readonly decodeThread: DecodeLanes
  readonly status: GatewayStatusBoard
  readonly running: Running
  setState(state: GatewayState): void
}

/** What changes while the gateway starts and stops. */
interface Running {
  state: GatewayState
  /** Those that are open, in the order of the settings. */
  readonly started: Omit<ListenerStatus, 'openConnections'>[]
}

interface Opened extends GatewayOptions {
  readonly metrics: Metrics
  readonly watched: WatchedStore
  readonly sampling: Sampling
}

function createListeners(options: Opened): Listeners {
  const { config, metrics, watched, sampling } = options
  const { store } = watched
  const logger = options.logger.child({ part: 'transport' })
  const waitMs = config['admission.wait']
  const budget = new ByteBudget({ boundBytes: config['admission.max-bytes'], waitMs })
  const stalledAfterMs = config['admission.stalled-after']
  const inflow = new Inflow({ budget, waitMs, stalledAfterMs, metrics, logger })
  const decodeThread = new DecodeLanes({ logger })
  const dropped = new DroppedSpans()
  const sink = sampling.observed(createSpanPipeline({ store, budget, metrics, logger, dropped }))
  const receiver = { sink, decodeThread, metrics, logger, ...sharedByReceivers() }
  const addresses = listOf(config.bind)
  const shared = { addresses, inflow, messagePool: createMessagePool(), metrics, logger, sampling }
  const running: Running = { state: 'starting', started: [] }
  const queries = createQuerySide({
    config,
    store,
    metrics,
    logger: options.logger,
    sampling: sampling.view,
    status: { status: () => status.status() },
    dropped,
    decodeOtlpJson: async ({ pieces, signal }) => {
      const job = { format: 'otlp_json', pieces, arrivalUnixMs: receiver.now(), signal } as const
      return decodePieces(decodeThread, job)
    },
  })
  const reading = { queries: queries.services, storage: queries.storage }
  const grpc = createGrpcListeners(config, receiver, reading, shared)
  const http = [
    ...createHttpListeners(config, receiver, { ...shared, stalledAfterMs }),
    createQueryListener(config, {
      ...shared,
      stalledAfterMs,
      router: queries.api,
      waiting: queries.stalled,
    }),
  ]
  const udp = createUdpListeners(config, { ...receiver, addresses })
  const inProcess = new InProcessReceiver(receiver)
  const routes = {
    isReady: () => running.state === 'ready',
    renderMetrics: () => metrics.render(),
    metricsContentType,
  }
  const admin = createAdminListener(config, routes, { ...shared, stalledAfterMs })
  // Last, as it begins to look by a timer: above, settings may be refused.
  const status = createStatus(options, running, {
    admission: { budget, inflow },
    waitingAnswers: () => queries.stalled.count,
  })
  const setState = (state: GatewayState): void => {
    running.state = state
    for (const { listener } of grpc) listener.setServing(state === 'ready')
  }
  return { grpc, http, udp, inProcess, admin, inflow, decodeThread, status, running, setState }
}

/** What the parts tell of how the gateway does. */
function createStatus(
  { config, metrics, version, watched, sampling }: Opened,
  running: Running,
  parts: Pick<GatewayStatusOptions, 'admission' | 'waitingAnswers'>,
): GatewayStatusBoard {
  const board = new GatewayStatusBoard({
    ...parts,
    version,
    metrics,
    store: {
      ...watched,
      address: withoutPassword(config.store),
      retentionMs: config['store.retention'],
    },
    sampling: sampling.view,
    searchesMax: config['search.max-concurrent'],
    listeners: () => running.started,
    state: () => running.state,
  })
  observeStore(metrics, { ...watched, facts: () => board.storeFacts() })
  return board
}

/** What all receivers of spans share. */
function sharedByReceivers() {
  return { now: createArrivalClock(), batchPool: createBatchPool() }
}

/** Ports first, so that nothing new comes to what is behind them; operators can ask until the others are done. */
function closingOf(parts: Listeners, graceMs: number): readonly Closing[] {
  const { inProcess, admin, inflow, decodeThread, status } = parts
  const listeners = [...parts.grpc, ...parts.http, ...parts.udp]
  return [
    {
      ...Object.fromEntries(listeners.map((one) => [one.name, () => one.listener.stop(graceMs)])),
      'in-process': () => inProcess.stop(graceMs),
    },
    { [admin.name]: () => admin.listener.stop(graceMs) },
    {
      inflow: () => inflow.close(),
      status: () => status.close(),
      'decode threads': () => decodeThread.close(),
    },
  ]
}

async function startListeners(parts: Listeners): Promise<readonly string[]> {
  const { started } = parts.running
  const all = [
    ...parts.grpc.map((one) => ({ ...one, protocol: 'gRPC' as const })),
    ...parts.http.map((one) => ({ ...one, protocol: 'HTTP' as const })),
    ...parts.udp.map((one) => ({ ...one, protocol: 'UDP' as const })),
    { ...parts.admin, protocol: 'HTTP' as const },
  ]
  const order = Object.keys(settings)
  all.sort((a, b) => order.indexOf(`${a.name}.port`) - order.indexOf(`${b.name}.port`))
  for (const { name, listener, protocol } of all) {
    const bound = await listener.start().catch((error: unknown) => {
      throw cannotListen(name, error)
    })
    const addresses = bound.addresses.map(addressText)
    started.push({ name, protocol, addresses, isEncrypted: false })
  }
  return started.map(({ name, addresses }) => `${name}=${addresses.join(',')}`)
}
