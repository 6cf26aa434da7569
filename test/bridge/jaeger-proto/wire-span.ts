import { WireWriter } from '../../../bridge/wire/writer.ts'

/** Trace id of the spans made here. */
export const traceId: Uint8Array = Uint8Array.from({ length: 16 }, (_, at) => at + 1)
/** Span id of the spans made here. */
export const spanId: Uint8Array = Uint8Array.from({ length: 8 }, (_, at) => at + 101)

/** Writes one message. */
export type Write = (writer: WireWriter) => void

/** The bytes of a message. */
export function message(write: Write): Uint8Array {
  const writer = new WireWriter()
  write(writer)
  return writer.finish()
}

/** A Span with ids and a name, unless they are given, and whatever `write` adds. */
export function wireSpan(
  write: Write = () => {},
  ids: { traceId?: Uint8Array; spanId?: Uint8Array } = {},
): Uint8Array {
  return message((writer) => {
    writer.bytes(1, ids.traceId ?? traceId)
    writer.bytes(2, ids.spanId ?? spanId)
    writer.string(3, 'operation')
    write(writer)
  })
}

/** A KeyValue with a string, as field `field`. */
export function textTag(writer: WireWriter, field: number, key: string, value: string): void {
  writer.message(field, () => {
    writer.string(1, key)
    writer.string(3, value)
  })
}

/** A PostSpansRequest with these spans and the process `shop`, or the one given. */
export function request(
  spans: readonly Uint8Array[],
  process: Uint8Array | undefined = message((writer) => writer.string(1, 'shop')),
): Uint8Array {
  return message((writer) => {
    writer.message(1, () => {
      for (const span of spans) writer.bytesAlways(1, span)
      writer.bytes(2, process)
    })
  })
}
