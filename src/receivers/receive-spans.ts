import type { BatchMemory } from '../../bridge/model/batch-memory.ts'
import type { Decoded } from '../../bridge/model/decoded.ts'
import type { Rejected } from '../../bridge/model/span.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Admitted, HeldBytes, Source, SpanSink } from '../ports/span-sink.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { HeldMemory } from '../transport/inbound-connection.ts'
import type { MemoryPool } from '../transport/memory-pool.ts'
import type { Pieces } from '../transport/message-collector.ts'
import type { RequestFormat } from './decode-messages.ts'
import { decodePieces } from './decode-pieces.ts'
import type { DecodeThread } from './decode-thread.ts'

/** What every receiver of spans is made of. */
export interface SpanReceiverOptions {
  readonly sink: SpanSink
  readonly metrics: Metrics
  /** ms since the epoch, as `createArrivalClock` gives it: when spans reached us. */
  readonly now: () => number
  /** Memory for the indexes of batches; without it each gets its own. */
  readonly batchPool?: MemoryPool<BatchMemory>
  /** Decodes large requests; without it all are decoded on the main thread. */
  readonly decodeThread?: Pick<DecodeThread, 'decode'>
}

/** One request that brings spans, whatever its wire. */
export interface IncomingSpans {
  readonly source: Source & { readonly format: RequestFormat }
  /** What the pieces are in, where that is another format than the one that came. */
  readonly encoding?: RequestFormat
  /** How many requests these are, where several are stored together; 1 unless it is said. */
  readonly requests?: number
  /** The request after decompression; whoever receives it gives it away. */
  readonly pieces: Pieces
  readonly held: HeldBytes & HeldMemory
  readonly deadlineUnixMs: number | undefined
  readonly signal: AbortSignal
}

/** What became of a request's spans. */
export interface ReceivedSpans {
  /** How many it brought, bad ones included. */
  readonly spans: number
  readonly rejected: readonly Rejected[]
  /** Fields that were read over, and the first one's name where it has one. */
  readonly skippedFields: number
  readonly firstSkipped: string | undefined
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
  const { receiver, format } = source
  const arrivalUnixMs = options.now()
  const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const giveMessage = held.takeMemory()
  let admitted: Admitted | undefined
  let memory: BatchMemory | undefined
  try {
    let decoded: Decoded
    try {
      admitted = await options.sink.admit({
        ...source,
        sizeBytes,
        held,
        signal,
        ...(deadlineUnixMs === undefined ? {} : { deadlineUnixMs }),
      })
      memory = options.batchPool?.take()
      const toDecode = incoming.encoding ?? format
      const job = { format: toDecode, pieces, arrivalUnixMs, memory, signal }
      decoded = await decodePieces(options.decodeThread, job)
    } catch (error) {
      const reason = reasonOf(error)
      const requests = incoming.requests ?? 1
      options.metrics.add('spangate_requests_refused_total', requests, { receiver, format, reason })
      throw error
    }
    const { batch, rejected: bad, repairs, skippedFields = 0, firstSkipped } = decoded
    for (const [repair, count] of repairs) {
      options.metrics.add('spangate_spans_repaired_total', count, { receiver, format, repair })
    }
    if (skippedFields > 0) {
      options.metrics.add('spangate_fields_skipped_total', skippedFields, { receiver, format })
    }
    const rejected = await admitted.store({ tenant, batch, rejected: bad }, signal)
    return { spans: spanCount(batch) + bad.length, rejected, skippedFields, firstSkipped }
  } finally {
    // Whatever became of it, the store has settled and reads the batch no more.
    admitted?.release()
    if (memory !== undefined) options.batchPool?.give(memory)
    giveMessage?.()
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
