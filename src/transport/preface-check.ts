import type { Socket } from 'node:net'
import type { BrokenConnectionsOptions } from './broken-connections.ts'
import { BrokenConnections, brokenAnswerText } from './broken-connections.ts'
import type { Protocol } from './spoken-protocol.ts'
import { protocolNames, protocolOf } from './spoken-protocol.ts'

/** What a `PrefaceCheck` is made of. */
export interface PrefaceCheckOptions extends BrokenConnectionsOptions {
  /** Where clients go that speak HTTP/1.1, for the message to them. */
  readonly elsewhere: string | undefined
  /** How long a client may send nothing; two minutes by default. */
  readonly waitMs?: number
}

/** A session that brings nothing is cut by its keepalive within this. */
const waitMsDefault = 120_000
/** A client has this long to read its answer while it still sends. */
const lingerMs = 900

/**
 * Looks at the first bytes of each connection to a gRPC port before grpc-js gets it, which closes what is no HTTP/2
 * without a word. Clients that speak HTTP/1.1 or TLS are told so in HTTP/1.1; of what TLS clients make of that, most say
 * that the port has no TLS.
 */
export class PrefaceCheck {
  readonly #options: PrefaceCheckOptions
  readonly #broken: BrokenConnections
  /** Those that have not shown what they speak. */
  readonly #unknown = new Set<Socket>()

  constructor(options: PrefaceCheckOptions) {
    this.#options = options
    this.#broken = new BrokenConnections(options)
  }

  /**
   * @param take gets the socket of a client that speaks HTTP/2, with all bytes in its buffer. Node reads those first,
   * and gives what they have of requests to streams of which it has told nobody yet (call-interceptor.ts).
   */
  check(socket: Socket, take: (socket: Socket) => void): void {
    let bytes: Buffer | undefined
    const cut = (): void => {
      socket.destroy()
    }
    const forget = (): void => {
      this.#unknown.delete(socket)
    }
    const onData = (chunk: Buffer): void => {
      bytes = bytes === undefined ? chunk : Buffer.concat([bytes, chunk])
      const protocol = protocolOf(bytes)
      if (protocol === undefined) return
      socket.off('data', onData).off('close', forget).off('timeout', cut).setTimeout(0)
      forget()
      if (protocol !== 'http2') {
        this.#refuse(socket, protocol)
        return
      }
      socket.pause()
      socket.unshift(bytes)
      // Later, since Node stops reading from the socket when it finds its buffer full after this.
      process.nextTick(() => {
        socket.off('error', ignore)
        if (!socket.destroyed) take(socket)
      })
    }
    this.#unknown.add(socket)
    socket.once('close', forget)
    socket.on('error', ignore).on('timeout', cut).on('data', onData)
    socket.setTimeout(this.#options.waitMs ?? waitMsDefault)
  }

  /** Cuts connections that have not shown what they speak. */
  close(): void {
    for (const socket of this.#unknown) socket.destroy()
  }

  #refuse(socket: Socket, protocol: Exclude<Protocol, 'http2'>): void {
    const { elsewhere } = this.#options
    const hint = elsewhere === undefined || protocol === 'tls' ? '' : `; ${elsewhere}`
    const state = `it is ${protocolNames[protocol]}, and this port takes gRPC: HTTP/2 without TLS${hint}`
    const answer = { status: 400, message: `Cannot read request: ${state}` }
    this.#broken.add(socket, answer)
    socket.end(brokenAnswerText(answer, 'Bad Request'))
    // A socket that is closed with bytes unread takes the answer back from a client that has not read it yet.
    socket.resume()
    const timer = setTimeout(() => socket.destroy(), lingerMs)
    socket.once('close', () => clearTimeout(timer))
  }
}

/** The socket is closed after it. */
function ignore(): void {}
