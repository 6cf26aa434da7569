import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Config } from './config/settings.ts'
import { listOf } from './config/settings.ts'
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
import type { Sampling } from './sampling/open-sampling.ts'
import type { AdminRoutesOptions } from './transport/admin-routes.ts'
import { adminRoutes } from './transport/admin-routes.ts'
import type { GrpcListener } from './transport/grpc-listener.ts'
import { createGrpcListener } from './transport/grpc-listener.ts'
import type { GrpcService } from './transport/grpc-service.ts'
import type { HttpListener, HttpListenerOptions } from './transport/http-listener.ts'
import { createHttpListener } from './transport/http-listener.ts'
import { firstOf, routesByPath } from './transport/http-route.ts'
import { readDescriptors } from './transport/reflection/descriptors.ts'

/** A listener and its name, with which its settings begin. */
export interface Named<Listener> {
  readonly name: string
  readonly listener: Listener
}

/** Those of Jaeger's agent. */
export function createUdpListeners(
  config: Config,
  shared: SpanReceiverOptions & Pick<JaegerUdpOptions, 'addresses' | 'logger'>,
): readonly Named<JaegerUdpListener>[] {
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
export type Shared = Pick<
  HttpListenerOptions,
  'addresses' | 'inflow' | 'messagePool' | 'metrics' | 'logger'
> & { readonly sampling: Sampling }

/** Services that read traces. */
export interface ReadServices {
  /** For people and their programs. */
  readonly queries: readonly GrpcService[]
  /** For a Jaeger that has this gateway as its storage. */
  readonly storage: readonly GrpcService[]
}

/** Those that speak gRPC, each with reflection and health. */
export function createGrpcListeners(
  config: Config,
  receiver: OtlpTraceServiceOptions,
  { queries, storage }: ReadServices,
  { messagePool, sampling, ...others }: Shared,
): readonly Named<GrpcListener>[] {
  const shared = { ...others, descriptors: readDescriptors(descriptorSet()) }
  const pool = messagePool === undefined ? {} : { messagePool }
  return [
    {
      name: 'otlp.grpc',
      listener: createGrpcListener({
        ...shared,
        ...pool,
        name: 'otlp_grpc',
        elsewhere: elsewhere(config, 'OTLP over HTTP', 'otlp.http.port'),
        port: config['otlp.grpc.port'],
        maxConnections: config['otlp.grpc.max-connections'],
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
        elsewhere: elsewhere(config, 'Jaeger Thrift over HTTP', 'jaeger.http.port'),
        port: config['jaeger.grpc.port'],
        maxConnections: config['jaeger.grpc.max-connections'],
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
        elsewhere: elsewhere(config, 'the HTTP API', 'query.http.port'),
        port: config['query.grpc.port'],
        maxConnections: config['query.grpc.max-connections'],
        services: queries,
        maxMessageBytes: smallRequestBytesMax,
        maxMessageSetting: 'the limit of a query',
      }),
    },
    {
      name: 'storage.grpc',
      listener: createGrpcListener({
        ...shared,
        ...pool,
        name: 'storage_grpc',
        port: config['storage.grpc.port'],
        maxConnections: config['storage.grpc.max-connections'],
        services: [...storage, otlpTraceService(receiver, 'storage_grpc')],
        maxMessageBytes: config['storage.grpc.max-message-size'],
        maxMessageSetting: 'storage.grpc.max-message-size',
      }),
    },
    {
      name: 'sampling.grpc',
      listener: createGrpcListener({
        ...shared,
        name: 'sampling_grpc',
        elsewhere: elsewhere(config, 'sampling over HTTP', 'sampling.http.port'),
        port: config['sampling.grpc.port'],
        maxConnections: config['sampling.grpc.max-connections'],
        services: [sampling.service('sampling_grpc')],
        maxMessageBytes: smallRequestBytesMax,
        maxMessageSetting: 'the limit of a question',
      }),
    },
  ]
}

type HttpPortSetting =
  | 'otlp.http.port'
  | 'jaeger.http.port'
  | 'query.http.port'
  | 'sampling.http.port'

/** What a client of HTTP is told that came to a port of gRPC. */
function elsewhere(config: Config, what: string, setting: HttpPortSetting): string {
  const port = config[setting]
  return port === 0 ? `${what} is at ${setting}` : `${what} is at port ${port} (${setting})`
}

/** Those that speak HTTP, but for the HTTP API. */
export function createHttpListeners(
  config: Config,
  receiver: SpanReceiverOptions & { readonly logger: Logger },
  { sampling, ...shared }: Shared & Pick<HttpListenerOptions, 'stalledAfterMs'>,
): readonly Named<HttpListener>[] {
  const allowedOrigins = listOf(config['otlp.http.cors.allowed-origins'])
  const zipkinOrigins = listOf(config['zipkin.http.cors.allowed-origins'])
  return [
    {
      name: 'otlp.http',
      listener: createHttpListener({
        ...shared,
        name: 'otlp_http',
        port: config['otlp.http.port'],
        router: routesByPath([otlpTraceRoute({ ...receiver, allowedOrigins })]),
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
        router: firstOf(routesByPath([jaegerBatchRoute(receiver)]), sampling.collectorRouter),
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
        router: routesByPath(zipkinSpanRoutes({ ...receiver, allowedOrigins: zipkinOrigins })),
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
        router: sampling.agentRouter,
        maxMessageBytes: smallRequestBytesMax,
        maxMessageSetting: 'the limit of a question',
        maxConnections: config['sampling.http.max-connections'],
      }),
    },
  ]
}

/** That of the HTTP API. */
export function createQueryListener(
  config: Config,
  {
    messagePool: _,
    ...shared
  }: Shared & Pick<HttpListenerOptions, 'stalledAfterMs' | 'router' | 'waiting'>,
): Named<HttpListener> {
  return {
    name: 'query.http',
    listener: createHttpListener({
      ...shared,
      name: 'query_http',
      port: config['query.http.port'],
      maxMessageBytes: config['query.http.max-message-size'],
      maxMessageSetting: 'query.http.max-message-size',
      maxConnections: config['query.http.max-connections'],
      maxHeaderBytes: queryHeaderBytesMax,
    }),
  }
}

/** That of operators. */
export function createAdminListener(
  config: Config,
  routes: AdminRoutesOptions,
  { messagePool: _, ...shared }: Shared & Pick<HttpListenerOptions, 'stalledAfterMs'>,
): Named<HttpListener> {
  return {
    name: 'admin',
    listener: createHttpListener({
      ...shared,
      name: 'admin',
      port: config['admin.port'],
      router: adminRoutes(routes),
      maxMessageBytes: smallRequestBytesMax,
      maxMessageSetting: 'the limit of a question',
      maxConnections: config['admin.max-connections'],
    }),
  }
}

/** The line of a query with some hundred ids or conditions in it, and what browsers add. */
const queryHeaderBytesMax = 64 * 1024
/** A query is a few conditions, a question about sampling a name; nobody needs more. */
const smallRequestBytesMax = 1024 * 1024

function descriptorSet(): Uint8Array {
  return readFileSync(new URL('../../proto/gen/spangate.binpb', import.meta.url))
}
