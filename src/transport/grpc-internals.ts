import type { ServerHttp2Stream } from 'node:http2'
import type { Server } from '@grpc/grpc-js'

/** What we need of a call and grpc-js keeps to itself. */
export interface CallInternals {
  /** The HTTP/2 stream of the call. */
  readonly stream: ServerHttp2Stream
  /** The request's `grpc-encoding`. */
  readonly encoding: string
  /**
   * From now on `collect` gets the stream's bytes; each message that it gives goes to the method's
   * `requestDeserialize` as it is.
   */
  collectBy(collect: (chunk: Buffer) => readonly unknown[]): void
  /** A compressed message of a request stream may decompress to this much. */
  limitDecompressed(maxBytes: number): void
}

/**
 * The private fields of grpc-js' server call that we use, in one place.
 *
 * grpc-js decompresses a message before anybody can say whether there is room, puts a large one
 * together in one go on the main thread, and does not tell on which stream a call is. Its version is
 * exact in package.json; after a change of it test/transport/grpc-internals.test.ts says whether
 * these fields are still there. Without them requests are served all the same: collected and
 * decompressed by grpc-js, bounded for each message alone.
 */
export function callInternals(call: object): CallInternals | undefined {
  const names = ['stream', 'incomingEncoding', 'maxReceiveMessageSize', 'decoder']
  if (!names.every((name) => name in call)) return undefined
  const fields = call as PrivateFields
  return {
    stream: fields.stream,
    encoding: fields.incomingEncoding,
    collectBy: (collect) => {
      fields.decoder = { write: (chunk) => collect(chunk).map(framed) }
    },
    limitDecompressed: (maxBytes) => {
      fields.maxReceiveMessageSize = maxBytes
    },
  }
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
  decoder: { write(chunk: Buffer): readonly FramedMessage[] }
}

/** What grpc-js does with a message that its decoder gives: look at its flag, and skip the prefix. */
interface FramedMessage {
  readUInt8(offset: number): number
  subarray(start: number): unknown
}

function framed(message: unknown): FramedMessage {
  return { readUInt8: () => 0, subarray: () => message }
}
