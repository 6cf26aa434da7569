import { WireReader } from '../../../../bridge/wire/reader.ts'
import { WireWriter } from '../../../../bridge/wire/writer.ts'
import type { BlockSections } from '../../../blocks/block-sections.ts'
import type { BlockSummary } from '../../../blocks/block-view.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import { readStored } from '../../../errors/read-stored.ts'
import type { Origin } from './origins.ts'
import { decodeOrigins, encodeOrigins } from './origins.ts'

/** Terms are in two to the power of so many slices. */
export const sliceBits = 6
/** The slice of the summary. */
export const summarySlice = -1

/** What is read of a block when it is opened; sections of `block`, or in one row of `tail`. */
export interface BlockRows extends Pick<BlockSections, 'head' | 'columns' | 'traceIds'> {
  readonly origins: readonly Origin[]
}

/** Numbers of the rows in `block`. */
const Section = { head: 0, columns: 1, traceIds: 3, origins: 5 } as const

/** The rows of a block by their numbers. */
export function sectionsOf(rows: BlockRows): readonly (readonly [section: number, Uint8Array])[] {
  return [
    [Section.head, rows.head],
    [Section.columns, rows.columns],
    [Section.traceIds, rows.traceIds],
    [Section.origins, encodeOrigins(rows.origins)],
  ]
}

/** The reverse of `sectionsOf`. @throws GatewayError 'store_corrupt' when one is missing */
export function rowsOfSections(sections: ReadonlyMap<number, Uint8Array>): BlockRows {
  const section = (name: keyof typeof Section): Uint8Array => {
    const bytes = sections.get(Section[name])
    if (bytes !== undefined) return bytes
    throw new GatewayError('store_corrupt', `Cannot read block: its ${name} are missing`)
  }
  return {
    head: section('head'),
    columns: section('columns'),
    traceIds: section('traceIds'),
    origins: readStored('Cannot read block: its origins are damaged', () =>
      decodeOrigins(section('origins')),
    ),
  }
}

/**
 * The summary as a protobuf message:
 *
 *   1 span_count uint32, 2 min_micros, 3 max_micros, 4 duration_max_micros, 5 arrival_min_unix_ms,
 *   6 arrival_max_unix_ms, all double
 */
export function encodeSummary(summary: BlockSummary): Uint8Array {
  const writer = new WireWriter(64)
  writer.uint32(1, summary.spanCount)
  writer.doubleAlways(2, summary.minMicros)
  writer.doubleAlways(3, summary.maxMicros)
  writer.doubleAlways(4, summary.durationMaxMicros)
  writer.doubleAlways(5, summary.arrivalMinUnixMs)
  writer.doubleAlways(6, summary.arrivalMaxUnixMs)
  return writer.finish()
}

/** The reverse of `encodeSummary`. @throws GatewayError 'store_corrupt' when it is none */
export function decodeSummary(bytes: Uint8Array): BlockSummary {
  return readStored('Cannot read block: its summary is damaged', () => {
    const reader = new WireReader(bytes)
    let spanCount = 0
    const doubles = new Map<number, number>()
    while (reader.more()) {
      const tag = reader.tag()
      if (tag === 0x08) spanCount = reader.uint32()
      else if ((tag & 7) === 1) doubles.set(tag >>> 3, reader.double())
      else reader.skip(tag)
    }
    return {
      spanCount,
      minMicros: doubles.get(2) ?? 0,
      maxMicros: doubles.get(3) ?? 0,
      durationMaxMicros: doubles.get(4) ?? 0,
      arrivalMinUnixMs: doubles.get(5) ?? 0,
      arrivalMaxUnixMs: doubles.get(6) ?? 0,
    }
  })
}

/** A small block, all of it in one row. */
export interface TailBlock extends BlockRows {
  readonly summary: BlockSummary
  /** One slice. */
  readonly terms: Uint8Array
}

/**
 * A row of `tail` as a protobuf message:
 *
 *   1 summary, 2 head, 3 columns, 4 trace_ids, 5 terms, 6 origins; bytes
 */
export function encodeTail(block: TailBlock): Uint8Array {
  const { summary, head, columns, traceIds, terms, origins } = block
  const size = head.length + columns.length + traceIds.length + terms.length
  const writer = new WireWriter(size + 256 + origins.length * 32)
  writer.bytesAlways(1, encodeSummary(summary))
  writer.bytesAlways(2, head)
  writer.bytesAlways(3, columns)
  writer.bytesAlways(4, traceIds)
  writer.bytesAlways(5, terms)
  writer.bytesAlways(6, encodeOrigins(origins))
  return writer.finish()
}

/** The reverse of `encodeTail`. @throws GatewayError 'store_corrupt' when it is none */
export function decodeTail(bytes: Uint8Array): TailBlock {
  return readStored('Cannot read block: its tail is damaged', () => {
    const reader = new WireReader(bytes)
    const fields = new Map<number, Uint8Array>()
    while (reader.more()) {
      const tag = reader.tag()
      if ((tag & 7) === 2) fields.set(tag >>> 3, reader.slice())
      else reader.skip(tag)
    }
    const field = (number: number): Uint8Array => fields.get(number) ?? none
    return {
      summary: decodeSummary(field(1)),
      head: field(2),
      columns: field(3),
      traceIds: field(4),
      terms: field(5),
      origins: decodeOrigins(field(6)),
    }
  })
}

const none = new Uint8Array(0)
