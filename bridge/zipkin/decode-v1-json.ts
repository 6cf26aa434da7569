import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { bytesOfBase64, doubleOf, integerOf } from '../otlp/json-scalars.ts'
import { latin1Of } from '../wire/bytes-text.ts'
import { JsonByte } from '../wire/json-reader.ts'
import type { TextTable } from '../wire/text-table.ts'
import { textTable } from '../wire/text-table.ts'
import { addV1Span } from './add-v1-span.ts'
import { memberBytesMin, readEndpoint } from './decode-json.ts'
import { JsonValues } from './json-values.ts'
import { SpanList } from './span-list.ts'
import type { SpanParts, TextSlice } from './span-parts.ts'
import { EndpointParts, parentIdAt, spanIdAt } from './span-parts.ts'
import { boolValue, bytesValue, doubleValue, intValue } from './typed-values.ts'
import type { V1Annotation, V1BinaryAnnotation, V1Endpoint, V1Span } from './v1-span.ts'
import { createV1Span, noBytes } from './v1-span.ts'

/**
 * A list of spans of Zipkin's v1 API in JSON -> the model: each is understood as v2 first
 * (convert-v1.ts). Errors are as those of `decodeZipkinJson`; names of v2 refuse their span.
 *
 * Source: zipkin-api, zipkin-api.yaml.
 *
 * @throws WireError
 */
export function decodeZipkinV1Json(json: Uint8Array, options: DecodeOptions): Decoded {
  const list = new SpanList(options, json.length, memberBytesMin)
  if (json.length === 0) return list.finish(options.arrivalUnixMs)
  const values = new JsonValues(json, list.parts)
  const { bytes } = values.reader
  let span = createV1Span(0)
  values.list(
    list,
    () => {
      span = readSpan(values, list.parts, list.limits.itemsMax)
    },
    () => {
      const items = span.annotations.length + span.binaryAnnotations.length
      list.density.countItems(items, values.reader.at)
      addV1Span(list, span, bytes)
    },
  )
  return list.finish(options.arrivalUnixMs)
}

function readSpan(values: JsonValues, parts: SpanParts, itemsMax: number): V1Span {
  const { reader } = values
  parts.clear()
  const span = createV1Span(parts.ids.length)
  if (!values.object('')) return span
  let seen = 0
  do {
    const field = values.member(fields)
    if (field < 0) continue
    // As in v2: of lists all are kept.
    if ((seen & (1 << field)) !== 0 && field < Field.annotations) parts.skippedFields += 1
    seen |= 1 << field
    readField(values, span, field, itemsMax)
  } while (reader.more(JsonByte.closeObject))
  span.ids.set(parts.ids)
  return span
}

function readField(values: JsonValues, span: V1Span, field: number, itemsMax: number): void {
  switch (field) {
    case Field.traceId:
      values.id('traceId', 'trace_id', 0, traceIdLength)
      span.hasTraceId = true
      break
    case Field.id:
      values.id('id', 'span_id', spanIdAt, spanIdLength)
      span.hasSpanId = true
      break
    case Field.parentId:
      span.hasParent = values.id('parentId', 'parent_span_id', parentIdAt, spanIdLength)
      break
    case Field.name:
      span.name = readText(values, 'name')
      break
    case Field.timestamp:
      span.timestamp = values.microsFrom0('timestamp')
      break
    case Field.duration:
      span.duration = values.micros('duration')
      break
    case Field.debug:
      span.debug = values.bool('debug')
      break
    case Field.annotations:
      readObjects(values, 'annotations', readAnnotation, span.annotations, itemsMax)
      break
    case Field.binaryAnnotations:
      readObjects(
        values,
        'binaryAnnotations',
        readBinaryAnnotation,
        span.binaryAnnotations,
        itemsMax,
      )
      break
    default:
      values.fail(
        ofV2[field - Field.binaryAnnotations - 1] ?? '',
        'is of v2, which is sent to /api/v2/spans',
      )
  }
}

function readObjects<Item>(
  values: JsonValues,
  field: string,
  read: (values: JsonValues) => Item,
  into: Item[],
  itemsMax: number,
): void {
  if (!values.array(field)) return
  do {
    if (into.length >= itemsMax) values.fail(field, `has over ${itemsMax} (itemsMax)`, 'too_large')
    into.push(read(values))
  } while (values.reader.more(JsonByte.closeArray))
}

