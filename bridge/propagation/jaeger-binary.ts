import { isUtf8 } from 'node:buffer'
import { createBaggageSize } from './baggage-size.ts'
import { textOf } from './carrier.ts'
import type { Extracted } from './format.ts'
import { readJaegerFlags, writeJaegerFlags } from './jaeger-flags.ts'
import type { PropagationLimits } from './limits.ts'
import { defaultPropagationLimits } from './limits.ts'
import type { Loss } from './loss.ts'
import { createLossList } from './loss.ts'
import { addNotCarried } from './not-carried.ts'
import type { BaggageEntry, Propagated } from './propagated.ts'
import { nothingPropagated } from './propagated.ts'

const field = 'binary'
/** Ids, flags and the count of baggage. */
const headBytes = 16 + 8 + 8 + 1 + 4

/**
 * `Propagated` as Jaeger's clients write it into OpenTracing's binary carrier; big-endian:
 *
 *     trace id 16 | span id 8 | parent id 8 | flags 1 | count int32 | count × (key, value)
 *     text: length int32 | UTF-8
 *
 * Nothing without a span. What has no place in it is told.
 *
 * Source: jaeger-client-go v2.30.0, propagation.go (BinaryPropagator); jaeger-client-java, BinaryCodec.
 */
export function encodeJaegerBinary(
  propagated: Propagated,
  limits: PropagationLimits = defaultPropagationLimits,
): { readonly bytes: Uint8Array | undefined; readonly losses: readonly Loss[] } {
  const losses = createLossList()
  const { span, sampling, baggage } = propagated
  addNotCarried(propagated, ['span', 'parentSpanId', 'isFirehose', 'debug', 'baggage'], losses)
  if (span === undefined) {
    if (baggage.length > 0) losses.add('baggage', 'not_carried', baggage.length)
    return { bytes: undefined, losses: losses.list() }
  }
  const entries: Buffer[] = []
  const size = createBaggageSize(limits)
  let count = 0
  for (const { key, value } of baggage) {
    const entry = Buffer.concat([textBytes(key), textBytes(value)])
    const reason = size.take(entry.length)
    if (reason !== undefined) {
      losses.add(field, reason)
      continue
    }
    entries.push(entry)
    count += 1
  }
  const head = Buffer.alloc(headBytes)
  head.write(span.traceId, 0, 'hex')
  head.write(span.spanId, 16, 'hex')
  head.write(span.parentSpanId ?? '', 24, 'hex')
  head.writeUInt8(writeJaegerFlags(span, sampling), 32)
  head.writeInt32BE(count, 33)
  return { bytes: new Uint8Array(Buffer.concat([head, ...entries])), losses: losses.list() }
}

/** The other way; never throws for what the bytes are. Bytes behind the last entry mean nothing. */
export function decodeJaegerBinary(
  bytes: Uint8Array,
  limits: PropagationLimits = defaultPropagationLimits,
): Extracted {
  const losses = createLossList()
  const fail = (reason: 'malformed' | 'zero_id' | 'limit_field_bytes'): Extracted => {
    losses.add(field, reason)
    return { propagated: nothingPropagated, losses: losses.list() }
  }
  if (bytes.length > limits.fieldBytesMax) return fail('limit_field_bytes')
  if (bytes.length < headBytes) return fail('malformed')
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [traceId, spanId] = [view.toString('hex', 0, 16), view.toString('hex', 16, 24)]
  const parentSpanId = view.toString('hex', 24, 32)
  if (isZero(traceId) || isZero(spanId)) return fail('zero_id')
  const { sampling, isFirehose, reservedFlags } = readJaegerFlags(view.readUInt8(32))
  if (reservedFlags > 0) losses.add(field, 'reserved_flags', reservedFlags)
  const baggage = readBaggage(view, limits)
  if (baggage === undefined) return fail('malformed')
  losses.addAll(baggage.losses)
  const span = {
    traceId,
    spanId,
    ...(!isZero(parentSpanId) && { parentSpanId }),
    ...(isFirehose && { isFirehose }),
  }
  return { propagated: { span, sampling, baggage: baggage.entries }, losses: losses.list() }
}

/** Undefined where a length or the count is none. */
function readBaggage(view: Buffer, limits: PropagationLimits) {
  const losses = createLossList()
  const entries: BaggageEntry[] = []
  const size = createBaggageSize(limits)
  const count = view.readInt32BE(headBytes - 4)
  let at = headBytes
  const take = (): Buffer | undefined => {
    if (view.length - at < 4) return undefined
    const length = view.readInt32BE(at)
    if (length < 0 || length > view.length - at - 4) return undefined
    at += 4 + length
    return view.subarray(at - length, at)
  }
  // Each entry takes eight bytes at least, so the count cannot make this long.
  if (count < 0 || count > (view.length - headBytes) / 8) return undefined
  for (let entry = 0; entry < count; entry++) {
    const [key, value] = [take(), take()]
    if (key === undefined || value === undefined) return undefined
    const reason = size.take(key.length + value.length)
    if (reason !== undefined) losses.add(field, reason)
    else if (!isUtf8(key) || !isUtf8(value)) losses.add(field, 'not_utf8')
    else entries.push({ key: textOf(key), value: textOf(value) })
  }
  return { entries, losses: losses.list() }
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function isZero(hex: string): boolean {
  return /^0*$/.test(hex)
}
