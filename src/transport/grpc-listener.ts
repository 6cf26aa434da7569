import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type {
  MethodDefinition,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Bound, BoundAddress } from './bind-addresses.ts'
import { bindAddresses, logFailures } from './bind-addresses.ts'
import { callInterceptor } from './call-interceptor.ts'
import { setInitialWindow } from './grpc-internals.ts'
import type { GrpcService } from './grpc-service.ts'
import { InboundConnection } from './inbound-connection.ts'
import type { Inflow } from './inflow.ts'
import { windowBytes } from './inflow.ts'
import type { MemoryPool } from './memory-pool.ts'
import { inOnePiece } from './message-collector.ts'
import { PrefaceCheck } from './preface-check.ts'
import type { Descriptors } from './reflection/descriptors.ts'
import { reflectionServices } from './reflection/reflection-service.ts'
import type { Deserializer } from './unary-call.ts'

/** What a listener is made of. */
export interface GrpcListenerOptions {
  /** In logs and as a label, for example `otlp_grpc`. */
  readonly name: string
  /** Addresses or host names; `localhost` is both loopback addresses. */
  readonly addresses: readonly string[]
  /** 0 takes a free one. */
  readonly port: number
  readonly services: readonly GrpcService[]
  /** Most bytes of one request, after decompression; 64 MiB by default. */
  readonly maxMessageBytes?: number
  /** The setting that it comes from, for the message of a refusal. */
  readonly maxMessageSetting: string
  /** Where clients go that speak HTTP/1.1, for the message to one that comes here. */
  readonly elsewhere?: string
  /** Connections beyond so many are closed at once; 2,048 by default. */
  readonly maxConnections?: number
  /** Keeps what arrives under the bound; one for all listeners of the process. */
  readonly inflow: Inflow
  /**
   * Memory for requests, one pool for all listeners; without it each request gets its own. A request is
   * overwritten when its call is over, unless its handler takes it over (`HeldMemory`).
   */
  readonly messagePool?: MemoryPool<Buffer>
  /** What reflection tells about the services. */
  readonly descriptors: Descriptors
  readonly metrics: Metrics
  readonly logger: Logger
}

/** A gRPC port; see `createGrpcListener`. */
export interface GrpcListener {
  /** Resolves when connections are taken. */
  start(): Promise<{ readonly port: number; readonly addresses: readonly BoundAddress[] }>
  /** What health answers, for every name of the listener; true from the start. */
  setServing(serving: boolean): void
  /**
   * Takes no more connections and calls, lets those under way finish, and cuts what is left after
   * the grace. Safe to call twice and without start.
   */
  stop(graceMs: number): Promise<void>
}

/** Default of `maxConnections`. */
const maxConnectionsDefault = 2048
/** Default of `maxMessageBytes`. */
const maxMessageBytesDefault = 64 * 1024 * 1024

/** Idle clients are asked this often whether they are still there, and have this long to answer. */
const keepaliveMs = 60_000
/** One client's concurrent calls; more wait at the client, as HTTP/2 has it. */
const concurrentStreamsMax = 1000

/**
 * A gRPC server on one port: the given services, reflection (v1 and v1alpha) and health.
 *
 * Sockets are ours and are handed to grpc-js as they are once they bring HTTP/2 (preface-check.ts); bytes are counted on the streams
 * (call-interceptor.ts), and a socket's connection is found again by a field that it carries.
 */
export function createGrpcListener(options: GrpcListenerOptions): GrpcListener {
  const maxMessageBytes = options.maxMessageBytes ?? maxMessageBytesDefault
  const { boundBytes } = options.inflow.budget
  if (maxMessageBytes * 3 > boundBytes) {
    throw new GatewayError(
      'bad_settings',
      `Cannot listen: ${options.maxMessageSetting} is ${maxMessageBytes} bytes, must be at most a third of the bound of bytes in flight, admission.max-bytes (${boundBytes})`,
    )
  }
  const deserializers = new Map<string, Deserializer>()
  const bulk = options.services.filter(({ takesPieces }) => takesPieces)
  const copying = options.services.filter(({ copiesRequests }) => copiesRequests)
  const server = new Server({
    interceptors: [
      callInterceptor({
        gate: options.inflow,
        connectionOf,
        deserializers,
        messagePool: options.messagePool,
        bulkPaths: pathsOf(bulk),
        copyingPaths: pathsOf(copying),
        maxMessageBytes,
        maxMessageSetting: options.maxMessageSetting,
        listenerName: options.name,
        metrics: options.metrics,
        logger: options.logger,
      }),
    ],
    // The limit is ours, with a message that names the setting; grpc-js' own comes second.
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveMs,
    'grpc.max_concurrent_streams': concurrentStreamsMax,
    'grpc.enable_channelz': 0,
  })
  setInitialWindow(server, windowBytes)
  const { health } = addServices(server, options, deserializers)
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const connections = new Set<InboundConnection>()
  const { name, metrics, logger, elsewhere } = options
  const prefaces = new PrefaceCheck({ name, metrics, logger, elsewhere })
  const onConnection = (socket: Socket) => {
    if (!takeConnection(socket, options, connections)) return
    prefaces.check(socket, () => injector.injectConnection(socket))
  }
  return lifecycle({ options, server, health, connections, prefaces, onConnection })
}

