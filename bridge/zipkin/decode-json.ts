import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { SpanKind } from '../model/span.ts'
import { JsonByte } from '../wire/json-reader.ts'
import { findText, textTable } from '../wire/text-table.ts'
import { JsonValues } from './json-values.ts'
import { SpanList } from './span-list.ts'
import type { EndpointParts, SpanParts, TextSlice } from './span-parts.ts'
import { parentIdAt, spanIdAt } from './span-parts.ts'
import { TagName } from './tag-names.ts'

/**
 * A list of spans of Zipkin's v2 API in JSON -> the model; README.md has the table.
 *
 * One pass over the text writes each span as OTLP, without an object for it, its tags or its
 * annotations. A bad span is in `rejected` with the path to what is wrong, the others are kept.
 * Names that are not known are read over and counted, as Zipkin reads over them. So are those of v1, which are binary
 * annotations and the endpoint of an annotation, where the span has an endpoint or tags as only v2 has them; a span with
 * nothing of v2 is one of v1 and is refused, as its service and its tags would be lost.
 * No bytes at all are no spans.
 *
 * Source: zipkin-api, zipkin2-api.yaml.
 *
 * @throws WireError for text that is not JSON, with the byte, and for what is no list; for more elements
 * than so much text of a client really holds
 */
export function decodeZipkinJson(json: Uint8Array, options: DecodeOptions): Decoded {
  const list = new SpanList(options, json.length, memberBytesMin)
  const { parts } = list
  if (json.length === 0) return list.finish(options.arrivalUnixMs)
  const values = new JsonValues(json, parts)
  const { bytes } = values.reader
  values.list(
    list,
    () => readSpan(values, parts),
    () => {
      list.density.countItems(parts.itemCount, values.reader.at)
      list.add(bytes)
    },
  )
  return list.finish(options.arrivalUnixMs)
}

function readSpan(values: JsonValues, parts: SpanParts): void {
  const { reader } = values
  let seen = 0
  let endpoints = 0
  let binaryAnnotations = 0
  parts.clear()
  if (!values.object('')) return
  do {
    const field = values.member(fields)
    if (field < 0) continue
    // The first one of a name that is there twice is lost, but of lists and tags all are kept.
    if ((seen & (1 << field)) !== 0 && field < Field.annotations) parts.skippedFields += 1
    seen |= 1 << field
    if (field === Field.annotations) endpoints += readAnnotations(values, parts)
    else if (field === Field.binaryAnnotations) {
      binaryAnnotations += 1
      reader.skip()
    } else readField(values, parts, field)
  } while (reader.more(JsonByte.closeObject))
  if ((seen & ofV2) === 0) {
    if (binaryAnnotations > 0) values.fail('binaryAnnotations', ofV1)
    if (endpoints > 0) values.fail('annotations.endpoint', ofV1)
  }
  parts.skippedFields += endpoints + binaryAnnotations
}

function readField(values: JsonValues, parts: SpanParts, field: number): void {
  switch (field) {
    case Field.traceId:
      values.id('traceId', 'trace_id', 0, traceIdLength)
      parts.traceIdLength = traceIdLength
      break
    case Field.id:
      values.id('id', 'span_id', spanIdAt, spanIdLength)
      parts.spanIdLength = spanIdLength
      break
    case Field.parentId:
      parts.hasParent = values.id('parentId', 'parent_span_id', parentIdAt, spanIdLength)
      break
    case Field.name:
      values.text('name', parts.name)
      break
    case Field.kind:
      readKind(values, parts)
      break
    case Field.timestamp:
      parts.timestamp = values.microsFrom0('timestamp')
      break
    case Field.duration:
      parts.duration = values.micros('duration')
      break
    case Field.debug:
      parts.debug = values.bool('debug')
      break
    case Field.shared:
      parts.shared = values.bool('shared')
      break
    case Field.localEndpoint:
      readEndpoint(values, 'localEndpoint', parts.local)
      break
    case Field.remoteEndpoint:
      readEndpoint(values, 'remoteEndpoint', parts.remote)
      break
    default:
      readTags(values, parts)
  }
}

