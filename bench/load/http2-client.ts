import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { CallResult, LoadConnection, OnResult } from './call-result.ts'
import { lostConnection, notTaken } from './call-result.ts'
import { grpcResultOf } from './grpc-result.ts'
import { encodeHeaders } from './hpack.ts'
import type { Frame } from './http2-frames.ts'
import {
  FrameFlag,
  FrameReader,
  FrameType,
  frame,
  frameHeaderBytes,
  preface,
  SettingId,
  settingsIn,
  settingsPayload,
  writeFrameHeader,
} from './http2-frames.ts'
import { grpcPrefixBytes } from './templates.ts'

/** Where and what to call. */
export interface Http2ClientOptions {
  readonly host: string
  readonly port: number
  /** `/package.Service/Method` */
  readonly path: string
  /** More headers, such as `grpc-encoding`. */
  readonly headers?: readonly (readonly [string, string])[]
  /** True where a good answer has something in it, and does not tell of rejected spans. */
  readonly answersData?: boolean
}

/** A call whose answer has not come. */
interface Call {
  readonly stream: number
  readonly onResult: OnResult
  readonly message: Buffer
  sentBytes: number
  windowBytes: number
  /** Header block of the trailers, or of an answer without any other headers. */
  block: Buffer | undefined
  /** Bytes of the answer, the frame of gRPC included. */
  answerBytes: number
}

/** Bytes that are written to the socket at once. */
const burstBytes = 256 * 1024
/** Bursts that the kernel has not taken yet; beyond it we wait for the socket. */
const burstsMax = 4
/** We are given bytes back after this many were received. */
const creditBytes = 16 * 1024
const endOfStreams = 0x7fff_ff00

/**
 * One HTTP/2 connection that makes unary gRPC calls with as little work as possible: a message is
 * copied once, cut into DATA frames as the peer's windows let it, and the answer is read as far as
 * its status. It is for measuring, and checks of the peer only what it needs.
 */
export class Http2Client implements LoadConnection {
  readonly #socket: Socket
  readonly #headerBlock: Buffer
  readonly #answersData: boolean
  readonly #calls = new Map<number, Call>()
  /** Calls with bytes to send, in order. */
  #unsent: Call[] = []
  readonly #free: Buffer[] = []
  #burst: Buffer
  #burstSize = 0
  #burstsUnderWay = 0
  #flushing = false
  #windowBytes = 65_535
  #streamWindowBytes = 65_535
  #frameBytesMax = 16_384
  #nextStream = 1
  #receivedBytes = 0
  #continued: { stream: number; flags: number; blocks: Buffer[] } | undefined
  #failure: string | undefined
  #isGoingAway = false

