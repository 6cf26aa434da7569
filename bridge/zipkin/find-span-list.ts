import { spanIdLength } from '../model/identifier.ts'
import { RequestDensity } from '../model/request-density.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import { WireError } from '../wire/wire-error.ts'
import { readThriftSpan, spanCountOf } from './read-thrift-span.ts'
import { parentIdAt } from './span-parts.ts'

/** The method of Jaeger's agent that takes Zipkin's spans. */
export const emitZipkinBatch = 'emitZipkinBatch'

/** A list of Zipkin's spans. */
export interface FoundSpanList {
  readonly list: Uint8Array
  /** Fields beside it that were read over; all that is behind the message is one. */
  readonly skippedFields: number
}

/**
 * The arguments of a call of Agent.emitZipkinBatch, from the reader's position on.
 *
 *   1 spans  list<zipkincore.Span>
 *
 * The spans are walked over as they are when they are decoded, so that a list which cannot be is told
 * here: later it is decoded together with those of other datagrams, which it must not take with it.
 *
 * Source: jaeger-idl, thrift/agent.thrift, service Agent.
 *
 * @returns the bytes of the list, without copying, and how many fields stand beside it
 * @throws WireError
 */
export function findSpanList(reader: ThriftReader): FoundSpanList {
  let list: Uint8Array | undefined
  let skippedFields = 0
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldId !== 1 || reader.fieldType !== ThriftType.list || list !== undefined) {
      skippedFields += 1
      reader.skip(reader.fieldType)
      continue
    }
    const start = reader.position
    walkSpans(reader)
    list = reader.bytes.subarray(start, reader.position)
  }
  reader.leave(outer)
  // Another message, or what is none: passed over, as Apache Thrift does.
  if (reader.position < reader.end) skippedFields += 1
  if (list !== undefined) return { list, skippedFields }
  throw new WireError('bad_value', 'Cannot read emitZipkinBatch: it has no spans', reader.position)
}

function walkSpans(reader: ThriftReader): void {
  const density = new RequestDensity(reader.end, reader.itemBytesMin)
  for (let left = spanCountOf(reader, density); left > 0; left--) {
    readThriftSpan(reader, density, idsLength, 0)
  }
}

const idsLength = parentIdAt + spanIdLength
