import type { AnyValue, KeyValue, SpanEvent } from '../model/span.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown } from './decode-context.ts'
import { decodeKeyValue } from './decode-key-value.ts'
import { clampNano, decodeNano } from './decode-time.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { TagName } from './tag-names.ts'

/**
 * jaeger.api_v2.Log -> event.
 *
 *   1 timestamp  Timestamp   absent is 1970
 *   2 fields     KeyValue[]  the field `event` becomes the event's name
 *
 * Source: jaeger-idl, api_v2/model.proto, message Log.
 */
export function decodeLog(context: DecodeContext, tag: number): SpanEvent {
  countItem(context)
  const { reader } = context
  const outer = enter(reader, tag)
  const fields: KeyValue[] = []
  let timeUnixNano = 0n
  let unknown: UnknownFields | undefined
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    if (field >>> 3 === 1) {
      const logEnd = enter(reader, field)
      timeUnixNano = clampNano(decodeNano(reader, reader.end))
      reader.end = logEnd
    } else if (field >>> 3 === 2) {
      fields.push(decodeKeyValue(context, field))
    } else unknown = keepUnknown(unknown, reader, field, start)
  }
  reader.end = outer
  const kept = unknownToOtlp(unknown?.bytes(), Level.event)
  return {
    timeUnixNano,
    ...nameFrom(fields),
    droppedAttributesCount: 0,
    ...(kept === undefined ? {} : { unknown: kept }),
  }
}

/**
 * The name of an event is its field `event`, as text. The field goes away only where writing the
 * log again would make the very same one: if there is one and it is a string.
 */
function nameFrom(fields: readonly KeyValue[]): Pick<SpanEvent, 'name' | 'attributes'> {
  let named: KeyValue | undefined
  let count = 0
  for (const field of fields) {
    if (field.key !== TagName.event) continue
    named = field
    count += 1
  }
  if (named === undefined) return { name: '', attributes: fields }
  const isPlain = count === 1 && named.value?.kind === 'string' && named.value.value !== ''
  if (!isPlain || named.unknown !== undefined) {
    return { name: scalarText(named.value), attributes: fields }
  }
  return { name: scalarText(named.value), attributes: fields.filter((field) => field !== named) }
}

function scalarText(value: AnyValue | undefined): string {
  switch (value?.kind) {
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
      return String(value.value)
    default:
      return ''
  }
}
