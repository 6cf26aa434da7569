import { WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { KeptBy } from './throughput.ts'

/** `KeyValue`: 1 key, 2 value (`AnyValue`: 1 text, 3 int, 4 double). `Span`: 9 attributes. */
const attributesField = 9

/**
 * What Jaeger's clients tell of a root span by `sampler.type` and `sampler.param`; undefined where it has
 * neither, as with OpenTelemetry's SDKs.
 *
 * @param span the body of a Span message that has been checked
 */
export function readSamplerTags(span: Uint8Array): KeptBy | undefined {
  let type: string | undefined
  let param: number | undefined
  try {
    const reader = new WireReader(span)
    while (reader.more()) {
      const tag = reader.tag()
      if (tag >>> 3 !== attributesField || (tag & 7) !== WireType.bytes) {
        reader.skip(tag)
        continue
      }
      const attribute = reader.slice()
      if (!isSamplerKey(attribute)) continue
      const { key, value } = readAttribute(attribute)
      if (key === 'sampler.type' && typeof value === 'string') type = value
      else if (key === 'sampler.param' && value !== undefined) param = Number(value)
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return undefined
  }
  if (type === undefined) return undefined
  const isShare = type === 'probabilistic' && param !== undefined && param >= 0 && param <= 1
  return isShare ? { kind: 'share', probability: param as number } : { kind: 'other' }
}

const prefix = Buffer.from('sampler.')

/** A look at the bytes in front, so that other attributes cost next to nothing. */
function isSamplerKey(attribute: Uint8Array): boolean {
  // 0x0a, the length of the key, the key.
  for (let at = 0; at < prefix.length; at++) {
    if (attribute[at + 2] !== prefix[at]) return false
  }
  return true
}

function readAttribute(bytes: Uint8Array): { key: string; value: string | number | undefined } {
  const reader = new WireReader(bytes)
  let key = ''
  let value: string | number | undefined
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 === 1) key = reader.string()
    else if (tag >>> 3 === 2) value = readValue(reader.slice())
    else reader.skip(tag)
  }
  return { key, value }
}

function readValue(bytes: Uint8Array): string | number | undefined {
  const reader = new WireReader(bytes)
  let value: string | number | undefined
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 === 1) value = reader.string()
    else if (tag >>> 3 === 3) value = Number(reader.int64())
    else if (tag >>> 3 === 4) value = reader.double()
    else reader.skip(tag)
  }
  return value
}
