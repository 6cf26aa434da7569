import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIP, isIPv6 } from 'node:net'
import type { Logger } from 'pino'
import type { BoundAddress } from './bind-addresses.ts'
import { freePortTriesMax, isAbsentAddress, targetsOf } from './bind-addresses.ts'
import { fewBytes, growReceiveBuffer } from './receive-buffer.ts'

/** What a UDP listener is made of. */
export interface UdpListenerOptions {
  /** For example `jaeger_udp_compact`. */
  readonly name: string
  /** Addresses or host names; `localhost` is 127.0.0.1 and, where there is one, ::1. */
  readonly addresses: readonly string[]
  /** 0 takes a free one, the same for all addresses. */
  readonly port: number
  /** Gets each datagram, in memory of its own, and whence it came. It must not throw. */
  readonly onDatagram: (bytes: Buffer, from: BoundAddress) => void
  readonly logger: Logger
}

/** Sockets that take datagrams. */
export interface UdpListener {
  /**
   * Binds all addresses, or none when one of them fails; resolves when datagrams are taken.
   *
   * @throws the system's error (`EADDRINUSE` and the like), with `address` and `port`
   */
  start(): Promise<{ readonly port: number; readonly addresses: readonly BoundAddress[] }>
  /** Takes no more datagrams. Safe to call twice and without `start`. */
  stop(): Promise<void>
}

/** Makes a listener with its receive buffers as large as the system allows. */
export function createUdpListener(options: UdpListenerOptions): UdpListener {
  const sockets: Socket[] = []
  return {
    async start() {
      const addresses = await bindAll(options, sockets)
      logBuffers(options, sockets)
      for (const socket of sockets) {
        // An ICMP answer to somebody or the like: the socket goes on.
        socket.on('error', (error) => options.logger.warn({ err: error }, 'socket error'))
        socket.on('message', (bytes, { address, port }) => {
          options.onDatagram(bytes, { address, port })
        })
      }
      return { port: addresses[0]?.port ?? options.port, addresses }
    },
    stop: () => closeAll(sockets),
  }
}

async function bindAll(
  { addresses, port }: UdpListenerOptions,
  sockets: Socket[],
): Promise<BoundAddress[]> {
  const targets = addresses.flatMap(targetsOf)
  for (let tries = 1; ; tries++) {
    try {
      return await bindOnce(targets, port, sockets)
    } catch (error) {
      await closeAll(sockets)
      // A second address may find the free port of the first one taken; then another is tried.
      const again = port === 0 && error instanceof Error && 'code' in error
      if (!again || error.code !== 'EADDRINUSE' || tries === freePortTriesMax) throw error
    }
  }
}

async function bindOnce(
  targets: ReturnType<typeof targetsOf>,
  wantedPort: number,
  sockets: Socket[],
): Promise<BoundAddress[]> {
  const bound: BoundAddress[] = []
  const mixed = targets.some(({ host }) => !isIPv6(host))
  let port = wantedPort
  for (const { host, optional } of targets) {
    const address = isIP(host) === 0 ? (await lookup(host)).address : host
    const type = isIPv6(address) ? 'udp6' : 'udp4'
    // Beside an IPv4 address, `::` must not take IPv4 too.
    const socket = createSocket({ type, ipv6Only: mixed && type === 'udp6' })
    try {
      socket.bind({ port, address })
      await once(socket, 'listening')
    } catch (error) {
      socket.close()
      if (optional && isAbsentAddress(error)) continue
      throw error
    }
    sockets.push(socket)
    const own = socket.address()
    bound.push({ address: own.address, port: own.port })
    port = own.port
  }
  return bound
}

function logBuffers({ name, logger }: UdpListenerOptions, sockets: readonly Socket[]): void {
  const granted = Math.min(...sockets.map(growReceiveBuffer))
  logger.info({ listener: name, receiveBufferBytes: granted }, 'receive buffer')
  if (granted >= fewBytes) return
  logger.warn(
    { listener: name, receiveBufferBytes: granted, raise: 'net.core.rmem_max' },
    'receive buffer is small: bursts of datagrams may be dropped by the kernel',
  )
}

async function closeAll(sockets: Socket[]): Promise<void> {
  const closing = sockets.splice(0).map((socket) => {
    const closed = once(socket, 'close')
    socket.close()
    return closed
  })
  await Promise.all(closing)
}
