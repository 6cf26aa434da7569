import type { BatchMemory } from '../../bridge/model/batch-memory.ts'
import type { Decoded, DecodeOptions } from '../../bridge/model/decoded.ts'
import type { Pieces } from '../transport/message-collector.ts'
import { inFewPieces, inOnePiece } from '../transport/message-collector.ts'
import type { RequestFormat } from './decode-messages.ts'
import { decoders } from './decode-messages.ts'
import type { DecodeThread } from './decode-thread.ts'

/** A request with spans, after decompression. */
export interface PiecesToDecode {
  readonly format: RequestFormat
  readonly pieces: Pieces
  readonly arrivalUnixMs: number
  /** For the indexes of the batch, where it is decoded on the main thread. */
  readonly memory?: BatchMemory | undefined
  readonly signal: AbortSignal
}

/**
 * Longer requests are decoded by the thread for it: usual ones of these lengths take the main thread
 * up to 5 ms here. Spans of Jaeger are written anew; 128 KiB of them take 1 ms, of very small ones 3
 * to 5, and some 20 to 40 where each has to be repaired or has a process of its own, so more is not
 * taken here, for it saves next to nothing (docs/performance.md).
 */
const decodedHereBytesMax: Readonly<Record<RequestFormat, number>> = {
  otlp_proto: 1024 * 1024,
  otlp_json: 128 * 1024,
  jaeger_proto: 128 * 1024,
  jaeger_thrift: 128 * 1024,
  jaeger_batches: 128 * 1024,
  zipkin_json: 128 * 1024,
  zipkin_proto: 128 * 1024,
  zipkin_v1_json: 64 * 1024,
  zipkin_thrift: 64 * 1024,
  zipkin_thrift_compact: 64 * 1024,
}

/**
 * Spans, and attributes, events, links and values, that are decoded here: some 10 ms of the most unusual
 * ones.
 */
const decodedHereItemsMax = 8192

/** One span alone may have too many; Zipkin's readers would refuse it for that. */
function limitsHere(format: RequestFormat): Pick<DecodeOptions, 'limits'> {
  return format.startsWith('zipkin') ? {} : { limits: { itemsMax: decodedHereItemsMax + 1 } }
}

/** Thrown on the main thread, by what it tells while it decodes. */
class TooManyItems extends Error {
  override readonly name = 'TooManyItems'
}

/** There is one for all: it is caught where it was thrown for. */
const tooManyItems = new TooManyItems('a request that takes long')

/**
 * Decodes a small request here, on the thread for it a large one and one that turns out to have very
 * many attributes; without a thread all of them here.
 *
 * @throws WireError for bytes that are broken, and what `DecodeThread.decode` throws
 */
export function decodePieces(
  decodeThread: Pick<DecodeThread, 'decode'> | undefined,
  { format, pieces, arrivalUnixMs, memory, signal }: PiecesToDecode,
): Decoded | Promise<Decoded> {
  const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const options = memory === undefined ? { arrivalUnixMs } : { arrivalUnixMs, memory }
  if (decodeThread === undefined) return decoders[format](inOnePiece(pieces), options)
  if (sizeBytes <= decodedHereBytesMax[format]) {
    let items = 0
    const onItems = (count: number) => {
      items += count + 1
      if (items > decodedHereItemsMax) throw tooManyItems
    }
    try {
      return decoders[format](inOnePiece(pieces), { ...options, ...limitsHere(format), onItems })
    } catch (error) {
      if (error !== tooManyItems) throw error
    }
  }
  const own = inFewPieces(pieces, sizeBytes)
  return decodeThread.decode({ format, pieces: own, arrivalUnixMs, signal })
}
