import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { FrameScanner } from './frame-scanner.ts'
import type { InflowBudget } from './inbound-stream.ts'
import { InboundStream } from './inbound-stream.ts'

/** Decides when a connection may be read from; src/transport/inflow.ts. */
export interface InflowGate {
  readonly budget: InflowBudget
  /** Bytes have arrived: @returns false when reading must stop until `resumeReading`. */
  mayRead(connection: MeteredConnection): boolean
  /** The first message of a stream has said how long it is. */
  onDeclared(connection: MeteredConnection, stream: InboundStream): void
  /** The connection is gone. */
  remove(connection: MeteredConnection): void
}

/**
 * A socket between the network and grpc-js that knows, by the HTTP/2 frames that pass, which bytes
 * of which requests are in memory, and that can stop reading.
 *
 * A stream's bytes are counted from their arrival until its answer has been sent, it was reset, or
 * someone has taken them over. That is decided here, by the frames alone, so that it holds for every
 * way in which a call can end.
 */
export class MeteredConnection extends Duplex {
  readonly listenerName: string
  readonly #socket: Socket
  readonly #gate: InflowGate
  readonly #streams = new Map<number, InboundStream>()
  readonly #inbound: FrameScanner
  readonly #outbound: FrameScanner
  #nowMs = 0
  #wanted = false
  /** When the gate stopped reading; undefined while it may go on. */
  pausedMs: number | undefined

  constructor(socket: Socket, gate: InflowGate, listenerName: string) {
    super({ allowHalfOpen: true })
    this.listenerName = listenerName
    this.#socket = socket
    this.#gate = gate
    this.#inbound = new FrameScanner('from_client', this.#fromClient())
    this.#outbound = new FrameScanner('from_server', this.#fromServer())
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    // Until grpc-js asks for bytes none are taken.
    socket.pause()
  }

  /** Bytes that its requests hold, as far as nobody has taken them over. */
  get heldBytes(): number {
    let held = 0
    for (const stream of this.#streams.values()) held += stream.heldBytes
    return held
  }

  /** Its requests that are not over. */
  streams(): Iterable<InboundStream> {
    return this.#streams.values()
  }

  /** A request by its stream's id; undefined when it is over. */
  stream(id: number): InboundStream | undefined {
    return this.#streams.get(id)
  }

  /** Reads on, after the gate had stopped it. */
  resumeReading(): void {
    if (this.pausedMs === undefined) return
    const pausedForMs = performance.now() - this.pausedMs
    for (const stream of this.#streams.values()) stream.waitedMs += pausedForMs
    this.pausedMs = undefined
    if (this.#wanted) this.#socket.resume()
  }

  override _read(): void {
    this.#wanted = true
    if (this.pausedMs === undefined) this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#outbound.scan(chunk)
    this.#socket.write(chunk, done)
  }

  override _writev(
    chunks: { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.cork()
    for (const [index, { chunk }] of chunks.entries()) {
      this.#outbound.scan(chunk)
      if (index === chunks.length - 1) this.#socket.write(chunk, done)
      else this.#socket.write(chunk)
    }
    this.#socket.uncork()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    for (const stream of this.#streams.values()) stream.end()
    this.#streams.clear()
    this.#gate.remove(this)
    done(error)
  }

  #receive(chunk: Buffer): void {
    this.#nowMs = performance.now()
    this.#inbound.scan(chunk)
    this.#wanted = this.push(chunk)
    if (!this.#gate.mayRead(this)) this.pausedMs ??= this.#nowMs
    if (!this.#wanted || this.pausedMs !== undefined) this.#socket.pause()
  }

  #fromClient() {
    return {
      onHeaders: (id: number) => {
        if (this.#streams.has(id)) return
        this.#streams.set(id, new InboundStream(id, this.#gate.budget, this.#nowMs))
      },
      onData: (id: number, chunk: Uint8Array, start: number, end: number) => {
        const stream = this.#streams.get(id)
        if (stream === undefined) return
        const known = stream.declaredBytes !== undefined
        stream.arrive(chunk, start, end, this.#nowMs)
        if (!known && stream.declaredBytes !== undefined) this.#gate.onDeclared(this, stream)
      },
      onEnd: (id: number) => {
        const stream = this.#streams.get(id)
        if (stream !== undefined) stream.finished = true
      },
      onReset: (id: number) => this.#end(id),
    }
  }

  #fromServer() {
    return {
      onHeaders: () => {},
      onData: () => {},
      onEnd: (id: number) => this.#end(id),
      onReset: (id: number) => this.#end(id),
    }
  }

  #end(id: number): void {
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    this.#streams.delete(id)
    stream.end()
    // The rest of a message that was answered early must not come: grpc-js would keep what it has.
    // RFC 9113 section 8.1 lets a server ask for that with RST_STREAM after its answer.
    if (!stream.finished) setImmediate(() => stream.call?.reset())
  }
}
