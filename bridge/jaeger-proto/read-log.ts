import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown } from './decode-context.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { readTag } from './read-tag.ts'
import type { Halves } from './read-time.ts'
import { clampNano, setHalves, WireTime } from './read-time.ts'
import type { SpanParts } from './span-parts.ts'
import { LogField } from './span-parts.ts'

/**
 * jaeger.api_v2.Log -> a row, and its fields.
 *
 *   1 timestamp  Timestamp   absent is 1970
 *   2 fields     KeyValue[]
 *
 * Source: jaeger-idl, api_v2/model.proto, message Log.
 */
export function readLog(context: DecodeContext, tag: number, parts: SpanParts): void {
  countItem(context)
  const { reader } = context
  const { logs, fields } = parts
  const outer = enter(reader, tag)
  const row = logs.count
  const at = logs.add()
  logs.numbers[at + LogField.firstField] = fields.count
  let unknown: UnknownFields | undefined
  time.clear()
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    if (field >>> 3 === 1) {
      const logEnd = enter(reader, field)
      if (!time.isZero) context.lostFields += 1
      time.read(reader)
      reader.end = logEnd
    } else if (field >>> 3 === 2) readTag(context, field, fields)
    else unknown = keepUnknown(unknown, reader, field, start)
  }
  reader.end = outer
  halves.low = 0
  halves.high = 0
  if (time.isUsual) time.addTo(halves)
  else {
    const held = clampNano(time.nano)
    if (held !== time.nano) parts.movedLogNano ??= time.nano
    setHalves(halves, held)
  }
  logs.numbers[at + LogField.timeLow] = halves.low
  logs.numbers[at + LogField.timeHigh] = halves.high
  logs.numbers[at + LogField.endField] = fields.count
  logs.setUnknown(row, unknownToOtlp(unknown?.bytes(), Level.event))
}

// One log after the other.
const time = new WireTime()
const halves: Halves = { low: 0, high: 0 }
