import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { SpanTransport } from '../bridge/opentelemetry/span-transport.ts'
import type { Config } from './config/settings.ts'
import { listOf, settings } from './config/settings.ts'
import { createArrivalClock } from './pipeline/arrival-clock.ts'
import { ByteBudget } from './pipeline/byte-budget.ts'
import { createSpanPipeline } from './pipeline/span-pipeline.ts'
import type { SpanStore } from './ports/span-store.ts'
import { limitSearches } from './query/limit-searches.ts'
import { createQueryServices } from './query/query-services.ts'
import { StalledAnswers } from './query/stalled-answers.ts'
import { createBatchPool } from './receivers/batch-pool.ts'
import { DecodeThread } from './receivers/decode-thread.ts'
import { InProcessReceiver } from './receivers/in-process/in-process-receiver.ts'
import { jaegerCollectorService } from './receivers/jaeger-grpc/collector-service.ts'
import { jaegerBatchRoute } from './receivers/jaeger-http/batch-route.ts'
import type {
  JaegerUdpListener,
  JaegerUdpOptions,
} from './receivers/jaeger-udp/jaeger-udp-listeners.ts'
import { createJaegerUdpListeners } from './receivers/jaeger-udp/jaeger-udp-listeners.ts'
import type { OtlpTraceServiceOptions } from './receivers/otlp-grpc/trace-service.ts'
import { otlpTraceService } from './receivers/otlp-grpc/trace-service.ts'
import { otlpTraceRoute } from './receivers/otlp-http/trace-route.ts'
import type { SpanReceiverOptions } from './receivers/receive-spans.ts'
import { zipkinSpanService } from './receivers/zipkin-grpc/span-service.ts'
import { zipkinSpanRoutes } from './receivers/zipkin-http/span-routes.ts'
import type { Sampling, SamplingOptions } from './sampling/open-sampling.ts'
import { openSampling } from './sampling/open-sampling.ts'
import { openStore } from './stores/open-store.ts'
import { storeEventHandler } from './stores/report-events.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { createMetrics, metricsContentType } from './telemetry/metrics.ts'
import { observeProcess } from './telemetry/process-metrics.ts'
import { createAdminListener } from './transport/admin-listener.ts'
import { addressText, cannotListen } from './transport/bound-address.ts'
import type { GrpcListener } from './transport/grpc-listener.ts'
import { createGrpcListener } from './transport/grpc-listener.ts'
import type { GrpcService } from './transport/grpc-service.ts'
import type { HttpListener, HttpListenerOptions } from './transport/http-listener.ts'
import { createHttpListener } from './transport/http-listener.ts'
import { Inflow } from './transport/inflow.ts'
import { createMessagePool } from './transport/memory-pool.ts'
import { readDescriptors } from './transport/reflection/descriptors.ts'

// Wiring: reads like the picture in docs/ARCHITECTURE.md, and is the only file that knows every part.

/** What the gateway is started with. */
export interface GatewayOptions {
  readonly config: Config
  readonly logger: Logger
}

