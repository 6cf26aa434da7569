/** What the frames of one direction of an HTTP/2 connection say about its streams. */
export interface FrameListener {
  /** A HEADERS frame: the first of a stream opens it. */
  onHeaders(streamId: number): void
  /** Bytes of a DATA frame's content, as they come; padding is left out. */
  onData(streamId: number, chunk: Uint8Array, start: number, end: number): void
  /** This side will send nothing more on the stream. */
  onEnd(streamId: number): void
  /** The stream is over in both directions. */
  onReset(streamId: number): void
}

const frameHeaderBytes = 9
const prefaceBytes = 24
const FrameType = { data: 0, headers: 1, resetStream: 3 } as const
const endStreamFlag = 0x1
const paddedFlag = 0x8

/**
 * Follows the frames of one direction of an HTTP/2 connection, chunk by chunk, without copying and
 * without keeping any of it. It only counts: nghttp2 behind it checks what the frames mean and ends
 * the connection when they are wrong, so nothing here has to fail.
 *
 *   frame    length (24 bits), type (8), flags (8), reserved (1), stream id (31), payload
 *   DATA     [pad length (8)], content, [padding]
 *   preface  24 bytes that a client sends first
 *
 * Source: RFC 9113, sections 3.4, 4.1, 6.1, 6.2, 6.4.
 */
export class FrameScanner {
  readonly #listener: FrameListener
  readonly #header = new Uint8Array(frameHeaderBytes)
  #headerBytes = 0
  #skipBytes: number
  #type = 0
  #flags = 0
  #streamId = 0
  #remainingBytes = 0
  #contentBytes = 0
  #padLengthNext = false

  /** @param direction a client's bytes begin with the preface, a server's do not */
  constructor(direction: 'from_client' | 'from_server', listener: FrameListener) {
    this.#listener = listener
    this.#skipBytes = direction === 'from_client' ? prefaceBytes : 0
  }

  /** Follows the next bytes of the connection. */
  scan(chunk: Uint8Array): void {
    let at = 0
    if (this.#skipBytes > 0) {
      at = Math.min(this.#skipBytes, chunk.length)
      this.#skipBytes -= at
    }
    while (at < chunk.length) {
      at = this.#remainingBytes > 0 ? this.#payload(chunk, at) : this.#frameHeader(chunk, at)
    }
  }

  #frameHeader(chunk: Uint8Array, start: number): number {
    if (this.#headerBytes === 0 && chunk.length - start >= frameHeaderBytes) {
      this.#begin(chunk, start)
      return start + frameHeaderBytes
    }
    const taken = Math.min(frameHeaderBytes - this.#headerBytes, chunk.length - start)
    this.#header.set(chunk.subarray(start, start + taken), this.#headerBytes)
    this.#headerBytes += taken
    if (this.#headerBytes === frameHeaderBytes) {
      this.#headerBytes = 0
      this.#begin(this.#header, 0)
    }
    return start + taken
  }

  #begin(bytes: Uint8Array, at: number): void {
    const byte = (index: number) => bytes[at + index] as number
    this.#remainingBytes = (byte(0) << 16) | (byte(1) << 8) | byte(2)
    this.#type = byte(3)
    this.#flags = byte(4)
    this.#streamId = ((byte(5) & 0x7f) << 24) | (byte(6) << 16) | (byte(7) << 8) | byte(8)
    this.#contentBytes = this.#remainingBytes
    this.#padLengthNext = this.#type === FrameType.data && (this.#flags & paddedFlag) !== 0
    if (this.#type === FrameType.headers) this.#listener.onHeaders(this.#streamId)
    if (this.#remainingBytes === 0) this.#end()
  }

  #payload(chunk: Uint8Array, start: number): number {
    let at = start
    if (this.#padLengthNext) {
      this.#padLengthNext = false
      this.#contentBytes -= 1 + (chunk[at++] as number)
      this.#remainingBytes -= 1
    }
    const taken = Math.min(this.#remainingBytes, chunk.length - at)
    if (this.#type === FrameType.data && this.#contentBytes > 0) {
      const content = Math.min(this.#contentBytes, taken)
      this.#contentBytes -= content
      if (content > 0) this.#listener.onData(this.#streamId, chunk, at, at + content)
    }
    this.#remainingBytes -= taken
    if (this.#remainingBytes === 0) this.#end()
    return at + taken
  }

  #end(): void {
    if (this.#type === FrameType.resetStream) this.#listener.onReset(this.#streamId)
    else if (this.#type <= FrameType.headers && (this.#flags & endStreamFlag) !== 0) {
      this.#listener.onEnd(this.#streamId)
    }
  }
}
