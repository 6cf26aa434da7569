import { spanIdLength } from '../model/identifier.ts'
import type { RequestDensity } from '../model/request-density.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import { WireError } from '../wire/wire-error.ts'
import { ipv4Text, ipv6Text } from './ip-bytes.ts'
import { microsMax, parentIdAt, spanIdAt } from './span-parts.ts'
import { boolValue, bytesValue, doubleValue, intValue } from './typed-values.ts'
import type { V1Annotation, V1BinaryAnnotation, V1Endpoint, V1Span } from './v1-span.ts'
import { createV1Span, noBytes } from './v1-span.ts'

/** A span that was read, and what is wrong with it, the first thing of several. */
export interface ReadThriftSpan {
  readonly span: V1Span
  readonly fault: string | undefined
  /** Fields that were read over. */
  readonly skippedFields: number
}

/**
 * Reads the head of a list of spans. @returns how many follow
 *
 * @param density where they are counted
 * @throws WireError for a list of something else
 */
export function spanCountOf(reader: ThriftReader, density: RequestDensity): number {
  const count = reader.list()
  if (count === 0 || reader.elementType === ThriftType.struct) {
    density.countSpans(count, reader.position)
    return count
  }
  const message = `Cannot decode spans: the list holds type ${reader.elementType}, must be 12 (STRUCT)`
  throw new WireError('bad_wire_type', message, reader.position)
}

/** What the functions that read one span share. */
interface Reading {
  readonly reader: ThriftReader
  readonly density: RequestDensity
  /** How many annotations may come. */
  itemsLeft: number
  skippedFields: number
  fault: string | undefined
}

/**
 * Reads one zipkincore.Span to its end, also when its values are bad.
 *
 *   1 trace_id   i64      6 annotations         list<Annotation>        10 timestamp      i64, µs
 *   3 name       string   8 binary_annotations  list<BinaryAnnotation>  11 duration       i64, µs
 *   4 id         i64      9 debug               bool                    12 trace_id_high  i64
 *   5 parent_id  i64
 *
 * Fields that are not known, or have another type, are read over and counted, and so are those that later
 * ones replace; lists are joined.
 *
 * Source: zipkin-api, thrift/zipkinCore.thrift.
 *
 * @throws WireError
 */
export function readThriftSpan(
  reader: ThriftReader,
  density: RequestDensity,
  idsLength: number,
  itemsMax: number,
): ReadThriftSpan {
  const span = createV1Span(idsLength)
  const reading: Reading = {
    reader,
    density,
    itemsLeft: itemsMax,
    skippedFields: 0,
    fault: undefined,
  }
  let seen = 0
  const outer = reader.enter()
  while (reader.field()) {
    const { fieldId, fieldType } = reader
    if (fieldType !== spanTypes[fieldId]) {
      skipField(reading)
      continue
    }
    const isList = fieldType === ThriftType.list
    if ((seen & (1 << fieldId)) !== 0 && !isList) reading.skippedFields += 1
    seen |= 1 << fieldId
    readSpanField(reading, span, fieldId)
  }
  reader.leave(outer)
  if (reading.itemsLeft < 0) reading.fault ??= `span has over ${itemsMax} annotations (itemsMax)`
  return { span, fault: reading.fault, skippedFields: reading.skippedFields }
}

function skipField(reading: Reading): void {
  reading.skippedFields += 1
  reading.reader.skip(reading.reader.fieldType)
}

function readSpanField(reading: Reading, span: V1Span, fieldId: number): void {
  const { reader } = reading
  switch (fieldId) {
    case 1:
      readId(reader, span.ids, spanIdAt - spanIdLength)
      span.hasTraceId = true
      break
    case 3:
      span.name = readBinary(reader)
      break
    case 4:
      readId(reader, span.ids, spanIdAt)
      span.hasSpanId = true
      break
    case 5:
      readId(reader, span.ids, parentIdAt)
      span.hasParent = true
      break
    case 6:
      readStructs(reading, readAnnotation, span.annotations)
      break
    case 8:
      readStructs(reading, readBinaryAnnotation, span.binaryAnnotations)
      break
    case 9:
      span.debug = reader.bool()
      break
    case 10:
      span.timestamp = readMicros(reading, 'timestamp', 0)
      break
    case 11:
      span.duration = readMicros(reading, 'duration', -microsMax)
      break
    default:
      readId(reader, span.ids, 0)
  }
}

/** 1 timestamp i64, 2 value string, 3 host Endpoint */
function readAnnotation(reading: Reading): V1Annotation {
  const { reader } = reading
  let timestamp = 0
  let value: Uint8Array = noBytes
  let endpoint: V1Endpoint | undefined
  const outer = reader.enter()
  while (reader.field()) {
    const { fieldId, fieldType } = reader
    if (fieldId === 1 && fieldType === ThriftType.i64) {
      timestamp = readMicros(reading, 'annotations.timestamp', 0)
    } else if (fieldId === 2 && fieldType === ThriftType.binary) value = readBinary(reader)
    else if (fieldId === 3 && fieldType === ThriftType.struct) endpoint = readEndpoint(reading)
    else skipField(reading)
  }
  reader.leave(outer)
  return { timestamp, value, endpoint }
}

