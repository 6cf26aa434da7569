import { spanIdLength } from '../model/identifier.ts'
import type { SpanOutput } from '../otlp/span-output.ts'
import { fieldLength } from '../otlp/span-output.ts'
import type { EndpointParts, Halves, SpanParts, TextSlice } from './span-parts.ts'
import {
  AnnotationField,
  annotationStride,
  nanoOfMicros,
  parentIdAt,
  spanIdAt,
  TagField,
  tagStride,
} from './span-parts.ts'
import { AttributeName, Special } from './tag-names.ts'
import type { TagRoles } from './tag-roles.ts'
import { Role } from './tag-roles.ts'
import { writeNamed, writeNumber, writeTag, writeTrue } from './write-attribute.ts'
import { writeEvent } from './write-event.ts'
import { writeLinks } from './write-links.ts'

/**
 * Writes a Zipkin span as the body of an OTLP Span, fields in the order of their numbers; README.md
 * has the table. What it says of its process and its scope is in its group (write-group.ts).
 *
 *    1 trace_id, 2 span_id     7 start_time_unix_nano, 8 end_time_unix_nano
 *    3 trace_state             9 attributes: tags, then endpoints and what OTLP has no field for
 *    4 parent_span_id         11 events: annotations
 *    5 name, 6 kind           13 links: tags `otlp.link.N`
 *                             15 status
 *
 * @param bytes where the texts lie that are not the parts' own
 */
export function writeSpan(
  out: SpanOutput,
  bytes: Uint8Array,
  parts: SpanParts,
  roles: TagRoles,
): void {
  writeIds(out, bytes, parts, roles)
  writeSlice(out, 0x2a, bytes, parts, parts.name)
  if (roles.kind !== 0) out.head(0x30, roles.kind)
  writeTimes(out, parts)
  const links = roles.hasLinks ? writeLinks(bytes, parts, roles) : undefined
  const { count } = parts.tags
  for (let tag = 0; tag < count; tag++) {
    if (roles.roles[tag] === Role.attribute) writeTag(out, attributes, bytes, parts, tag)
  }
  writeEndpoint(out, bytes, parts, parts.local, localKeys)
  writeEndpoint(out, bytes, parts, parts.remote, remoteKeys)
  if (parts.timestamp === 0) writeTrue(out, attributes, startAbsentKey)
  if (parts.shared) writeTrue(out, attributes, sharedKey)
  if (parts.debug) writeTrue(out, attributes, debugKey)
  writeEvents(out, bytes, parts)
  if (links !== undefined) out.raw(links)
  writeStatus(out, bytes, parts, roles)
}

/** Fields 1 to 4. A span that is its own parent is a root. */
function writeIds(out: SpanOutput, bytes: Uint8Array, parts: SpanParts, roles: TagRoles): void {
  const { ids } = parts
  out.slice(0x0a, ids, 0, parts.traceIdLength)
  out.slice(0x12, ids, spanIdAt, parts.spanIdLength)
  const state = roles.special[Special.traceState] as number
  if (state >= 0 && roles.roles[state] === Role.taken) writeValue(out, 0x1a, bytes, parts, state)
  if (parts.hasParent && !isOwnParent(ids)) out.slice(0x22, ids, parentIdAt, spanIdLength)
}

/** Whether the ids of a span say that it is its own parent, which is none. */
export function isOwnParent(ids: Uint8Array): boolean {
  for (let at = 0; at < spanIdLength; at++) {
    if (ids[spanIdAt + at] !== ids[parentIdAt + at]) return false
  }
  return true
}

/** A span without a duration ends when it starts. */
function writeTimes(out: SpanOutput, { timestamp, duration }: SpanParts): void {
  nanoOfMicros(timestamp, start)
  nanoOfMicros(Math.abs(duration), length)
  out.fixed64(0x39, start.low, start.high)
  const sign = duration < 0 ? -1 : 1
  const low = start.low + sign * length.low
  const carry = Math.floor(low / word)
  // One that ends before 1970 ends with it; a negative duration is repaired, or told, later.
  const high = start.high + sign * length.high + carry
  if (high >= 0) out.fixed64(0x41, low - carry * word, high)
}

