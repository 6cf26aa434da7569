/** Types of HTTP/2 frames (RFC 9113, section 6). */
export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

/** Flags of frames; their meaning depends on the type. */
export const FrameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const

/** Identifiers of settings. */
export const SettingId = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const

/** Bytes in front of each frame. */
export const frameHeaderBytes = 9

/** What a client sends first. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** A frame that arrived; the payload is valid during the call only. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** Writes the 9 bytes of a frame's header. */
export function writeFrameHeader(
  target: Buffer,
  at: number,
  { type, flags, stream, length }: Omit<Frame, 'payload'> & { readonly length: number },
): void {
  target[at] = length >>> 16
  target[at + 1] = (length >>> 8) & 0xff
  target[at + 2] = length & 0xff
  target[at + 3] = type
  target[at + 4] = flags
  target[at + 5] = (stream >>> 24) & 0x7f
  target[at + 6] = (stream >>> 16) & 0xff
  target[at + 7] = (stream >>> 8) & 0xff
  target[at + 8] = stream & 0xff
}

/** A whole frame. */
export function frame({ type, flags, stream, payload }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeaderBytes + payload.length)
  writeFrameHeader(bytes, 0, { type, flags, stream, length: payload.length })
  bytes.set(payload, frameHeaderBytes)
  return bytes
}

/** The pairs of a SETTINGS payload. */
export function* settingsIn(payload: Buffer): Generator<readonly [number, number]> {
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    yield [payload.readUInt16BE(at), payload.readUInt32BE(at + 2)]
  }
}

/** A SETTINGS payload of pairs. */
export function settingsPayload(pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6)
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, index * 6)
    payload.writeUInt32BE(value, index * 6 + 2)
  }
  return payload
}

/** Cuts what arrives into frames. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  /** Takes bytes that the caller may overwrite afterwards. */
  write(bytes: Buffer): void {
    const input = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let at = 0
    while (input.length - at >= frameHeaderBytes) {
      const length = input.readUIntBE(at, 3)
      const end = at + frameHeaderBytes + length
      if (end > input.length) break
      this.#onFrame({
        type: input.readUInt8(at + 3),
        flags: input.readUInt8(at + 4),
        stream: input.readUInt32BE(at + 5) & 0x7fff_ffff,
        payload: input.subarray(at + frameHeaderBytes, end),
      })
      at = end
    }
    this.#rest = Buffer.from(input.subarray(at))
  }
}
