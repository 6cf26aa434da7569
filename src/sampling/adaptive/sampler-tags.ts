import { WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { KeptBy } from './throughput.ts'

/** `KeyValue`: 1 key, 2 value (`AnyValue`: 1 text, 3 int, 4 double). `Span`: 9 attributes. */
const attributesField = 9

/**
 * What Jaeger's clients tell of a root span by `sampler.type` and `sampler.param`, and OpenTelemetry's remote sampler
 * for Go by `jaeger.sampler.type` and `jaeger.sampler.param`; undefined where it has neither, as with other SDKs of
 * OpenTelemetry.
 *
 * Source: opentelemetry-go-contrib, samplers/jaegerremote/sampler.go.
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
      if (key.endsWith('sampler.type') && typeof value === 'string') type = value
      else if (key.endsWith('sampler.param') && value !== undefined) param = Number(value)
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return undefined
  }
  if (type === undefined) return undefined
  const isShare = type === 'probabilistic' && param !== undefined && param >= 0 && param <= 1
  return isShare ? { kind: 'share', probability: param as number } : { kind: 'other' }
}

/** What those keys are made of, behind 0x0a and their length. */
const keys = ['sampler.type', 'sampler.param', 'jaeger.sampler.type', 'jaeger.sampler.param'].map(
  (key) => Buffer.from(`\n${String.fromCharCode(key.length)}${key}`, 'latin1'),
)

/** A look at the bytes in front, so that other attributes cost next to nothing. */
function isSamplerKey(attribute: Uint8Array): boolean {
  const first = attribute[2]
  if (first !== 0x73 && first !== 0x6a) return false
  return keys.some((key) => startsWith(attribute, key))
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at++) if (bytes[at] !== start[at]) return false
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