function writeEndpoint(
  out: SpanOutput,
  bytes: Uint8Array,
  parts: SpanParts,
  endpoint: EndpointParts,
  keys: EndpointKeys,
): void {
  const { serviceName, ipv4, ipv6, port } = endpoint
  if (keys.service !== undefined) writeText(out, bytes, parts, keys.service, serviceName)
  if (ipv6.length > 0) {
    writeText(out, bytes, parts, keys.address, ipv6)
    writeText(out, bytes, parts, keys.ipv4, ipv4)
  } else writeText(out, bytes, parts, keys.address, ipv4)
  if (port > 0) writeNumber(out, attributes, keys.port, port)
}

function writeText(
  out: SpanOutput,
  bytes: Uint8Array,
  { own }: SpanParts,
  key: Uint8Array,
  { at, length }: TextSlice,
): void {
  if (length === 0) return
  if (at < 0) writeNamed(out, attributes, key, own, ~at, length)
  else writeNamed(out, attributes, key, bytes, at, length)
}

function writeEvents(out: SpanOutput, bytes: Uint8Array, { annotations, own }: SpanParts): void {
  const { count, numbers } = annotations
  for (let row = 0; row < count * annotationStride; row += annotationStride) {
    const value = numbers[row + AnnotationField.value] as number
    writeEvent(out, {
      low: numbers[row + AnnotationField.timeLow] as number,
      high: numbers[row + AnnotationField.timeHigh] as number,
      from: value < 0 ? own : bytes,
      start: value < 0 ? ~value : value,
      length: numbers[row + AnnotationField.valueLength] as number,
    })
  }
}

/** 2 message, 3 code */
function writeStatus(out: SpanOutput, bytes: Uint8Array, parts: SpanParts, roles: TagRoles): void {
  if (!roles.hasStatus) return
  const message = roles.hasMessage ? (roles.special[Special.statusDescription] as number) : -1
  const { numbers } = parts.tags
  const textLength =
    message < 0 ? 0 : fieldLength(numbers[message * tagStride + TagField.valueLength] as number)
  out.head(0x7a, textLength + (roles.statusCode === 0 ? 0 : 2))
  if (message >= 0) writeValue(out, 0x12, bytes, parts, message)
  if (roles.statusCode !== 0) out.head(0x18, roles.statusCode)
}

/** A tag's text as a field. */
export function writeValue(
  out: SpanOutput,
  field: number,
  bytes: Uint8Array,
  { tags: { numbers }, own }: SpanParts,
  tag: number,
): void {
  const at = numbers[tag * tagStride + TagField.value] as number
  const length = numbers[tag * tagStride + TagField.valueLength] as number
  if (at < 0) out.slice(field, own, ~at, length)
  else out.slice(field, bytes, at, length)
}

function writeSlice(
  out: SpanOutput,
  field: number,
  bytes: Uint8Array,
  { own }: SpanParts,
  { at, length }: TextSlice,
): void {
  if (length === 0) return
  if (at < 0) out.slice(field, own, ~at, length)
  else out.slice(field, bytes, at, length)
}

interface EndpointKeys {
  readonly service: Uint8Array | undefined
  readonly address: Uint8Array
  readonly ipv4: Uint8Array
  readonly port: Uint8Array
}

const keyOf = (name: string) => new Uint8Array(Buffer.from(name))
const localKeys: EndpointKeys = {
  // The resource says it.
  service: undefined,
  address: keyOf(AttributeName.localAddress),
  ipv4: keyOf(AttributeName.localIpv4),
  port: keyOf(AttributeName.localPort),
}
const remoteKeys: EndpointKeys = {
  service: keyOf(AttributeName.remoteService),
  address: keyOf(AttributeName.remoteAddress),
  ipv4: keyOf(AttributeName.remoteIpv4),
  port: keyOf(AttributeName.remotePort),
}
const startAbsentKey = keyOf(AttributeName.startAbsent)
const sharedKey = keyOf(AttributeName.shared)
const debugKey = keyOf(AttributeName.debug)

/** Tag of the field that attributes are. */
const attributes = 0x4a
const word = 2 ** 32
const start: Halves = { low: 0, high: 0 }
const length: Halves = { low: 0, high: 0 }