/** A running gateway. */
export interface Gateway {
  /** What listens where, each `name=host:port[,host:port]`, in the order of the settings. */
  readonly addresses: readonly string[]
  /** For spans of this process: `createSpanExporter({ gateway })` of `spangate/client` sends by it. */
  readonly spanTransport: SpanTransport
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
  const stopObserving = observeProcess(metrics)
  const store = await openTheStore(options, metrics)
  let sampling: Sampling | undefined
  let parts: Listeners | undefined
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    parts?.setReady(false)
    const graceMs = config['shutdown.grace']
    const listeners = [...(parts?.grpc ?? []), ...(parts?.http ?? []), ...(parts?.udp ?? [])]
    await Promise.all([
      ...listeners.map(({ listener }) => listener.stop(graceMs)),
      parts?.inProcess.stop(graceMs),
    ])
    await parts?.admin.stop()
    parts?.inflow.close()
    await parts?.decodeThread.close()
    await sampling?.close()
    await store.close()
    stopObserving()
    await metrics.close()
  }
  try {
    sampling = await openTheSampling(options, metrics)
    parts = createListeners({ ...options, metrics, store, sampling })
    const addresses = await startListeners(parts)
    parts.setReady(true)
    logger.info({ store: config.store, addresses }, 'ready')
    return {
      addresses,
      spanTransport: parts.inProcess.transport,
      stop: () => {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function openTheStore({ config, logger }: GatewayOptions, metrics: Metrics): Promise<SpanStore> {
  return openStore({
    address: config.store,
    retentionMs: config['store.retention'],
    clockGraceMs: config['store.clock-grace'],
    memoryBytesMax: config['store.memory.max-bytes'],
    maxBytes: config['store.sqlite.max-bytes'],
    readers: config['store.sqlite.readers'],
    searchBounds: {
      timeMaxMs: config['search.max-time'],
      spansMax: config['search.max-spans'],
    },
    onEvent: storeEventHandler(logger.child({ part: 'store' }), metrics),
  })
}

function openTheSampling({ config, logger }: GatewayOptions, metrics: Metrics): Promise<Sampling> {
  const location = config['sampling.strategies']
  return openSampling({
    location: location === '' ? undefined : location,
    defaultProbability: config['sampling.default-probability'],
    reloadMs: config['sampling.reload-interval'],
    timeoutMs: config['sampling.timeout'],
    bytesMax: config['sampling.max-size'],
    baggageRestrictions: listOf(config['sampling.baggage-restrictions']),
    adaptive: config['sampling.mode'] === 'adaptive' ? adaptiveOf(config) : undefined,
    metrics,
    logger: logger.child({ part: 'sampling' }),
  })
}

interface Listeners {
  readonly grpc: readonly { readonly name: string; readonly listener: GrpcListener }[]
  readonly http: readonly { readonly name: string; readonly listener: HttpListener }[]
  readonly udp: readonly { readonly name: string; readonly listener: JaegerUdpListener }[]
  readonly inProcess: InProcessReceiver
  readonly admin: ReturnType<typeof createAdminListener>
  readonly inflow: Inflow
  readonly decodeThread: DecodeThread
  setReady(ready: boolean): void
}

function adaptiveOf(config: Config): SamplingOptions['adaptive'] {
  return {
    targetPerSecond: config['sampling.adaptive.target-rate'],
    tolerance: config['sampling.adaptive.tolerance'],
    intervalMs: config['sampling.adaptive.interval'],
    delayMs: config['sampling.adaptive.delay'],
    buckets: config['sampling.adaptive.buckets'],
    initialProbability: config['sampling.default-probability'],
    minProbability: config['sampling.adaptive.min-probability'],
    minPerSecond: config['sampling.adaptive.min-rate'],
    servicesMax: config['sampling.adaptive.max-services'],
    operationsMax: config['sampling.adaptive.max-operations'],
  }
}

interface Opened extends GatewayOptions {
  readonly metrics: Metrics
  readonly store: SpanStore
  readonly sampling: Sampling
}

function createListeners(options: Opened): Listeners {
  const { config, metrics, store, sampling } = options
  const logger = options.logger.child({ part: 'transport' })
  const waitMs = config['admission.wait']
  const budget = new ByteBudget({ boundBytes: config['admission.max-bytes'], waitMs })
  const stalledAfterMs = config['admission.stalled-after']
  const inflow = new Inflow({ budget, waitMs, stalledAfterMs, metrics, logger })
  const searchesMax = config['search.max-concurrent']
  const stalled = new StalledAnswers(
    {
      stalledAfterMs: config['search.stalled-after'],
      stalledMax: config['search.max-stalled'],
    },
    metrics,
  )
  const onRefused = (): void => stalled.press()
  const searched = limitSearches(store, { searchesMax, metrics, onRefused })
  const decodeThread = new DecodeThread({ logger })
  const sink = sampling.observed(createSpanPipeline({ store, budget, metrics, logger }))
  const receiver = { sink, decodeThread, metrics, logger, ...sharedByReceivers() }
  const addresses = listOf(config.bind)
  const shared = { addresses, inflow, messagePool: createMessagePool(), metrics, logger, sampling }
  const queries = createQueryServices({
    store: searched,
    metrics,
    logger: options.logger,
    stalled,
  })
  const grpc = createGrpcListeners(config, receiver, queries, shared)
  const http = createHttpListeners(config, receiver, { ...shared, stalledAfterMs })
  const udp = createUdpListeners(config, { ...receiver, addresses })
  const inProcess = new InProcessReceiver(receiver)
  let ready = false
  const admin = createAdminListener({
    addresses,
    port: config['admin.port'],
    isReady: () => ready,
    renderMetrics: () => metrics.render(),
    metricsContentType,
    logger,
  })
  const setReady = (value: boolean): void => {
    ready = value
    for (const { listener } of grpc) listener.setServing(value)
  }
  return { grpc, http, udp, inProcess, admin, inflow, decodeThread, setReady }
}

function createUdpListeners(
  config: Config,
  shared: SpanReceiverOptions & Pick<JaegerUdpOptions, 'addresses' | 'logger'>,
): Listeners['udp'] {
  const { compact, binary, zipkin } = createJaegerUdpListeners({
    ...shared,
    compactPort: config['jaeger.udp.compact.port'],
    binaryPort: config['jaeger.udp.binary.port'],
    zipkinPort: config['jaeger.udp.zipkin.port'],
    packetBytesMax: config['jaeger.udp.max-packet-size'],
    queueBytesMax: config['jaeger.udp.max-queue-size'],
  })
  return [
    { name: 'jaeger.udp.compact', listener: compact },
    { name: 'jaeger.udp.binary', listener: binary },
    { name: 'jaeger.udp.zipkin', listener: zipkin },
  ]
}

/** What listeners are made of, whatever they speak. */
type Shared = Pick<
  HttpListenerOptions,
  'addresses' | 'inflow' | 'messagePool' | 'metrics' | 'logger'
> & { readonly sampling: Sampling }

function createGrpcListeners(
  config: Config,
  receiver: OtlpTraceServiceOptions,
  queries: readonly GrpcService[],
  { messagePool, sampling, ...others }: Shared,
): Listeners['grpc'] {
  const shared = { ...others, descriptors: readDescriptors(descriptorSet()) }
  const pool = messagePool === undefined ? {} : { messagePool }
  return [
    {
      name: 'otlp.grpc',
      listener: createGrpcListener({
        ...shared,
        ...pool,
        name: 'otlp_grpc',
        port: config['otlp.grpc.port'],
        services: [otlpTraceService(receiver), zipkinSpanService(receiver)],
        maxMessageBytes: config['otlp.grpc.max-message-size'],
        maxMessageSetting: 'otlp.grpc.max-message-size',
      }),
    },
    {
      name: 'jaeger.grpc',
      listener: createGrpcListener({
        ...shared,
        ...pool,
        name: 'jaeger_grpc',
        port: config['jaeger.grpc.port'],
        services: [jaegerCollectorService(receiver), sampling.service('jaeger_grpc')],
        maxMessageBytes: config['jaeger.grpc.max-message-size'],
        maxMessageSetting: 'jaeger.grpc.max-message-size',
      }),
    },
    {
      name: 'query.grpc',
      listener: createGrpcListener({
        ...shared,
        name: 'query_grpc',
        port: config['query.grpc.port'],
        services: queries,
        maxMessageBytes: smallRequestBytesMax,
        maxMessageSetting: 'the limit of a query',
      }),
    },
    {
      name: 'sampling.grpc',
      listener: createGrpcListener({
        ...shared,
        name: 'sampling_grpc',
        port: config['sampling.grpc.port'],
        services: [sampling.service('sampling_grpc')],
        maxMessageBytes: smallRequestBytesMax,
        maxMessageSetting: 'the limit of a question',
      }),
    },
  ]
}

function createHttpListeners(
  config: Config,
  receiver: SpanReceiverOptions & { readonly logger: Logger },
  { sampling, ...shared }: Shared & Pick<HttpListenerOptions, 'stalledAfterMs'>,
): Listeners['http'] {
  const allowedOrigins = listOf(config['otlp.http.cors.allowed-origins'])
  const zipkinOrigins = listOf(config['zipkin.http.cors.allowed-origins'])
  return [
    {
      name: 'otlp.http',
      listener: createHttpListener({
        ...shared,
        name: 'otlp_http',
        port: config['otlp.http.port'],
        routes: [otlpTraceRoute({ ...receiver, allowedOrigins })],
        maxMessageBytes: config['otlp.http.max-message-size'],
        maxMessageSetting: 'otlp.http.max-message-size',
        maxConnections: config['otlp.http.max-connections'],
      }),
    },
    {
      name: 'jaeger.http',
      listener: createHttpListener({
        ...shared,
        name: 'jaeger_http',
        port: config['jaeger.http.port'],
        routes: [jaegerBatchRoute(receiver), sampling.collectorRoute],
        maxMessageBytes: config['jaeger.http.max-message-size'],
        maxMessageSetting: 'jaeger.http.max-message-size',
        maxConnections: config['jaeger.http.max-connections'],
      }),
    },
    {
      name: 'zipkin.http',
      listener: createHttpListener({
        ...shared,
        name: 'zipkin_http',
        port: config['zipkin.http.port'],
        routes: zipkinSpanRoutes({ ...receiver, allowedOrigins: zipkinOrigins }),
        maxMessageBytes: config['zipkin.http.max-message-size'],
        maxMessageSetting: 'zipkin.http.max-message-size',
        maxConnections: config['zipkin.http.max-connections'],
      }),
    },
    {
      name: 'sampling.http',
      listener: createHttpListener({
        ...shared,
        name: 'sampling_http',
        port: config['sampling.http.port'],
        routes: sampling.agentRoutes,
        maxMessageBytes: smallRequestBytesMax,
        maxMessageSetting: 'the limit of a question',
        maxConnections: config['sampling.http.max-connections'],
      }),
    },
  ]
}

/** What all receivers of spans share. */
function sharedByReceivers() {
  return { now: createArrivalClock(), batchPool: createBatchPool() }
}

/** A query is a few conditions, a question about sampling a name; nobody needs more. */
const smallRequestBytesMax = 1024 * 1024

async function startListeners({ grpc, http, udp, admin }: Listeners): Promise<readonly string[]> {
  const addresses: string[] = []
  const all = [...grpc, ...http, ...udp, { name: 'admin', listener: admin }]
  const order = Object.keys(settings)
  all.sort((a, b) => order.indexOf(`${a.name}.port`) - order.indexOf(`${b.name}.port`))
  for (const { name, listener } of all) {
    const started = await listener.start().catch((error: unknown) => {
      throw cannotListen(name, error)
    })
    addresses.push(`${name}=${started.addresses.map(addressText).join(',')}`)
  }
  return addresses
}

function descriptorSet(): Uint8Array {
  return readFileSync(new URL('../../proto/gen/spangate.binpb', import.meta.url))
}
