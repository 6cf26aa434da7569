import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { defaultDecodeLimits } from '../model/decoded.ts'
import type { RejectReason } from '../model/span.ts'
import { GroupField } from '../model/span-batch.ts'
import { WireType } from '../wire/reader.ts'
import type { Decoding, RequestDecoding } from './decoding.ts'
import {
  createDecoding,
  must,
  placeResource,
  placeScope,
  placeSlices,
  placeText,
} from './decoding.ts'
import { scanLength, scanOther, scanTag, scanText, scanUnknown } from './scan.ts'
import { scanResource, scanScope } from './scan-resource.ts'
import { Slices } from './slices.ts'
import { takeSpan } from './take-span.ts'

/**
 * An ExportTraceServiceRequest, which is TracesData: 1 resource_spans, repeated ResourceSpans.
 *
 * One pass over the bytes finds and checks everything, and builds no object per span. What the
 * batch holds afterwards always decodes, by us and by strict implementations of others. Spans that
 * break a rule are listed as rejected; those that can be mended are (bridge/repair), and are the
 * only ones that are encoded again, behind the bytes of the request. Unknown fields of the request
 * itself are checked and dropped: they belong to the transfer, not to a span. What a group without
 * spans says is dropped too. Both are counted in `skippedFields`.
 *
 * The batch keeps `bytes`, which must not change any more.
 *
 * @throws WireError for bytes that are broken outside of single spans, and for more elements than the
 * bytes of a client's request really hold
 */
export function decodeRequest(bytes: Uint8Array, options: DecodeOptions): Decoded {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const limits = { ...defaultDecodeLimits, ...options.limits }
  const decoding = createDecoding(plain, limits, options.withTerms === true, options)
  const { scan } = decoding
  let at = 0
  while (at < plain.length) {
    at = must(scan, scanTag(scan, at, plain.length), 'request')
    if (scan.value !== 0x0a) {
      decoding.skippedFields += 1
      at = must(scan, scanOther(scan, scan.value, at, plain.length, 0, 1), 'request')
      continue
    }
    at = must(scan, scanLength(scan, at, plain.length), 'resource_spans')
    const end = at + scan.value
    decoding.density.countSpans(1, at)
    readResourceSpans(decoding, at, end)
    at = end
  }
  return {
    batch: decoding.builder.finish(options.arrivalUnixMs),
    rejected: decoding.rejections.list,
    repairs: decoding.repairs,
    ...(decoding.skippedFields > 0 && { skippedFields: decoding.skippedFields }),
  }
}

/**
 * 1 resource Resource, 2 scope_spans repeated ScopeSpans, 3 schema_url string, 1000 the former scope_spans, read where
 * there is none
 */
function readResourceSpans(decoding: RequestDecoding, start: number, end: number): void {
  const { scan, builder } = decoding
  const firstSpan = builder.spanCount
  const firstGroup = builder.groupCount
  const header = createHeader()
  const former: FormerField[] = []
  let hasScopeSpans = false
  const rejected = decoding.rejections.list.length
  let at = start
  while (at < end) {
    const fieldAt = at
    at = must(scan, scanTag(scan, at, end), 'resource_spans')
    if (scan.value === formerScopeSpansTag) {
      at = noteFormer(decoding, former, fieldAt, at, end)
      continue
    }
    if (scan.value !== 0x12) {
      at = readHeaderField(decoding, header, fieldAt, at, end, 'resource')
      continue
    }
    at = must(scan, scanLength(scan, at, end), 'scope_spans')
    const next = at + scan.value
    decoding.density.countSpans(1, at)
    hasScopeSpans = true
    readScopeSpans(decoding, at, next)
    at = next
  }
  readFormer(decoding, header, former, hasScopeSpans)
  if (builder.groupCount === firstGroup) {
    countDropped(decoding, header, rejected)
    return
  }
  if (header.fault === undefined) checkSize(decoding, header, 'resource')
  if (rejectGroup(decoding, header, firstSpan, firstGroup)) return
  const resource = placeResource(decoding, header.body)
  const schemaUrl = placeText(decoding, header.schemaUrl, header.hasBadSchemaUrl)
  const unknown = placeSlices(decoding, header.unknown)
  for (let group = firstGroup; group < builder.groupCount; group++) {
    builder.setSlice(group, GroupField.resource, resource.offset, resource.length)
    builder.setSlice(group, GroupField.serviceName, resource.serviceOffset, resource.serviceLength)
    builder.setSlice(group, GroupField.resourceSchemaUrl, schemaUrl.offset, schemaUrl.length)
    builder.setSlice(group, GroupField.resourceUnknown, unknown.offset, unknown.length)
  }
}

/** A field 1000 of ResourceSpans: where it and its message begin, and where both end. */
interface FormerField {
  readonly fieldAt: number
  readonly start: number
  readonly end: number
}

/** Notes a field 1000, whose tag was read; gives the position behind. */
function noteFormer(
  { scan, density }: RequestDecoding,
  former: FormerField[],
  fieldAt: number,
  at: number,
  end: number,
): number {
  const start = must(scan, scanLength(scan, at, end), 'instrumentation_library_spans')
  density.countSpans(1, start)
  former.push({ fieldAt, start, end: start + scan.value })
  return start + scan.value
}

/** Reads what stands in fields 1000, or keeps it as a field that is not known beside scope_spans. */
function readFormer(
  decoding: RequestDecoding,
  header: Header,
  former: readonly FormerField[],
  hasScopeSpans: boolean,
): void {
  for (const { fieldAt, start, end } of former) {
    if (hasScopeSpans) header.unknown.add(fieldAt, end)
    else readScopeSpans(decoding, start, end)
  }
}

