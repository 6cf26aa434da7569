import { expectWireType, WireType } from '../wire/reader.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import { WireError } from '../wire/wire-error.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown } from './decode-context.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import type { SpanParts } from './span-parts.ts'

/**
 * jaeger.api_v2.SpanRef -> its type, and its ids at their full length.
 *
 *   1 trace_id  bytes  8 or 16; absent is all zero
 *   2 span_id   bytes  8; absent is all zero
 *   3 ref_type  enum   CHILD_OF 0, FOLLOWS_FROM 1; others are possible
 *
 * Source: jaeger-idl, api_v2/model.proto, message SpanRef.
 */
export function readReference(context: DecodeContext, tag: number, parts: SpanParts): void {
  countItem(context)
  const { reader } = context
  const { ids, references } = parts
  const outer = enter(reader, tag)
  const entry = ids.add()
  let type = 0
  let seen = 0
  let unknown: UnknownFields | undefined
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    const number = field >>> 3
    if (number <= 3) {
      if ((seen & (1 << number)) !== 0) context.lostFields += 1
      seen |= 1 << number
    }
    if (number === 1 || number === 2) {
      expectWireType(field, WireType.bytes, reader)
      const lengthAt = reader.position
      const length = reader.length()
      const at = reader.position
      reader.position = at + length
      const isSet =
        number === 1
          ? ids.setTraceId(entry, reader.bytes, at, length)
          : ids.setSpanId(entry, reader.bytes, at, length)
      if (!isSet) throw badId(number === 1 ? 'trace id' : 'span id', length, lengthAt)
    } else if (number === 3) {
      expectWireType(field, WireType.varint, reader)
      type = reader.int32()
    } else unknown = keepUnknown(unknown, reader, field, start)
  }
  reader.end = outer
  const row = references.count
  const at = references.add()
  references.numbers[at] = type
  references.setUnknown(row, unknownToOtlp(unknown?.bytes(), Level.link))
}

function badId(what: string, length: number, at: number): WireError {
  return new WireError(
    'bad_value',
    `Cannot read ${what} of a reference: it has ${length} bytes`,
    at,
  )
}
