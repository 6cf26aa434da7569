import type { Server, Socket } from 'node:net'
import { createServer, isIPv6 } from 'node:net'
import type { Logger } from 'pino'

/** Where to listen, and what to do with who comes. */
export interface BindOptions {
  /** Addresses or host names; `localhost` is 127.0.0.1 and, where there is one, ::1. */
  readonly addresses: readonly string[]
  /** 0 takes a free one, the same for all addresses. */
  readonly port: number
  readonly onConnection: (socket: Socket) => void
  /** Told of a connection that could not be taken, as the process may open no more files, for example. */
  readonly onError?: (error: Error) => void
}

/** One address and port that is listened on. */
export interface BoundAddress {
  readonly address: string
  readonly port: number
}

/** Open listening sockets. */
export interface Bound {
  readonly port: number
  readonly addresses: readonly BoundAddress[]
  /** Takes no more connections; those that are open stay. Safe to call twice. */
  close(): void
}

/** A second address may find the free port of the first one taken; then another is tried. */
export const freePortTriesMax = 10

/**
 * Listens on all addresses, or on none when one of them fails.
 *
 * @throws the system's error (`EADDRINUSE` and the like), with `address` and `port`
 */
export async function bindAddresses(options: BindOptions): Promise<Bound> {
  for (let tries = 1; ; tries++) {
    try {
      return await bindOnce(options)
    } catch (error) {
      const again = options.port === 0 && codeOf(error) === 'EADDRINUSE'
      if (!again || tries === freePortTriesMax) throw error
    }
  }
}

/** An `onError` that tells the log. */
export function logFailures({
  name,
  logger,
}: {
  readonly name: string
  readonly logger: Pick<Logger, 'warn'>
}): (error: Error) => void {
  return (error) => logger.warn({ err: error, listener: name }, 'connection could not be taken')
}

async function bindOnce(options: BindOptions): Promise<Bound> {
  const servers: Server[] = []
  const addresses: BoundAddress[] = []
  const close = () => {
    for (const server of servers.splice(0)) server.close()
  }
  const targets = options.addresses.flatMap(targetsOf)
  const mixed = targets.some(({ host }) => !isIPv6(host))
  let port = options.port
  try {
    for (const { host, optional } of targets) {
      const server = createServer((socket) => {
        // A long answer goes out in many writes: with Nagle's algorithm one of them waits until the client, which
        // delays its acknowledgements by some 40 ms, has acknowledged the one before.
        socket.setNoDelay(true)
        options.onConnection(socket)
      })
      // Beside an IPv4 address, `::` must not take IPv4 too.
      const listening = await listen(
        server,
        { host, port, ipv6Only: mixed && isIPv6(host) },
        { optional, onError: options.onError ?? (() => {}) },
      )
      if (listening === undefined) continue
      servers.push(server)
      addresses.push(listening)
      port = listening.port
    }
  } catch (error) {
    close()
    throw error
  }
  return { port, addresses, close }
}

/** The hosts to listen on for one address of the settings. */
export function targetsOf(address: string): { host: string; optional: boolean }[] {
  if (address !== 'localhost') return [{ host: address, optional: false }]
  return [
    { host: '127.0.0.1', optional: false },
    { host: '::1', optional: true },
  ]
}

function listen(
  server: Server,
  target: { readonly host: string; readonly port: number; readonly ipv6Only: boolean },
  { optional, onError }: { readonly optional: boolean; readonly onError: (error: Error) => void },
): Promise<BoundAddress | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      if (optional && isAbsentAddress(error)) resolve(undefined)
      else reject(error)
    }
    server.once('error', fail)
    server.listen(target, () => {
      server.off('error', fail)
      // Without a listener the process would end for it.
      server.on('error', onError)
      const bound = server.address()
      if (bound === null || typeof bound === 'string') reject(new Error('no TCP address'))
      else resolve({ address: bound.address, port: bound.port })
    })
  })
}

/** Whether this machine has no IPv6, or no ::1. */
export function isAbsentAddress(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error) ?? '')
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