/** 1 scope InstrumentationScope, 2 spans repeated Span, 3 schema_url string */
function readScopeSpans(decoding: RequestDecoding, start: number, end: number): void {
  const { scan, builder } = decoding
  const firstSpan = builder.spanCount
  const firstGroup = builder.groupCount
  const header = createHeader()
  const rejected = decoding.rejections.list.length
  let at = start
  while (at < end) {
    const fieldAt = at
    at = must(scan, scanTag(scan, at, end), 'scope_spans')
    if (scan.value !== 0x12) {
      at = readHeaderField(decoding, header, fieldAt, at, end, 'scope')
      continue
    }
    at = must(scan, scanLength(scan, at, end), 'spans')
    const next = at + scan.value
    decoding.density.countSpans(1, at)
    takeSpan(decoding, at, next, firstGroup)
    if (next > at) decoding.density.countItems(scan.items, at)
    at = next
  }
  if (builder.groupCount === firstGroup) {
    countDropped(decoding, header, rejected)
    return
  }
  if (header.fault === undefined) checkSize(decoding, header, 'scope')
  if (rejectGroup(decoding, header, firstSpan, firstGroup)) return
  const scope = placeScope(decoding, header.body)
  const schemaUrl = placeText(decoding, header.schemaUrl, header.hasBadSchemaUrl)
  const unknown = placeSlices(decoding, header.unknown)
  builder.setSlice(firstGroup, GroupField.scope, scope.offset, scope.length)
  builder.setSlice(firstGroup, GroupField.scopeSchemaUrl, schemaUrl.offset, schemaUrl.length)
  builder.setSlice(firstGroup, GroupField.scopeUnknown, unknown.offset, unknown.length)
}

/**
 * `ResourceSpans.instrumentation_library_spans`, field 1000 of opentelemetry-proto 0.15 to 0.18. Its message is one of ScopeSpans, byte
 * for byte; before 0.15 it stood in field 2, where it is read as such.
 */
const formerScopeSpansTag = (1000 << 3) | WireType.bytes

/** What ResourceSpans and ScopeSpans have besides spans; a later schema URL replaces the first. */
interface Header {
  readonly body: Slices
  schemaUrl: Slices
  hasBadSchemaUrl: boolean
  readonly unknown: Slices
  /** Why all spans below are refused. */
  fault: { readonly reason: RejectReason; readonly message: string } | undefined
}

function createHeader(): Header {
  return {
    body: new Slices(),
    schemaUrl: new Slices(),
    hasBadSchemaUrl: false,
    unknown: new Slices(),
    fault: undefined,
  }
}

/** Reads field 1, 3 or an unknown one, whose tag is in `scan.value`; gives the position behind. */
function readHeaderField(
  decoding: RequestDecoding,
  header: Header,
  fieldAt: number,
  start: number,
  end: number,
  name: 'resource' | 'scope',
): number {
  const { scan } = decoding
  decoding.density.countItems(1, fieldAt)
  const tag = scan.value
  const depth = name === 'resource' ? 1 : 2
  if (tag === 0x0a) {
    const at = must(scan, scanLength(scan, start, end), name)
    const next = at + scan.value
    const position = name === 'resource' ? scanResource(scan, at, next) : scanScope(scan, at, next)
    // Terms of resources are noted once for each that a store has, not for each that arrives.
    decoding.builder.dropTerms()
    decoding.onItems?.(scan.items)
    decoding.density.countItems(scan.items, at)
    if (position < 0) header.fault = limitFault(decoding, name)
    header.body.add(at, next)
    return next
  }
  if (tag === 0x1a) {
    scan.hasBadText = false
    const at = must(scan, scanText(scan, start, end), 'schema_url')
    header.schemaUrl = new Slices()
    header.schemaUrl.add(at - scan.value, at)
    header.hasBadSchemaUrl = scan.hasBadText
    return at
  }
  if (tag >>> 3 <= 3) return must(scan, scanOther(scan, tag, start, end, depth, 3), name)
  const at = must(scan, scanUnknown(scan, tag, start, end, depth), name)
  header.unknown.add(fieldAt, at)
  return at
}

/** A limit that is passed refuses the spans of the group; anything else breaks the request. */
function limitFault(decoding: Decoding, name: string): Header['fault'] {
  const { scan, limits } = decoding
  if (scan.fault === 'too_deep') {
    const message = `${name} is nested over ${limits.nestingMax} messages deep (nestingMax)`
    return { reason: 'too_deep', message }
  }
  if (scan.fault === 'too_many') {
    const message = `${name} has over ${limits.itemsMax} attributes and values (itemsMax)`
    return { reason: 'too_large', message }
  }
  must(scan, -1, name)
  return undefined
}

/** Counts a resource or scope that no span has; one whose spans were all refused is told with them. */
function countDropped(decoding: RequestDecoding, header: Header, rejectedBefore: number): void {
  if (decoding.rejections.list.length > rejectedBefore) return
  const says = header.body.sizeBytes + header.schemaUrl.sizeBytes + header.unknown.sizeBytes
  if (says > 0) decoding.skippedFields += 1
}

function checkSize(decoding: Decoding, header: Header, name: string): void {
  const { resourceBytesMax } = decoding.limits
  const size = header.body.sizeBytes + header.schemaUrl.sizeBytes + header.unknown.sizeBytes
  if (size <= resourceBytesMax) return
  const message = `${name} has ${size} bytes, at most ${resourceBytesMax} (resourceBytesMax)`
  header.fault = { reason: 'too_large', message }
}

function rejectGroup(
  { builder, rejections }: Decoding,
  { fault }: Header,
  firstSpan: number,
  firstGroup: number,
): boolean {
  if (fault === undefined) return false
  const dropped = builder.rewind(firstSpan, firstGroup)
  rejections.addMany(dropped, fault.reason, fault.message)
  return true
}
