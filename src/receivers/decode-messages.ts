import { decodeBatches, decodePostSpansRequest } from '../../bridge/jaeger-proto/decode-request.ts'
import { decodeThriftBatch } from '../../bridge/jaeger-thrift/decode-batch.ts'
import type { Decoded, DecodeOptions } from '../../bridge/model/decoded.ts'
import { decodeJsonRequest } from '../../bridge/otlp/decode-json.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import type { WireErrorCode } from '../../bridge/wire/wire-error.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { decodeZipkinJson } from '../../bridge/zipkin/decode-json.ts'
import { decodeZipkinProto } from '../../bridge/zipkin/decode-proto.ts'
import { decodeZipkinCompactLists, decodeZipkinThrift } from '../../bridge/zipkin/decode-thrift.ts'
import { decodeZipkinV1Json } from '../../bridge/zipkin/decode-v1-json.ts'

/**
 * How requests are read, by the name of their format; the same on every thread. Their spans are going
 * to be stored, so what they are found by is noted in the same pass.
 */
export const decoders = {
  otlp_proto: forStore(decodeRequest),
  otlp_json: forStore(decodeJsonRequest),
  jaeger_proto: forStore(decodePostSpansRequest),
  jaeger_thrift: forStore(decodeThriftBatch),
  // What bridge/jaeger-thrift has made of datagrams.
  jaeger_batches: forStore(decodeBatches),
  zipkin_json: forStore(decodeZipkinJson),
  zipkin_proto: forStore(decodeZipkinProto),
  zipkin_v1_json: forStore(decodeZipkinV1Json),
  zipkin_thrift: forStore(decodeZipkinThrift),
  // Lists as datagrams have brought them, one behind the other.
  zipkin_thrift_compact: forStore(decodeZipkinCompactLists),
} as const satisfies Record<string, Decoder>

type Decoder = (bytes: Uint8Array, options: DecodeOptions) => Decoded

function forStore(decode: Decoder): Decoder {
  return (bytes, options) => decode(bytes, { ...options, withTerms: true, isRequest: true })
}

/** Formats that can be decoded. */
export type RequestFormat = keyof typeof decoders

/** To the decoding thread. */
export interface DecodeRequest {
  readonly id: number
  readonly format: RequestFormat
  /** The request's bytes, one piece after the other. */
  readonly pieces: readonly Uint8Array[]
  readonly arrivalUnixMs: number
  /** Not 0 once nobody waits for the answer any more; shared. */
  readonly cancelled: Int32Array
}

/** From the decoding thread. */
export type DecodeAnswer =
  | { readonly id: number; readonly kind: 'decoded'; readonly decoded: Decoded }
  | { readonly id: number; readonly kind: 'failed'; readonly failure: DecodeFailure }

/** What decoding threw, as it crosses threads. */
export type DecodeFailure =
  | {
      readonly kind: 'wire'
      readonly code: WireErrorCode
      readonly message: string
      readonly offset: number
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'bug'; readonly error: unknown }

/** Thrown when nobody waits for what is decoded. */
export class DecodingCancelled extends Error {
  override readonly name = 'DecodingCancelled'
}

/** Puts a thrown thing into a form that keeps what it is. */
export function failureOf(error: unknown): DecodeFailure {
  if (error instanceof DecodingCancelled) return { kind: 'cancelled' }
  if (!(error instanceof WireError)) return { kind: 'bug', error }
  const { code, message, offset } = error
  return { kind: 'wire', code, message, offset }
}

/** The error that was thrown on the other thread. */
export function errorOf(failure: DecodeFailure): unknown {
  if (failure.kind === 'bug') return failure.error
  if (failure.kind === 'cancelled')
    return new DecodingCancelled('Cannot decode: nobody waits for it')
  const { code, message, offset } = failure
  const error = new WireError(code, message, offset)
  // It names the offset already.
  error.message = message
  return error
}