/** Counts a connection until it is closed. @returns false where there are too many, so that it was closed */
function takeConnection(
  socket: Socket,
  options: GrpcListenerOptions,
  connections: Set<InboundConnection>,
): boolean {
  const { name: listener, inflow, metrics, maxConnections = maxConnectionsDefault } = options
  if (connections.size >= maxConnections) {
    metrics.add('spangate_connections_refused_total', 1, { listener })
    socket.destroy()
    return false
  }
  const connection = new InboundConnection(socket, listener)
  Object.assign(socket, { [connectionKey]: connection })
  connections.add(connection)
  inflow.add(connection)
  metrics.add('spangate_connections_open', 1, { listener })
  socket.once('close', () => {
    connections.delete(connection)
    inflow.remove(connection)
    metrics.add('spangate_connections_open', -1, { listener })
  })
  return true
}

/** Where a socket has its connection. */
const connectionKey = Symbol('connection')

function connectionOf(stream: ServerHttp2Stream): InboundConnection | undefined {
  const socket = stream.session?.socket
  return (socket as { [connectionKey]?: InboundConnection } | undefined)?.[connectionKey]
}

interface Parts {
  readonly options: GrpcListenerOptions
  readonly server: Server
  readonly health: { setServing(serving: boolean): void }
  readonly connections: ReadonlySet<InboundConnection>
  readonly prefaces: PrefaceCheck
  readonly onConnection: (socket: Socket) => void
}

function lifecycle(parts: Parts): GrpcListener {
  const { options, server, health, connections } = parts
  let bound: Bound | undefined
  let stopped: Promise<void> | undefined
  const stop = async (graceMs: number) => {
    bound?.close()
    parts.prefaces.close()
    health.setServing(false)
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => {
        options.logger.warn(
          { listener: options.name, connections: connections.size },
          'calls cut after the grace of the shutdown',
        )
        server.forceShutdown()
        for (const connection of connections) connection.destroy()
        // grpc-js may never call back for sessions that it was forced to end.
        resolve()
      }, graceMs)
      server.tryShutdown(() => {
        clearTimeout(cut)
        resolve()
      })
    })
    options.logger.info({ listener: options.name }, 'gRPC listener stopped')
  }
  return {
    async start() {
      const { addresses, port } = options
      const { onConnection } = parts
      bound = await bindAddresses({ addresses, port, onConnection, onError: logFailures(options) })
      options.logger.info(
        { listener: options.name, addresses: bound.addresses },
        'gRPC listener started',
      )
      return { port: bound.port, addresses: bound.addresses }
    },
    setServing: (serving) => health.setServing(serving),
    stop: (graceMs) => {
      stopped ??= stop(graceMs)
      return stopped
    },
  }
}

function addServices(
  server: Server,
  options: GrpcListenerOptions,
  deserializers: Map<string, Deserializer>,
) {
  const names = options.services.map(({ definition }) => nameOf(definition))
  const healthNames = ['', ...names]
  const statuses = (status: 'SERVING' | 'NOT_SERVING') =>
    Object.fromEntries(healthNames.map((name) => [name, status]))
  const implementation = new HealthImplementation(statuses('SERVING'))
  const add = (service: GrpcService) => {
    server.addService(passThrough(service, deserializers), service.implementation)
  }
  for (const service of options.services) add(service)
  implementation.addToServer({
    addService: (definition: ServiceDefinition, handlers: UntypedServiceImplementation) =>
      add({ definition, implementation: handlers }),
  } as Server)
  const listed = [...names, 'grpc.health.v1.Health']
  for (const service of reflectionServices(options.descriptors, listed)) add(service)
  const setServing = (serving: boolean) => {
    const status = serving ? 'SERVING' : 'NOT_SERVING'
    for (const name of healthNames) implementation.setStatus(name, status)
  }
  return { health: { setServing } }
}

/**
 * The same service, its unary requests as they are on the wire: they are put together, decompressed
 * and deserialized by our interceptor.
 */
function passThrough(
  { definition, takesPieces }: GrpcService,
  deserializers: Map<string, Deserializer>,
): ServiceDefinition {
  const methods: [string, MethodDefinition<unknown, unknown>][] = []
  for (const [name, method] of Object.entries(definition)) {
    if (method.requestStream) methods.push([name, method])
    else {
      deserializers.set(
        method.path,
        takesPieces === true
          ? (pieces) => pieces
          : (pieces) => method.requestDeserialize(inOnePiece(pieces)),
      )
      methods.push([name, { ...method, requestDeserialize: (bytes: Buffer) => bytes }])
    }
  }
  return Object.fromEntries(methods)
}

function pathsOf(services: readonly GrpcService[]): ReadonlySet<string> {
  const methods = services.flatMap(({ definition }) => Object.values(definition))
  return new Set(methods.map(({ path }) => path))
}

/** `/package.Service/Method` of any of its methods gives the name. */
function nameOf(definition: ServiceDefinition): string {
  const path = Object.values(definition)[0]?.path ?? ''
  return path.slice(1, path.lastIndexOf('/'))
}
