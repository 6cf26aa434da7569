import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { isZeroAt, spanIdLength } from '../model/identifier.ts'
import { BinaryReader } from '../thrift/binary-reader.ts'
import { CompactReader } from '../thrift/compact-reader.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { WireError } from '../wire/wire-error.ts'
import { addV1Span } from './add-v1-span.ts'
import { BadSpan } from './bad-span.ts'
import { readThriftSpan, spanCountOf } from './read-thrift-span.ts'
import { SpanList } from './span-list.ts'

/**
 * A list of zipkincore.Span in Thrift's binary protocol -> the model: each is understood as v2 first
 * (convert-v1.ts). A bad span is in `rejected` and the others are kept. Nothing may stand behind the
 * list. No bytes at all are no spans.
 *
 * Source: zipkin-api, thrift/zipkinCore.thrift.
 *
 * @throws WireError for bytes that are no such list: where a span ends is only known once it is read;
 * for more elements than the bytes of a client's request really hold
 */
export function decodeZipkinThrift(bytes: Uint8Array, options: DecodeOptions): Decoded {
  const reader = new BinaryReader()
  const list = new SpanList(options, bytes.length, reader.itemBytesMin)
  if (bytes.length > 0) readList(reader, bytes, list)
  return list.finish(options.arrivalUnixMs)
}

/**
 * Several such lists in the compact protocol, one behind the other, as they come over UDP. What each of
 * them holds was counted when it came, so that a bad one does not take the others with it.
 */
export function decodeZipkinCompactLists(bytes: Uint8Array, options: DecodeOptions): Decoded {
  const reader = new CompactReader()
  const list = new SpanList({ ...options, isRequest: false }, bytes.length, reader.itemBytesMin)
  reader.use(bytes)
  while (reader.position < reader.end) readSpans(reader, list)
  return list.finish(options.arrivalUnixMs)
}

function readList(reader: ThriftReader, bytes: Uint8Array, list: SpanList): void {
  reader.use(bytes)
  readSpans(reader, list)
  const rest = reader.end - reader.position
  if (rest === 0) return
  const message = `Cannot decode spans: ${rest} bytes are behind the list`
  throw new WireError('bad_value', message, reader.position)
}

function readSpans(reader: ThriftReader, list: SpanList): void {
  const { density } = list
  for (let left = spanCountOf(reader, density); left > 0; left--) {
    const read = readThriftSpan(reader, density, list.parts.ids.length, list.limits.itemsMax)
    const { span, fault } = read
    list.parts.skippedFields += read.skippedFields
    span.hasParent &&= !isZeroAt(span.ids, span.ids.length - spanIdLength, spanIdLength)
    if (fault !== undefined) {
      list.reject({ reason: 'malformed', state: fault })
      continue
    }
    try {
      addV1Span(list, span, reader.bytes)
    } catch (error) {
      if (!(error instanceof BadSpan)) throw error
      list.reject(error)
    }
  }
}