/** 1 key string, 2 value binary, 3 annotation_type enum, 4 host Endpoint */
function readBinaryAnnotation(reading: Reading): V1BinaryAnnotation {
  const { reader } = reading
  let key: Uint8Array = noBytes
  let value: Uint8Array = noBytes
  let type: number = AnnotationType.string
  let endpoint: V1Endpoint | undefined
  const outer = reader.enter()
  while (reader.field()) {
    const { fieldId, fieldType } = reader
    if (fieldId === 1 && fieldType === ThriftType.binary) key = readBinary(reader)
    else if (fieldId === 2 && fieldType === ThriftType.binary) value = readBinary(reader)
    else if (fieldId === 3 && fieldType === ThriftType.i32) type = reader.i32()
    else if (fieldId === 4 && fieldType === ThriftType.struct) endpoint = readEndpoint(reading)
    else skipField(reading)
  }
  reader.leave(outer)
  const isTyped = type !== AnnotationType.string
  return { key, value: isTyped ? typedOf(value, type) : value, isTyped, endpoint }
}

/** 1 ipv4 i32, 2 port i16 without a sign, 3 service_name string, 4 ipv6 binary */
function readEndpoint(reading: Reading): V1Endpoint {
  const { reader } = reading
  let serviceName: Uint8Array = noBytes
  let ipv4: Uint8Array = noBytes
  let ipv6: Uint8Array = noBytes
  let port = 0
  const outer = reader.enter()
  while (reader.field()) {
    const { fieldId, fieldType } = reader
    if (fieldId === 1 && fieldType === ThriftType.i32) ipv4 = readIpv4(reader)
    else if (fieldId === 2 && fieldType === ThriftType.i16) port = reader.i16() & 0xffff
    else if (fieldId === 3 && fieldType === ThriftType.binary) serviceName = readBinary(reader)
    else if (fieldId === 4 && fieldType === ThriftType.binary) ipv6 = readIpv6(reading)
    else skipField(reading)
  }
  reader.leave(outer)
  return { serviceName, ipv4, ipv6, port }
}

/** 0 is none: the field is required in the contract. */
function readIpv4(reader: ThriftReader): Uint8Array {
  const address = reader.i32()
  if (address === 0) return noBytes
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(address)
  return new Uint8Array(Buffer.from(ipv4Text(bytes, 0)))
}

function readIpv6(reading: Reading): Uint8Array {
  const bytes = readBinary(reading.reader)
  if (bytes.length === 0) return noBytes
  if (bytes.length === 16) return new Uint8Array(Buffer.from(ipv6Text(bytes, 0)))
  reading.fault ??= `ipv6 has ${bytes.length} bytes, must be 16`
  return noBytes
}

/**
 * A value by its type, numbers big-endian; of a length that its type does not have, its bytes.
 *
 * Source: zipkin-api, thrift/zipkinCore.thrift, AnnotationType.
 */
function typedOf(value: Uint8Array, type: number): Uint8Array {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  if (type === AnnotationType.bool && value.length === 1) return boolValue(value[0] === 1)
  if (type === AnnotationType.i16 && value.length === 2) return intValue(BigInt(view.getInt16(0)))
  if (type === AnnotationType.i32 && value.length === 4) return intValue(BigInt(view.getInt32(0)))
  if (type === AnnotationType.i64 && value.length === 8) return intValue(view.getBigInt64(0))
  if (type === AnnotationType.double && value.length === 8) return doubleValue(view.getFloat64(0))
  return bytesValue(value)
}

/** Past the limit they are read over. */
function readStructs<Item>(reading: Reading, read: (reading: Reading) => Item, into: Item[]): void {
  const { reader } = reading
  const count = reader.list()
  if (count > 0 && reader.elementType !== ThriftType.struct) {
    const message = `Cannot read Thrift value: the list holds type ${reader.elementType}, must be 12 (STRUCT)`
    throw new WireError('bad_wire_type', message, reader.position)
  }
  reading.density.countItems(count, reader.position)
  for (let left = count; left > 0; left--) {
    const item = read(reading)
    reading.itemsLeft -= 1
    if (reading.itemsLeft >= 0) into.push(item)
  }
}

/** Big-endian; signed numbers by their bits. */
function readId(reader: ThriftReader, ids: Uint8Array, at: number): void {
  reader.i64()
  const view = new DataView(ids.buffer, ids.byteOffset)
  view.setInt32(at, reader.high)
  view.setInt32(at + 4, reader.low)
}

function readMicros(reading: Reading, field: string, min: number): number {
  const { reader } = reading
  reader.i64()
  const micros = reader.high * 2 ** 32 + (reader.low >>> 0)
  if (micros >= min && micros <= microsMax) return micros
  reading.fault ??= `${field} must be ${min} to ${microsMax}`
  return 0
}

function readBinary(reader: ThriftReader): Uint8Array {
  reader.binary()
  return reader.bytes.subarray(reader.start, reader.start + reader.length)
}

/** Source: zipkin-api, thrift/zipkinCore.thrift. */
const AnnotationType = { bool: 0, bytes: 1, i16: 2, i32: 3, i64: 4, double: 5, string: 6 } as const

/** Type of each field of a Span. */
const spanTypes: readonly (number | undefined)[] = [
  undefined,
  ThriftType.i64,
  undefined,
  ThriftType.binary,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.list,
  undefined,
  ThriftType.list,
  ThriftType.bool,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.i64,
]