/** `{"timestamp": µs, "value": text, "endpoint": {…}}` */
function readAnnotation(values: JsonValues): V1Annotation {
  let timestamp = 0
  let value: Uint8Array = noBytes
  let endpoint: V1Endpoint | undefined
  readMembers(values, 'annotations', annotationFields, (field) => {
    if (field === 0) timestamp = values.microsFrom0('annotations.timestamp')
    else if (field === 1) value = readText(values, 'annotations.value')
    else endpoint = readV1Endpoint(values, 'annotations.endpoint')
  })
  return { timestamp, value, endpoint }
}

/** `{"key": text, "value": text or true, "type": "I64", "endpoint": {…}}` */
function readBinaryAnnotation(values: JsonValues): V1BinaryAnnotation {
  let key: Uint8Array = noBytes
  let value: Uint8Array = noBytes
  let isLiteral = false
  let type = ''
  let endpoint: V1Endpoint | undefined
  readMembers(values, 'binaryAnnotations', binaryFields, (field) => {
    if (field === 0) key = readText(values, 'binaryAnnotations.key')
    else if (field === 1) {
      isLiteral = values.reader.peek() !== JsonByte.quote
      value = readText(values, 'binaryAnnotations.value')
    } else if (field === 2) type = latin1Of(readText(values, 'binaryAnnotations.type'))
    else endpoint = readV1Endpoint(values, 'binaryAnnotations.endpoint')
  })
  const typed =
    isLiteral || numberTypes.has(type)
      ? typedOf(latin1Of(value))
      : type === 'BYTES'
        ? bytesOf64(latin1Of(value))
        : undefined
  return { key, value: typed ?? value, isTyped: typed !== undefined, endpoint }
}

function readMembers(
  values: JsonValues,
  path: string,
  table: TextTable,
  read: (field: number) => void,
): void {
  if (!values.object(path)) return
  do {
    const field = values.member(table)
    if (field >= 0) read(field)
  } while (values.reader.more(JsonByte.closeObject))
}

function readV1Endpoint(values: JsonValues, path: string): V1Endpoint {
  readEndpoint(values, path, endpointParts)
  const { serviceName, ipv4, ipv6, port } = endpointParts
  return {
    serviceName: bytesOf(values, serviceName),
    ipv4: bytesOf(values, ipv4),
    ipv6: bytesOf(values, ipv6),
    port,
  }
}

function readText(values: JsonValues, field: string): Uint8Array {
  values.text(field, text)
  return bytesOf(values, text)
}

/** Texts of its own are copied: the parts are filled anew before they are used. */
function bytesOf({ reader, parts }: JsonValues, { at, length }: TextSlice): Uint8Array {
  return at < 0 ? parts.own.slice(~at, ~at + length) : reader.bytes.subarray(at, at + length)
}

/** A boolean or number that is written as such, or as its type says; undefined for any other text. */
function typedOf(value: string): Uint8Array | undefined {
  if (value === 'true' || value === 'false') return boolValue(value === 'true')
  const whole = integerOf(value)
  if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return intValue(whole)
  const double = doubleOf(value)
  return double === undefined ? undefined : doubleValue(double)
}

/** Bytes are base64 in JSON; undefined for any other text, which stays one. */
function bytesOf64(text: string): Uint8Array | undefined {
  const bytes = bytesOfBase64(text)
  return bytes === undefined ? undefined : bytesValue(bytes)
}

const Field = {
  traceId: 0,
  id: 1,
  parentId: 2,
  name: 3,
  timestamp: 4,
  duration: 5,
  debug: 6,
  annotations: 7,
  binaryAnnotations: 8,
} as const
const ofV2 = ['kind', 'localEndpoint', 'remoteEndpoint', 'tags', 'shared']
const fields = textTable([...Object.keys(Field), ...ofV2])
const annotationFields = textTable(['timestamp', 'value', 'endpoint'])
const binaryFields = textTable(['key', 'value', 'type', 'endpoint'])
const numberTypes: ReadonlySet<string> = new Set(['BOOL', 'I16', 'I32', 'I64', 'DOUBLE'])

// One value after the other.
const text: TextSlice = { at: 0, length: 0 }
const endpointParts = new EndpointParts()
