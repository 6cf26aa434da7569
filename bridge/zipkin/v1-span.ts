/**
 * A span of Zipkin's v1 API, where kind, times and addresses are annotations. Clients that send it
 * are old and few, so that it is an object; texts are bytes of the request as they are, or without
 * their escapes.
 *
 * Source: zipkin-api, zipkin-api.yaml and thrift/zipkinCore.thrift.
 */
export interface V1Span {
  /** Trace id, span id and parent id, as `SpanParts.ids`. */
  readonly ids: Uint8Array
  hasTraceId: boolean
  hasSpanId: boolean
  hasParent: boolean
  name: Uint8Array
  /** µs since the epoch, 0 for unknown. */
  timestamp: number
  /** µs, 0 for unknown. */
  duration: number
  debug: boolean
  readonly annotations: V1Annotation[]
  readonly binaryAnnotations: V1BinaryAnnotation[]
}

/** Something that happened, and to whom. */
export interface V1Annotation {
  /** µs since the epoch. */
  readonly timestamp: number
  readonly value: Uint8Array
  readonly endpoint: V1Endpoint | undefined
}

/** A tag, or an address. */
export interface V1BinaryAnnotation {
  readonly key: Uint8Array
  /** The body of an AnyValue where `isTyped`, a text otherwise. */
  readonly value: Uint8Array
  readonly isTyped: boolean
  readonly endpoint: V1Endpoint | undefined
}

/** Who took part; empty texts and port 0 are unknown. */
export interface V1Endpoint {
  readonly serviceName: Uint8Array
  readonly ipv4: Uint8Array
  readonly ipv6: Uint8Array
  readonly port: number
}

/** No text. */
export const noBytes: Uint8Array = new Uint8Array(0)

/** A span of which nothing has been read. */
export function createV1Span(idsLength: number): V1Span {
  return {
    ids: new Uint8Array(idsLength),
    hasTraceId: false,
    hasSpanId: false,
    hasParent: false,
    name: noBytes,
    timestamp: 0,
    duration: 0,
    debug: false,
    annotations: [],
    binaryAnnotations: [],
  }
}