  private constructor(socket: Socket, options: Http2ClientOptions) {
    this.#socket = socket
    this.#answersData = options.answersData === true
    this.#burst = Buffer.allocUnsafeSlow(burstBytes)
    this.#headerBlock = encodeHeaders([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', options.path],
      [':authority', `${options.host}:${options.port}`],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'spangate-bench/1'],
      ...(options.headers ?? []),
    ])
  }

  /** Connects, and sends the preface. */
  static async connect(options: Http2ClientOptions): Promise<Http2Client> {
    const buffer = Buffer.allocUnsafeSlow(64 * 1024)
    const reader = new FrameReader((received) => client.#onFrame(received))
    const socket: Socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: {
        buffer,
        callback: (size) => {
          reader.write(buffer.subarray(0, size))
          return true
        },
      },
    })
    const client = new Http2Client(socket, options)
    socket.on('close', () => client.#fail('connection closed'))
    await once(socket, 'connect')
    socket.on('error', (error) => client.#fail(error.message))
    const settings = settingsPayload([
      [SettingId.headerTableSize, 0],
      [SettingId.enablePush, 0],
    ])
    socket.write(
      Buffer.concat([
        preface,
        frame({ type: FrameType.settings, flags: 0, stream: 0, payload: settings }),
      ]),
    )
    return client
  }

  get inFlight(): number {
    return this.#calls.size
  }

  /** True once new calls must go elsewhere: the peer goes away, or the connection is lost. */
  get isOver(): boolean {
    return this.#isGoingAway || this.#failure !== undefined
  }

  send(framed: Buffer, onResult: OnResult): void {
    if (this.#failure !== undefined || this.#isGoingAway || this.#nextStream > endOfStreams) {
      const failure = this.#failure ?? (this.#isGoingAway ? 'goes away' : 'out of stream ids')
      queueMicrotask(() => onResult(lostConnection(failure)))
      return
    }
    const call: Call = {
      stream: this.#nextStream,
      onResult,
      message: framed,
      sentBytes: 0,
      windowBytes: this.#streamWindowBytes,
      block: undefined,
      answerBytes: 0,
    }
    this.#nextStream += 2
    this.#calls.set(call.stream, call)
    const length = this.#headerBlock.length
    this.#reserve(frameHeaderBytes + length)
    writeFrameHeader(this.#burst, this.#burstSize, {
      type: FrameType.headers,
      flags: FrameFlag.endHeaders,
      stream: call.stream,
      length,
    })
    this.#burst.set(this.#headerBlock, this.#burstSize + frameHeaderBytes)
    this.#burstSize += frameHeaderBytes + length
    this.#unsent.push(call)
    this.#flushSoon()
  }

  close(): void {
    this.#failure ??= 'closed'
    this.#socket.destroy()
  }

  /** Once for all that happens in this turn. */
  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => {
      this.#flushing = false
      this.#sendData()
      this.#writeBurst()
    })
  }

  #sendData(): void {
    let isAnyDone = false
    for (const call of this.#unsent) {
      if (this.#windowBytes <= 0 || this.#burstsUnderWay >= burstsMax) break
      while (call.sentBytes < call.message.length) {
        const size = Math.min(
          call.message.length - call.sentBytes,
          this.#frameBytesMax,
          this.#windowBytes,
          call.windowBytes,
        )
        if (size <= 0 || this.#burstsUnderWay >= burstsMax) break
        this.#sendFrame(call, size)
      }
      isAnyDone ||= call.sentBytes >= call.message.length
    }
    if (isAnyDone)
      this.#unsent = this.#unsent.filter((call) => call.sentBytes < call.message.length)
  }

  #sendFrame(call: Call, size: number): void {
    this.#reserve(frameHeaderBytes + size)
    const end = call.sentBytes + size
    const flags = end === call.message.length ? FrameFlag.endStream : 0
    const header = { type: FrameType.data, flags, stream: call.stream, length: size }
    writeFrameHeader(this.#burst, this.#burstSize, header)
    call.message.copy(this.#burst, this.#burstSize + frameHeaderBytes, call.sentBytes, end)
    this.#burstSize += frameHeaderBytes + size
    call.sentBytes = end
    call.windowBytes -= size
    this.#windowBytes -= size
  }

  #reserve(size: number): void {
    if (this.#burstSize + size > this.#burst.length) this.#writeBurst()
  }

  #writeBurst(): void {
    if (this.#burstSize === 0 || this.#failure !== undefined) return
    const burst = this.#burst
    this.#burstsUnderWay++
    this.#socket.write(burst.subarray(0, this.#burstSize), () => {
      this.#burstsUnderWay--
      this.#free.push(burst)
      if (this.#unsent.length > 0) this.#flushSoon()
    })
    this.#burst = this.#free.pop() ?? Buffer.allocUnsafeSlow(burstBytes)
    this.#burstSize = 0
  }

  #onFrame(received: Frame): void {
    switch (received.type) {
      case FrameType.data:
        this.#onData(received)
        break
      case FrameType.headers:
        this.#onHeaders(received)
        break
      case FrameType.continuation:
        this.#onContinuation(received)
        break
      case FrameType.resetStream:
        this.#end(received.stream, resetResult(received.payload.readUInt32BE(0)))
        break
      case FrameType.settings:
        this.#onSettings(received)
        break
      case FrameType.ping:
        if (!(received.flags & FrameFlag.ack)) this.#write({ ...received, flags: FrameFlag.ack })
        break
      case FrameType.windowUpdate:
        this.#onWindowUpdate(received)
        break
      case FrameType.goAway:
        this.#onGoAway(received.payload)
        break
    }
  }

  #onData({ flags, stream, payload }: Frame): void {
    this.#receivedBytes += payload.length
    if (this.#receivedBytes >= creditBytes) {
      const credit = Buffer.alloc(4)
      credit.writeUInt32BE(this.#receivedBytes)
      this.#receivedBytes = 0
      this.#write({ type: FrameType.windowUpdate, flags: 0, stream: 0, payload: credit })
    }
    const call = this.#calls.get(stream)
    if (call !== undefined) call.answerBytes += payload.length
    if (flags & FrameFlag.endStream) this.#finish(stream)
  }

  #onHeaders({ flags, stream, payload }: Frame): void {
    const padding = flags & FrameFlag.padded ? payload.readUInt8(0) : 0
    const start = (flags & FrameFlag.padded ? 1 : 0) + (flags & FrameFlag.priority ? 5 : 0)
    const block = payload.subarray(start, payload.length - padding)
    if (flags & FrameFlag.endHeaders) this.#onBlock(stream, flags, block)
    else this.#continued = { stream, flags, blocks: [Buffer.from(block)] }
  }

  #onContinuation({ flags, payload }: Frame): void {
    const continued = this.#continued
    if (continued === undefined) return
    continued.blocks.push(Buffer.from(payload))
    if (!(flags & FrameFlag.endHeaders)) return
    this.#continued = undefined
    this.#onBlock(continued.stream, continued.flags, Buffer.concat(continued.blocks))
  }

  /** The last block of a stream is its trailers, which hold the status. */
  #onBlock(stream: number, flags: number, block: Buffer): void {
    if (!(flags & FrameFlag.endStream)) return
    const call = this.#calls.get(stream)
    if (call !== undefined) call.block = block
    this.#finish(stream)
  }

  #finish(stream: number): void {
    const { block, answerBytes = 0 } = this.#calls.get(stream) ?? {}
    const result = block === undefined ? noTrailers : grpcResultOf(block)
    // Collectors answer an empty message, unless they rejected some of the spans.
    const isPartial = !this.#answersData && result.isOk && answerBytes > grpcPrefixBytes
    this.#end(stream, isPartial ? partialSuccess : result)
  }

  #end(stream: number, result: CallResult): void {
    const call = this.#calls.get(stream)
    if (call === undefined) return
    this.#calls.delete(stream)
    if (call.sentBytes < call.message.length) this.#giveUp(call)
    call.onResult(result)
  }

  /** Answered before all was sent: the peer does not want the rest. */
  #giveUp(call: Call): void {
    this.#unsent = this.#unsent.filter((other) => other !== call)
    const code = Buffer.from([0, 0, 0, 8])
    this.#write({ type: FrameType.resetStream, flags: 0, stream: call.stream, payload: code })
  }

  #onSettings({ flags, payload }: Frame): void {
    if (flags & FrameFlag.ack) return
    for (const [id, value] of settingsIn(payload)) {
      if (id === SettingId.maxFrameSize) this.#frameBytesMax = Math.min(value, 64 * 1024)
      if (id !== SettingId.initialWindowSize) continue
      for (const call of this.#calls.values()) call.windowBytes += value - this.#streamWindowBytes
      this.#streamWindowBytes = value
    }
    const payloadOfAck = Buffer.alloc(0)
    this.#write({
      type: FrameType.settings,
      flags: FrameFlag.ack,
      stream: 0,
      payload: payloadOfAck,
    })
  }

  #onWindowUpdate({ stream, payload }: Frame): void {
    const credit = payload.readUInt32BE(0) & 0x7fff_ffff
    if (stream === 0) {
      this.#windowBytes += credit
    } else {
      const call = this.#calls.get(stream)
      if (call !== undefined) call.windowBytes += credit
    }
    if (this.#unsent.length > 0) this.#flushSoon()
  }

  #onGoAway(payload: Buffer): void {
    const last = payload.readUInt32BE(0) & 0x7fff_ffff
    const code = payload.readUInt32BE(4)
    const reason = `the peer goes away with code ${code}`
    if (code === 0) this.#isGoingAway = true
    else this.#failure ??= reason
    for (const stream of [...this.#calls.keys()]) {
      if (stream > last) this.#end(stream, code === 0 ? notTaken : lostConnection(reason))
    }
  }

  #write(toSend: Frame): void {
    if (this.#socket.destroyed) return
    // In order with the DATA frames: a reset stream must not be followed by its data.
    const bytes = frame(toSend)
    this.#reserve(bytes.length)
    this.#burst.set(bytes, this.#burstSize)
    this.#burstSize += bytes.length
    this.#flushSoon()
  }

  #fail(reason: string): void {
    this.#failure ??= reason
    this.#unsent = []
    const result = lostConnection(this.#failure)
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) call.onResult(result)
  }
}

const partialSuccess: CallResult = {
  status: '0 with rejected spans',
  isOk: false,
  hasRetryInfo: false,
  message: 'some spans were rejected',
}

const noTrailers: CallResult = {
  status: '13',
  isOk: false,
  hasRetryInfo: false,
  message: 'the answer has no trailers',
}

/** Source: the gRPC protocol over HTTP/2, "Errors"; a stream that is refused may be sent again. */
function resetResult(code: number): CallResult {
  const status = code === 7 ? '14' : code === 8 ? '1' : code === 11 ? '8' : '13'
  return { status, isOk: false, hasRetryInfo: false, message: `stream reset with code ${code}` }
}
