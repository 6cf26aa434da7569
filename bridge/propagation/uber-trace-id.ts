import { readHexId } from './hex-id.ts'
import type { LossReason } from './loss.ts'
import { decodePercent } from './percent.ts'
import type { Sampling, SpanReference } from './propagated.ts'
import { bitCount, trimOws } from './traceparent.ts'

/** What an uber-trace-id says. */
export interface UberTraceId {
  readonly span: SpanReference
  readonly sampling: Sampling
  /** Number of flags that are set and have no meaning. */
  readonly reservedFlags: number
}

const sampledFlag = 1
const debugFlag = 2
const firehoseFlag = 8
/** Four fields of at most 32, 16, 16 and 2 digits, each colon as %3A. */
const lengthMax = 128

/**
 * Reads an uber-trace-id:
 *
 *     trace-id ":" span-id ":" parent-id ":" flags
 *
 * All are hex digits of either case, leading zeros may be missing, colons may be written %3A. The
 * parent is 0 where there is none. Flags: 1 sampled, 2 debug, which means sampled as well, 8
 * firehose.
 *
 * Source: jaeger documentation, client-libraries, Propagation Format.
 */
export function parseUberTraceId(text: string): UberTraceId | { readonly reason: LossReason } {
  if (text.length > lengthMax) return { reason: 'malformed' }
  const fields = decodePercent(trimOws(text)).text.split(':')
  const [trace = '', span = '', parent = '', flagDigits = ''] = fields
  const [traceId, spanId] = [readHexId(trace, 32), readHexId(span, 16)]
  const parentId = readHexId(parent, 16)
  const areFlags = /^[0-9a-fA-F]{1,2}$/.test(flagDigits)
  const isParentBad = 'reason' in parentId && parentId.reason === 'malformed'
  if (fields.length !== 4 || !areFlags || isParentBad) return { reason: 'malformed' }
  if ('reason' in traceId) return traceId
  if ('reason' in spanId) return spanId
  const flags = Number.parseInt(flagDigits, 16)
  return {
    span: {
      traceId: traceId.id,
      spanId: spanId.id,
      ...('id' in parentId && { parentSpanId: parentId.id }),
      ...((flags & firehoseFlag) !== 0 && { isFirehose: true }),
    },
    sampling: samplingOf(flags),
    reservedFlags: bitCount(flags & ~(sampledFlag | debugFlag | firehoseFlag)),
  }
}

/** Writes an uber-trace-id: ids in full, and 0 for the parent, which is deprecated. */
export function formatUberTraceId(span: SpanReference, sampling: Sampling): string {
  const isDebug = sampling === 'debug'
  const isSampled = isDebug || sampling === 'accepted'
  const flags =
    (isSampled ? sampledFlag : 0) |
    (isDebug ? debugFlag : 0) |
    (span.isFirehose === true ? firehoseFlag : 0)
  return `${span.traceId}:${span.spanId}:0:0${flags.toString(16)}`
}

function samplingOf(flags: number): Sampling {
  if ((flags & debugFlag) !== 0) return 'debug'
  return (flags & sampledFlag) !== 0 ? 'accepted' : 'denied'
}
