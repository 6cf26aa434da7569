import type { ServerHttp2Stream } from 'node:http2'

/** What we need of a call and grpc-js keeps to itself. */
export interface CallInternals {
  /** The HTTP/2 stream of the call. */
  readonly stream: ServerHttp2Stream
  /** The request's `grpc-encoding`. */
  readonly encoding: string
  /** From now on a message arrives as it is on the wire, still compressed. */
  keepCompressed(): void
  /** A compressed message of a request stream may decompress to this much. */
  limitDecompressed(maxBytes: number): void
}

/**
 * The private fields of grpc-js' server call that we use, in one place.
 *
 * grpc-js decompresses a message before anybody can say whether there is room, and does not tell on
 * which stream a call is. Its version is exact in package.json; after a change of it
 * test/transport/grpc-internals.test.ts says whether these fields are still there. Without them
 * requests are served all the same: decompressed by grpc-js, bounded for each message alone.
 */
export function callInternals(call: object): CallInternals | undefined {
  if (!('stream' in call) || !('incomingEncoding' in call) || !('maxReceiveMessageSize' in call)) {
    return undefined
  }
  const fields = call as PrivateFields
  return {
    stream: fields.stream,
    encoding: fields.incomingEncoding,
    keepCompressed: () => {
      fields.incomingEncoding = 'identity'
    },
    limitDecompressed: (maxBytes) => {
      fields.maxReceiveMessageSize = maxBytes
    },
  }
}

/** As in @grpc/grpc-js 1.14, BaseServerInterceptingCall. */
interface PrivateFields {
  readonly stream: ServerHttp2Stream
  incomingEncoding: string
  maxReceiveMessageSize: number
}
