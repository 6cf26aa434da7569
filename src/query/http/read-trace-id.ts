import { isZeroId, parseTraceId, traceIdLength } from '../../../bridge/model/identifier.ts'
import { badField, quoted } from '../bad-field.ts'

/** Base64 of 16 bytes, padding included. */
const base64Max = 24

/**
 * A trace id as Jaeger's HTTP API takes it: 1 to 32 hex digits, or base64 of 8 or 16 bytes in either
 * alphabet, with or without padding. What can be read as hex is hex.
 *
 * @throws GatewayError 'invalid_argument' for other text, and for the id of all zeros
 */
export function readTraceId(text: string, name: string): Uint8Array {
  const traceId = parseTraceId(text) ?? ofBase64(text)
  if (traceId === undefined) {
    throw badField(name, `is ${quoted(text)}, must be 1 to 32 hex digits`)
  }
  if (isZeroId(traceId)) throw badField(name, 'is all zeros, must name a trace')
  return traceId
}

function ofBase64(text: string): Uint8Array | undefined {
  if (text.length > base64Max || !/^[\w+/-]{11,22}={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== traceIdLength && bytes.length !== traceIdLength / 2) return undefined
  const traceId = new Uint8Array(traceIdLength)
  traceId.set(bytes, traceIdLength - bytes.length)
  return traceId
}
