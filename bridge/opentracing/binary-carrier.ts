import type { Context } from '@opentelemetry/api'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { decodeJaegerBinary, encodeJaegerBinary } from '../propagation/jaeger-binary.ts'
import type { Loss } from '../propagation/loss.ts'
import { propagatedFrom, withPropagated } from '../propagation/text-map-propagator.ts'
import type { OpenTracingLosses } from './loss.ts'
import { numberOf } from './odd-values.ts'

/** OpenTracing's binary carrier: bytes under this name, of whatever kind. */
export interface BinaryCarrier {
  buffer?: unknown
}

/** Sets the buffer to what Jaeger's clients write; nothing where the context has no span. */
export function injectBinary(
  context: Context,
  carrier: BinaryCarrier,
  losses: OpenTracingLosses,
): void {
  const { bytes, losses: lost } = encodeJaegerBinary(propagatedFrom(context))
  tell('inject()', lost, losses)
  if (bytes !== undefined) carrier.buffer = bytes
}

/** Undefined where the buffer holds no span context. */
export function extractBinary(
  carrier: BinaryCarrier,
  losses: OpenTracingLosses,
): Context | undefined {
  const bytes = bytesOf(carrier.buffer)
  // A carrier without a buffer is a request without headers.
  if (bytes === undefined) return undefined
  const { propagated, losses: lost } = decodeJaegerBinary(bytes)
  tell('extract()', lost, losses)
  return propagated.span === undefined ? undefined : withPropagated(ROOT_CONTEXT, propagated)
}

/** Arrays of numbers, buffers and views of them, as the API allows. */
function bytesOf(buffer: unknown): Uint8Array | undefined {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer)
  if (ArrayBuffer.isView(buffer)) {
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  }
  return Array.isArray(buffer) ? Uint8Array.from(buffer, numberOf) : undefined
}

function tell(call: string, lost: readonly Loss[], losses: OpenTracingLosses): void {
  for (const { field, reason, count } of lost) {
    losses.add('bad_binary', `${call}: ${field} ${reason}, ${count} times`)
  }
}
