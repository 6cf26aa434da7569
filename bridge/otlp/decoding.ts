import assert from 'node:assert/strict'
import type { DecodeLimits, DecodeOptions, RepairName } from '../model/decoded.ts'
import { RequestDensity } from '../model/request-density.ts'
import type { Resource } from '../model/span.ts'
import { escapedText, LenientReader, readableText } from '../repair/escaped-text.ts'
import { repairResource, repairScope } from '../repair/repair-span.ts'
import { WireReader } from '../wire/reader.ts'
import { WireError } from '../wire/wire-error.ts'
import { BatchBuilder } from './batch-builder.ts'
import { readResource, readScope } from './decode-span.ts'
import { encodeResource, encodeScope } from './encode-span.ts'
import { Rejections } from './rejections.ts'
import type { Scan } from './scan.ts'
import { createScan } from './scan.ts'
import type { ServiceName } from './scan-resource.ts'
import { findServiceName, scanResource, scanScope } from './scan-resource.ts'
import { foundLength } from './scan-span.ts'
import type { Slices } from './slices.ts'
import { TermList } from './term-list.ts'

/** The state of decoding one request. */
export interface Decoding {
  readonly bytes: Uint8Array
  readonly limits: DecodeLimits
  readonly scan: Scan
  /** What `scanSpan` found of the last span. */
  readonly found: Uint32Array
  readonly builder: BatchBuilder
  readonly rejections: Rejections
  readonly repairs: Map<RepairName, number>
  readonly onItems: DecodeOptions['onItems']
}

/** The state of decoding a request of OTLP. */
export interface RequestDecoding extends Decoding {
  readonly density: RequestDensity
  /** Fields and groups that no span has a place for. */
  skippedFields: number
}

/** Nothing decoded yet. */
export function createDecoding(
  bytes: Uint8Array,
  limits: DecodeLimits,
  withTerms: boolean,
  options: DecodeOptions,
): RequestDecoding {
  const { memory, onItems } = options
  const terms = withTerms ? new TermList(memory ?? 64 + (bytes.length >>> 5)) : undefined
  // Two thirds of usual spans fit; those of a request are seldom shorter than this.
  const expected = 8 + Math.floor(bytes.length / 384)
  return {
    bytes,
    limits,
    scan: createScan(bytes, limits.nestingMax, limits.itemsMax, terms),
    found: new Uint32Array(foundLength),
    builder: new BatchBuilder(bytes, terms, memory ?? expected),
    rejections: new Rejections(),
    repairs: new Map(),
    onItems,
    density: RequestDensity.of(options, bytes.length, valueBytesMin),
    skippedFields: 0,
  }
}

/** A value of one byte in a list, with a tag and a length before it. */
const valueBytesMin = 4

/** The position, or the fault of the scan as an error. */
export function must(scan: Scan, position: number, what: string): number {
  if (position >= 0) return position
  const field = scan.faultField === '' ? what : `${what}.${scan.faultField}`
  const code = scan.fault === 'too_many' ? 'bad_value' : scan.fault
  throw new WireError(code, `Cannot decode request: ${field} is broken (${code})`, scan.faultAt)
}

/** Counts what was repaired. */
export function countRepairs(decoding: Decoding, names: readonly RepairName[]): void {
  const { repairs } = decoding
  for (const name of names) repairs.set(name, (repairs.get(name) ?? 0) + 1)
}

/** A slice of the batch. */
export interface Placed {
  readonly offset: number
  readonly length: number
}

/** A resource of the batch, and its service's name. */
export interface PlacedResource extends Placed {
  readonly serviceOffset: number
  readonly serviceLength: number
}

/** Gives where the slices lie as one, appending a copy when they are scattered. */
export function placeSlices(decoding: Decoding, slices: Slices): Placed {
  if (slices.count === 0) return { offset: 0, length: 0 }
  if (slices.count === 1) return { offset: slices.offset, length: slices.sizeBytes }
  return append(decoding, slices.join(decoding.bytes))
}

/** The same for a text, which is made readable when it is not UTF-8. */
export function placeText(decoding: Decoding, slices: Slices, isBad: boolean): Placed {
  if (!isBad) return placeSlices(decoding, slices)
  countRepairs(decoding, ['invalid_utf8'])
  const text = readableText(escapedText(slices.join(decoding.bytes)))
  return append(decoding, new Uint8Array(Buffer.from(text)))
}

/** The same for a Resource, which is repaired where it must be. */
export function placeResource(decoding: Decoding, slices: Slices): PlacedResource {
  const body = slices.join(decoding.bytes)
  const faults = readingFaults(decoding, body, scanResource)
  const name = findServiceName(body, 0, body.length)
  if (faults.length === 0 && name.kind === 'text') {
    return placed(placeSlices(decoding, slices), name)
  }
  const resource = withReadableRefs(readResource(new LenientReader(body)))
  const { value, repairs } = repairResource(resource)
  // Entity references, which the model does not know, are not among the repairs of the model.
  countRepairs(decoding, [...new Set([...faults, ...repairs])])
  const repaired = encodeResource(value)
  assert(readingFaults(decoding, repaired, scanResource).length === 0)
  const found = findServiceName(repaired, 0, repaired.length)
  return placed(append(decoding, repaired), found)
}

/** The same for an InstrumentationScope. */
export function placeScope(decoding: Decoding, slices: Slices): Placed {
  const body = slices.join(decoding.bytes)
  const faults = readingFaults(decoding, body, scanScope)
  if (faults.length === 0) return placeSlices(decoding, slices)
  countRepairs(decoding, faults)
  return append(decoding, encodeScope(repairScope(readScope(new LenientReader(body))).value))
}

function placed({ offset, length }: Placed, name: ServiceName): PlacedResource {
  assert(name.kind === 'text')
  return { offset, length, serviceOffset: offset + name.offset, serviceLength: name.length }
}

function append(decoding: Decoding, bytes: Uint8Array): Placed {
  return { offset: decoding.builder.append(bytes), length: bytes.length }
}

/** What keeps others from reading a checked body. */
function readingFaults(
  { limits }: Decoding,
  body: Uint8Array,
  scanBody: (scan: Scan, start: number, end: number) => number,
): readonly RepairName[] {
  const scan = createScan(body, limits.nestingMax, Number.MAX_SAFE_INTEGER)
  assert(scanBody(scan, 0, body.length) >= 0)
  const faults: RepairName[] = []
  if (scan.hasBadText) faults.push('invalid_utf8')
  if (scan.hasLongNumber) faults.push('overlong_number')
  return faults
}

/** The resource without entity references whose text is not UTF-8. */
function withReadableRefs(resource: Resource): Resource {
  const { unknown, ...known } = resource
  if (unknown === undefined) return resource
  const reader = new WireReader(unknown)
  const kept: Uint8Array[] = []
  while (reader.more()) {
    const start = reader.position
    const tag = reader.tag()
    reader.skip(tag)
    const field = unknown.subarray(start, reader.position)
    const scan = createScan(field, Number.MAX_SAFE_INTEGER, 1)
    if (tag !== 0x1a || (scanResource(scan, 0, field.length) >= 0 && !scan.hasBadText)) {
      kept.push(field)
    }
  }
  const bytes = new Uint8Array(Buffer.concat(kept))
  return bytes.length === 0 ? known : { ...known, unknown: bytes }
}
