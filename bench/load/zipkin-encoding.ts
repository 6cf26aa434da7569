import type { EncodedGroup, EncodedMessage } from './otlp-encoding.ts'
import type { EncodedSpan, SpanIds } from './span-slots.ts'
import { attributeSlots, SpanSlot, slotStride } from './span-slots.ts'
import type { WorldAttribute, WorldEvent, WorldProcess, WorldSpan } from './world.ts'

/** Of Zipkin; it has none for what stays in a process. */
const kindTexts = ['', '', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']

/** Microseconds of this century in as many digits as any of them has. */
const someMicros = '1795000000000000'

/**
 * A Span of Zipkin's v2 JSON but for its end, which is the same for all spans of a process: the text
 * stops within the tags. Ids are hex digits and times have 16 digits, so that both are changed in place.
 */
export function encodeZipkinSpan(span: WorldSpan, ids: SpanIds): EncodedSpan {
  const slots = new Uint32Array(slotStride)
  let text = ''
  const slot = (of: number, value: string, behind: number): void => {
    // Texts of the world are ASCII, so that a character is a byte.
    slots[of] = text.length - behind - value.length
  }
  const id = (name: string, of: number, bytes: Uint8Array): void => {
    const hex = Buffer.from(bytes).toString('hex')
    text += `"${name}":"${hex}",`
    slot(of, hex, 2)
  }
  const kind = kindTexts[span.kind] ?? ''
  text += '{'
  id('traceId', SpanSlot.traceId, ids.traceId)
  if (ids.parentSpanId !== undefined) id('parentId', SpanSlot.parentSpanId, ids.parentSpanId)
  id('id', SpanSlot.spanId, ids.spanId)
  if (kind !== '') text += `"kind":"${kind}",`
  text += `"name":${JSON.stringify(span.operation)},"timestamp":${someMicros},`
  slot(SpanSlot.start, someMicros, 1)
  text += `"duration":${Math.max(1, Math.floor(span.durationNano / 1000))},`
  if (span.event !== undefined) {
    text += `"annotations":[{"timestamp":${someMicros},`
    slot(SpanSlot.event, someMicros, 1)
    text += `"value":${JSON.stringify(annotationText(span.event))}}],`
  }
  text += '"tags":{'
  for (const attribute of span.attributes) {
    text += `${tagOf(attribute)},`
    const patched = attributeSlots[attribute.key]
    if (patched === undefined || attribute.kind !== 'string') continue
    slot(patched.slot, attribute.value.slice(patched.skip), 2)
  }
  if (kind === '') text += '"span.kind":"internal",'
  if (span.hasError) text += '"error":"true",'
  return { body: Buffer.from(text), slots }
}

/** As OpenTelemetry's exporters write an event with attributes. */
function annotationText({ name, attributes }: WorldEvent): string {
  const values = Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
  return `${name}|${JSON.stringify(values)}|0`
}

/** A list of spans as it is posted to /api/v2/spans. */
export function encodeZipkinMessage(groups: readonly EncodedGroup[]): EncodedMessage {
  const parts: Uint8Array[] = []
  const bodies: number[] = []
  let sizeBytes = 0
  const add = (part: Uint8Array): void => {
    parts.push(part)
    sizeBytes += part.length
  }
  for (const { process, spans } of groups) {
    const end = Buffer.from(spanEnd(process))
    for (const { body } of spans) {
      add(Buffer.from(sizeBytes === 0 ? '[' : ','))
      bodies.push(sizeBytes)
      add(body)
      add(end)
    }
  }
  add(Buffer.from(sizeBytes === 0 ? '[]' : ']'))
  return { bytes: Buffer.concat(parts), bodies }
}

/** Zipkin's spans name their process each by itself: the last tags, and the local endpoint. */
function spanEnd({ attributes }: WorldProcess): string {
  const name = attributes.find(({ key }) => key === 'service.name')
  const tags = attributes.filter((attribute) => attribute !== name).map(tagOf)
  const serviceName = JSON.stringify(String(name?.value))
  return `${tags.join(',')}},"localEndpoint":{"serviceName":${serviceName}}}`
}

function tagOf({ key, value }: WorldAttribute): string {
  return `${JSON.stringify(key)}:${JSON.stringify(String(value))}`
}
