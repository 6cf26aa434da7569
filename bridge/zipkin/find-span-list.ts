import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import { WireError } from '../wire/wire-error.ts'

/** The method of Jaeger's agent that takes Zipkin's spans. */
export const emitZipkinBatch = 'emitZipkinBatch'

/**
 * The arguments of a call of Agent.emitZipkinBatch, from the reader's position on.
 *
 *   1 spans  list<zipkincore.Span>
 *
 * The list is walked over, so that one whose framing is broken is told here, and read later, together
 * with those of other datagrams.
 *
 * Source: jaeger-idl, thrift/agent.thrift, service Agent.
 *
 * @returns the bytes of the list, without copying
 * @throws WireError
 */
export function findSpanList(reader: ThriftReader): Uint8Array {
  let list: Uint8Array | undefined
  const outer = reader.enter()
  while (reader.field()) {
    const isSpans = reader.fieldId === 1 && reader.fieldType === ThriftType.list
    const start = reader.position
    reader.skip(reader.fieldType)
    if (isSpans) list ??= reader.bytes.subarray(start, reader.position)
  }
  reader.leave(outer)
  if (list !== undefined) return list
  throw new WireError('bad_value', 'Cannot read emitZipkinBatch: it has no spans', reader.position)
}
