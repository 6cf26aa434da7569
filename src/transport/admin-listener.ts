import type { Socket } from 'node:net'
import { fastify } from 'fastify'
import type { Logger } from 'pino'
import type { Bound, BoundAddress } from './bind-addresses.ts'
import { bindAddresses, logFailures } from './bind-addresses.ts'

/** What the admin port is made of. */
export interface AdminListenerOptions {
  readonly addresses: readonly string[]
  /** 0 takes a free one. */
  readonly port: number
  /** True when every listener is up and none is stopping. */
  readonly isReady: () => boolean
  /** The text of `/metrics`, and its content type. */
  readonly renderMetrics: () => Promise<string>
  readonly metricsContentType: string
  readonly logger: Logger
}

/** The HTTP port for operators; see `createAdminListener`. */
export interface AdminListener {
  /** Resolves when connections are taken. */
  start(): Promise<{ readonly port: number; readonly addresses: readonly BoundAddress[] }>
  /** Finishes what is under way. Safe to call twice and without start. */
  stop(): Promise<void>
}

/** Requests here have no body. */
const bodyBytesMax = 1024

/**
 * `/healthz` (the process runs: 200), `/readyz` (200 when it takes requests, else 503) and
 * `/metrics`.
 */
export function createAdminListener(options: AdminListenerOptions): AdminListener {
  const app = fastify({ bodyLimit: bodyBytesMax })
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', (_request, reply) => {
    const ready = options.isReady()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', options.metricsContentType).send(await options.renderMetrics()),
  )
  app.setErrorHandler((error, _request, reply) => {
    options.logger.error({ err: error }, 'admin request failed')
    return reply.code(500).send({ status: 'failed' })
  })
  let bound: Bound | undefined
  let stopped: Promise<void> | undefined
  const sockets = new Set<Socket>()
  const stop = async () => {
    bound?.close()
    await app.close()
    // Node's own list of connections begins with `listen()`, which this server never calls.
    for (const socket of sockets) socket.destroy()
    options.logger.info('admin listener stopped')
  }
  return {
    async start() {
      await app.ready()
      const { addresses, port } = options
      // Node's HTTP server takes sockets that others have accepted.
      const onConnection = (socket: Socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        app.server.emit('connection', socket)
      }
      const onError = logFailures({ name: 'admin', logger: options.logger })
      bound = await bindAddresses({ addresses, port, onConnection, onError })
      options.logger.info({ addresses: bound.addresses }, 'admin listener started')
      return { port: bound.port, addresses: bound.addresses }
    },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}
