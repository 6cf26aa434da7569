import { TermLevel } from '../model/term-hash.ts'
import { WireReader } from '../wire/reader.ts'
import type { Scan } from './scan.ts'
import { faultIn, faulty, scanLength, scanNumber32, scanOther, scanTag, scanText } from './scan.ts'
import { scanAttribute } from './scan-attribute.ts'

/** Nesting of a Resource message: TracesData 0, ResourceSpans 1. */
export const resourceDepth = 2
/** Nesting of an InstrumentationScope message: TracesData 0, ResourceSpans 1, ScopeSpans 2. */
export const scopeDepth = 3

/**
 * Checks the body of a Resource.
 *
 *   1 attributes                repeated KeyValue
 *   2 dropped_attributes_count  uint32
 *   3 entity_refs               repeated EntityRef, kept as unknown fields
 *
 * Source: opentelemetry-proto resource/v1/resource.proto, Resource.
 */
export function scanResource(scan: Scan, start: number, end: number): number {
  scan.items = 0
  scan.hasBadText = false
  scan.hasLongNumber = false
  let at = start
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x0a) {
      at = scanAttribute(scan, at, end, resourceDepth + 1, TermLevel.resource)
      if (at < 0) return faultIn(scan, 'attributes')
    } else if (tag === 0x1a) {
      at = scanEntityRef(scan, at, end)
      if (at < 0) return faultIn(scan, 'entity_refs')
    } else if (tag === 0x10) at = scanNumber32(scan, at, end)
    else at = scanOther(scan, tag, at, end, resourceDepth, 3)
    if (at < 0) return -1
  }
  return at
}

/**
 * Checks the body of an InstrumentationScope.
 *
 *   1 name     string   3 attributes                repeated KeyValue
 *   2 version  string   4 dropped_attributes_count  uint32
 *
 * Source: opentelemetry-proto common/v1/common.proto, InstrumentationScope.
 */
export function scanScope(scan: Scan, start: number, end: number): number {
  scan.items = 0
  scan.hasBadText = false
  scan.hasLongNumber = false
  let at = start
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x0a || tag === 0x12) at = scanText(scan, at, end)
    else if (tag === 0x1a) {
      at = scanAttribute(scan, at, end, scopeDepth + 1, TermLevel.scope)
      if (at < 0) return faultIn(scan, 'attributes')
    } else if (tag === 0x20) at = scanNumber32(scan, at, end)
    else at = scanOther(scan, tag, at, end, scopeDepth, 4)
    if (at < 0) return -1
  }
  return at
}

/** Where the service's name is, or why there is none. */
export type ServiceName =
  | { readonly kind: 'text'; readonly offset: number; readonly length: number }
  | { readonly kind: 'missing' | 'empty' | 'wrong_type' }

/**
 * The first attribute `service.name` of a checked Resource.
 *
 * @returns offsets into `bytes`
 */
export function findServiceName(bytes: Uint8Array, start: number, end: number): ServiceName {
  const reader = new WireReader(bytes, start, end)
  while (reader.more()) {
    const tag = reader.tag()
    if (tag !== 0x0a) {
      reader.skip(tag)
      continue
    }
    const next = reader.length() + reader.position
    const found = serviceNameIn(bytes, reader.position, next)
    if (found !== undefined) return found
    reader.position = next
  }
  return { kind: 'missing' }
}

function serviceNameIn(bytes: Uint8Array, start: number, end: number): ServiceName | undefined {
  const reader = new WireReader(bytes, start, end)
  let isServiceName = false
  let found: ServiceName = { kind: 'wrong_type' }
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) isServiceName = isKey(reader.slice())
    else if (tag === 0x12) {
      const next = reader.length() + reader.position
      found = textIn(bytes, reader.position, next, found)
      reader.position = next
    } else reader.skip(tag)
  }
  return isServiceName ? found : undefined
}

/** The string of an AnyValue whose last set member is a string; `found` when it sets none. */
function textIn(bytes: Uint8Array, start: number, end: number, found: ServiceName): ServiceName {
  const reader = new WireReader(bytes, start, end)
  let last = found
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) {
      const length = reader.length()
      last = length === 0 ? { kind: 'empty' } : { kind: 'text', offset: reader.position, length }
      reader.position += length
    } else {
      reader.skip(tag)
      if (tag >>> 3 < 8) last = { kind: 'wrong_type' }
    }
  }
  return last
}

const serviceNameKey = Buffer.from('service.name')

function isKey(bytes: Uint8Array): boolean {
  return bytes.length === serviceNameKey.length && serviceNameKey.equals(bytes)
}

/** 1 schema_url, 2 type, 3 id_keys, 4 description_keys: all strings, the last two repeated */
function scanEntityRef(scan: Scan, start: number, limit: number): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  const depth = resourceDepth + 1
  if (depth > scan.nestingMax) return faulty(scan, 'too_deep', start)
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x0a || tag === 0x12 || tag === 0x1a || tag === 0x22) at = scanText(scan, at, end)
    else at = scanOther(scan, tag, at, end, depth, 4)
    if (at < 0) return -1
  }
  return at
}
