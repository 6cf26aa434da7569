import type { ServerHttp2Stream } from 'node:http2'
import type { Server } from '@grpc/grpc-js'

/**
 * The private fields of grpc-js' server call that we use, in one place.
 *
 * grpc-js decompresses a message before anybody can say whether there is room, puts a large one
 * together in one go on the main thread, and does not tell on which stream a call is. Its version is
 * exact in package.json; after a change of it test/transport/grpc-internals.test.ts says whether
 * these fields are still there. Without them requests are served all the same: collected and
 * decompressed by grpc-js, bounded for each message alone.
 */
export class CallInternals {
  readonly #fields: PrivateFields

  constructor(fields: PrivateFields) {
    this.#fields = fields
  }

  /** The HTTP/2 stream of the call. */
  get stream(): ServerHttp2Stream {
    return this.#fields.stream
  }

  /** The request's `grpc-encoding`. */
  get encoding(): string {
    return this.#fields.incomingEncoding
  }

  /**
   * From now on the decoder gets the stream's bytes; each message that it gives goes to the method's
   * `requestDeserialize` as it is.
   */
  collectBy(decoder: MessageDecoder): void {
    this.#fields.decoder = decoder
  }

  /** A compressed message of a request stream may decompress to this much. */
  limitDecompressed(maxBytes: number): void {
    this.#fields.maxReceiveMessageSize = maxBytes
  }
}

/** Makes messages of a stream's bytes. */
export interface MessageDecoder {
  write(chunk: Buffer): readonly FramedMessage[]
}

/** A message as grpc-js has it from its decoder: it looks at the flag in front, and passes the prefix over. */
export class FramedMessage {
  readonly #message: unknown

  /** @param message what is to be deserialized */
  constructor(message: unknown) {
    this.#message = message
  }

  /** The flag: not compressed, as far as grpc-js is to know. */
  readUInt8(_offset: number): number {
    return 0
  }

  /** What is behind the prefix. */
  subarray(_start: number): unknown {
    return this.#message
  }
}

const names = ['stream', 'incomingEncoding', 'maxReceiveMessageSize', 'decoder'] as const

/** The internals of a call; undefined where a field is not there. */
export function callInternals(call: object): CallInternals | undefined {
  for (const name of names) if (!(name in call)) return undefined
  return new CallInternals(call as PrivateFields)
}

/** The window that each stream of the server's connections begins with, instead of Node's 64 KiB. */
export function setInitialWindow(server: Server, sizeBytes: number): void {
  const fields = server as unknown as { commonServerOptions?: { settings?: object } }
  if (fields.commonServerOptions === undefined) return
  fields.commonServerOptions.settings = {
    ...fields.commonServerOptions.settings,
    initialWindowSize: sizeBytes,
  }
}

/** As in @grpc/grpc-js 1.14, BaseServerInterceptingCall. */
interface PrivateFields {
  readonly stream: ServerHttp2Stream
  readonly incomingEncoding: string
  maxReceiveMessageSize: number
  decoder: MessageDecoder
}
