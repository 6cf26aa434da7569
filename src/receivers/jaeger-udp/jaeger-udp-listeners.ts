import type { Logger } from 'pino'
import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import { closeAll } from '../../errors/close-all.ts'
import type { BoundAddress } from '../../transport/bind-addresses.ts'
import { kernelDrops } from '../../transport/kernel-drops.ts'
import { createUdpListener } from '../../transport/udp-listener.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { ClientLosses, lossReasons } from './client-losses.ts'
import { UdpReceiver } from './udp-receiver.ts'

/** What the listeners are made of. */
export interface JaegerUdpOptions extends SpanReceiverOptions {
  readonly addresses: readonly string[]
  readonly compactPort: number
  readonly binaryPort: number
  readonly zipkinPort: number
  /** Longest datagram that is taken. */
  readonly packetBytesMax: number
  /** Most bytes of datagrams of each port that wait or are on their way to the store. */
  readonly queueBytesMax: number
  readonly logger: Logger
}

/** One port for Jaeger's clients. */
export interface JaegerUdpListener {
  readonly receiver: string
  start(): Promise<{ readonly port: number; readonly addresses: readonly BoundAddress[] }>
  /** Takes nothing new and stores what it has; safe to call twice and without `start`. */
  stop(graceMs: number): Promise<void>
}

/** Clients of which each receiver knows what they have lost. */
const clientsMax = 1000

/**
 * Jaeger's agent ports: `emitBatch` by the compact protocol (6831) and by the binary one (6832), and
 * what the oldest clients send, `emitZipkinBatch` by the compact protocol (5775).
 *
 * Source: jaeger-idl, thrift/agent.thrift.
 */
export function createJaegerUdpListeners(options: JaegerUdpOptions): {
  readonly compact: JaegerUdpListener
  readonly binary: JaegerUdpListener
  readonly zipkin: JaegerUdpListener
} {
  const { compactPort, binaryPort, zipkinPort } = options
  const ports = [
    createPort(options, 'jaeger_udp_compact', compactPort, new CompactReader()),
    createPort(options, 'jaeger_udp_binary', binaryPort, new BinaryReader()),
    createPort(options, 'jaeger_udp_zipkin', zipkinPort, new CompactReader(), true),
  ] as const
  const { metrics } = options
  metrics.observe('spangate_udp_kernel_dropped_total', () =>
    ports.flatMap(({ receiver, drops }) => {
      const value = drops()
      return value === undefined ? [] : [{ value, labels: { listener: receiver } }]
    }),
  )
  metrics.observe('spangate_client_batches_lost_total', () =>
    ports.flatMap(({ receiver, losses }) =>
      Array.from(losses.list(), ({ client, batches }) => ({
        value: batches,
        labels: { receiver, client },
      })),
    ),
  )
  metrics.observe('spangate_client_spans_lost_total', () =>
    ports.flatMap(({ receiver, losses }) =>
      [...losses.list()].flatMap(({ client, spans }) =>
        lossReasons.map((reason) => ({
          value: spans[reason],
          labels: { receiver, client, reason },
        })),
      ),
    ),
  )
  const [compact, binary, zipkin] = ports
  return { compact, binary, zipkin }
}

function createPort(
  options: JaegerUdpOptions,
  receiver: string,
  wantedPort: number,
  reader: CompactReader | BinaryReader,
  takesZipkin = false,
) {
  const { addresses, logger } = options
  const losses = new ClientLosses(clientsMax)
  const spans = new UdpReceiver({ ...options, receiver, reader, losses, takesZipkin })
  const listener = createUdpListener({
    name: receiver,
    addresses,
    port: wantedPort,
    onDatagram: (bytes, from) => spans.take(bytes, from),
    logger,
  })
  let port: number | undefined
  return {
    receiver,
    losses,
    drops: () => (port === undefined ? undefined : kernelDrops(port)),
    async start() {
      const started = await listener.start()
      port = started.port
      return started
    },
    stop: (graceMs: number) =>
      closeAll([{ socket: () => listener.stop() }, { spans: () => spans.stop(graceMs) }]),
  }
}
