import { readHexId } from './hex-id.ts'
import { readJaegerFlags, writeJaegerFlags } from './jaeger-flags.ts'
import type { LossReason } from './loss.ts'
import { decodePercent } from './percent.ts'
import type { Sampling, SpanReference } from './propagated.ts'
import { trimOws } from './traceparent.ts'

/** What an uber-trace-id says. */
export interface UberTraceId {
  readonly span: SpanReference
  readonly sampling: Sampling
  /** Number of flags that are set and have no meaning. */
  readonly reservedFlags: number
}

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
  const { sampling, isFirehose, reservedFlags } = readJaegerFlags(Number.parseInt(flagDigits, 16))
  return {
    span: {
      traceId: traceId.id,
      spanId: spanId.id,
      ...('id' in parentId && { parentSpanId: parentId.id }),
      ...(isFirehose && { isFirehose }),
    },
    sampling,
    reservedFlags,
  }
}

/** Writes an uber-trace-id: ids in full, and 0 for the parent, which is deprecated. */
export function formatUberTraceId(span: SpanReference, sampling: Sampling): string {
  return `${span.traceId}:${span.spanId}:0:0${writeJaegerFlags(span, sampling).toString(16)}`
}
