import type { Decoded } from '../../bridge/model/decoded.ts'
import type { Rejected } from '../../bridge/model/span.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Admitted, HeldBytes, Source, SpanSink } from '../ports/span-sink.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Pieces } from '../transport/message-collector.ts'
import { inOnePiece } from '../transport/message-collector.ts'
import type { RequestFormat } from './decode-messages.ts'
import { decoders } from './decode-messages.ts'
import type { DecodeThread } from './decode-thread.ts'

/** What every receiver of spans is made of. */
export interface SpanReceiverOptions {
  readonly sink: SpanSink
  readonly metrics: Metrics
  /** ms since the epoch, never running backwards: when spans reached us. */
  readonly now: () => number
  /** Decodes large requests; without it all are decoded on the main thread. */
  readonly decodeThread?: Pick<DecodeThread, 'decode'>
}

/** One request that brings spans, whatever its wire. */
export interface IncomingSpans {
  readonly source: Source & { readonly format: RequestFormat }
  /** The request after decompression; whoever receives it gives it away. */
  readonly pieces: Pieces
  readonly held: HeldBytes
  readonly deadlineUnixMs: number | undefined
  readonly signal: AbortSignal
}

/** What became of a request's spans. */
export interface ReceivedSpans {
  /** How many it brought, bad ones included. */
  readonly spans: number
  readonly rejected: readonly Rejected[]
}

/**
 * Longer requests are decoded by the thread for it: these take the main thread up to 5 ms here
 * (Jaeger's model is decoded to objects and encoded again, OTLP is only walked over).
 */
const decodedHereBytesMax: Readonly<Record<RequestFormat, number>> = {
  otlp_proto: 1024 * 1024,
  jaeger_proto: 128 * 1024,
}

/** All spans belong to one tenant until requests name theirs. */
const tenant = ''

/**
 * The way of every request: let in, decode, store; returns when its spans are durable. Its bytes
 * count as in flight until the store has answered, also when the client has gone before.
 */
export async function receiveSpans(
  options: SpanReceiverOptions,
  incoming: IncomingSpans,
): Promise<ReceivedSpans> {
  const { source, pieces, held, deadlineUnixMs, signal } = incoming
  const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const arrivalUnixMs = options.now()
  let admitted: Admitted | undefined
  let decoded: Decoded
  try {
    admitted = await options.sink.admit({
      ...source,
      sizeBytes,
      held,
      signal,
      ...(deadlineUnixMs === undefined ? {} : { deadlineUnixMs }),
    })
    const isLarge = sizeBytes > decodedHereBytesMax[source.format]
    decoded =
      isLarge && options.decodeThread !== undefined
        ? await options.decodeThread.decode({
            format: source.format,
            pieces,
            arrivalUnixMs,
            signal,
          })
        : decoders[source.format](inOnePiece(pieces), { arrivalUnixMs })
  } catch (error) {
    admitted?.release()
    const { receiver, format } = source
    options.metrics.add('spangate_requests_refused_total', 1, {
      receiver,
      format,
      reason: reasonOf(error),
    })
    throw error
  }
  try {
    const { batch, rejected: bad, repairs } = decoded
    for (const [repair, count] of repairs) {
      const { receiver, format } = source
      options.metrics.add('spangate_spans_repaired_total', count, { receiver, format, repair })
    }
    const rejected = await admitted.store({ tenant, batch, rejected: bad }, signal)
    return { spans: spanCount(batch) + bad.length, rejected }
  } finally {
    admitted.release()
  }
}

/** For people: why spans were rejected, each reason once with how many, the first message of each. */
export function describeRejected(rejected: readonly Rejected[]): string {
  const reasons = new Map<string, { count: number; message: string }>()
  for (const { reason, message } of rejected) {
    const known = reasons.get(reason)
    if (known === undefined) reasons.set(reason, { count: 1, message })
    else known.count += 1
  }
  return [...reasons.values()].map(({ count, message }) => `${message} (${count})`).join('; ')
}

function reasonOf(error: unknown): string {
  if (error instanceof WireError) return 'undecodable'
  return error instanceof GatewayError ? error.code : 'internal'
}