/** A kind that Zipkin does not have is kept as the tag `span.kind`. */
function readKind(values: JsonValues, parts: SpanParts): void {
  values.text('kind', value)
  const { text, textStart, textEnd } = values.reader
  const kind = findText(kinds, text, textStart, textEnd - textStart)
  if (kind >= 0) parts.kind = kindNumbers[kind] as number
  else if (value.length > 0) {
    parts.addTag(parts.keep(spanKindKey), spanKindKey.length, value.at, value.length)
  }
}

/** Reads an endpoint, of which there is one of each side. */
export function readEndpoint(values: JsonValues, path: string, endpoint: EndpointParts): void {
  const { reader } = values
  endpoint.clear()
  if (!values.object(path)) return
  do {
    const field = values.member(endpointFields)
    if (field < 0) continue
    if (field === EndpointField.serviceName) values.text(path, endpoint.serviceName)
    else if (field === EndpointField.ipv4) values.text(path, endpoint.ipv4)
    else if (field === EndpointField.ipv6) values.text(path, endpoint.ipv6)
    else endpoint.port = readPort(values, `${path}.port`)
  } while (reader.more(JsonByte.closeObject))
}

function readPort(values: JsonValues, path: string): number {
  const port = values.micros(path)
  if (port < 0 || port > 65_535) values.fail(path, `must be 0 to 65535, is ${port}`)
  return port
}

/** A list of `{"timestamp": µs, "value": text}`. @returns how many have an endpoint, which is of v1 */
function readAnnotations(values: JsonValues, parts: SpanParts): number {
  const { reader } = values
  let endpoints = 0
  if (!values.array('annotations')) return endpoints
  do {
    let timestamp = 0
    value.length = 0
    let isMore = values.object('annotations')
    while (isMore) {
      const field = values.member(annotationFields)
      if (field === 0) timestamp = values.microsFrom0('annotations.timestamp')
      else if (field === 1) values.text('annotations.value', value)
      else if (field > 0) {
        endpoints += 1
        reader.skip()
      }
      isMore = reader.more(JsonByte.closeObject)
    }
    parts.addAnnotation(timestamp, value.at, value.length)
  } while (reader.more(JsonByte.closeArray))
  return endpoints
}

function readTags(values: JsonValues, parts: SpanParts): void {
  const { reader } = values
  if (!values.object('tags')) return
  do {
    reader.key()
    values.place(key)
    // An AnyValue without a member, which is the empty value.
    if (values.isNull()) parts.addTag(key.at, key.length, 0, 0, 1)
    else {
      values.text('tags', value)
      parts.addTag(key.at, key.length, value.at, value.length)
    }
  } while (reader.more(JsonByte.closeObject))
}

/** A tag whose key and text are empty, `"":"",`, or an annotation, which is longer. */
export const memberBytesMin = 6

const Field = {
  traceId: 0,
  id: 1,
  parentId: 2,
  name: 3,
  kind: 4,
  timestamp: 5,
  duration: 6,
  debug: 7,
  shared: 8,
  localEndpoint: 9,
  remoteEndpoint: 10,
  annotations: 11,
  tags: 12,
  binaryAnnotations: 13,
} as const
const fields = textTable(Object.keys(Field))
/** Bits of what a span of v1 has not; by the same Zipkin tells the versions apart. */
const ofV2 = (1 << Field.localEndpoint) | (1 << Field.remoteEndpoint) | (1 << Field.tags)
const ofV1 = 'is of v1, which is sent to /api/v1/spans'
const EndpointField = { serviceName: 0, ipv4: 1, ipv6: 2, port: 3 } as const
const endpointFields = textTable(Object.keys(EndpointField))
const annotationFields = textTable(['timestamp', 'value', 'endpoint'])

const kinds = textTable(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'])
const kindNumbers = [SpanKind.client, SpanKind.server, SpanKind.producer, SpanKind.consumer]
const spanKindKey = Buffer.from(TagName.spanKind)

// One value after the other.
const key: TextSlice = { at: 0, length: 0 }
const value: TextSlice = { at: 0, length: 0 }
