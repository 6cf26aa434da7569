import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { groupStride } from '../../../bridge/model/span-batch.ts'
import { indexSpans } from '../../../bridge/otlp/index-spans.ts'
import { decodeHead, encodeHead } from '../../blocks/block-head.ts'
import type { ArrivalRun, BlockGroup, BlockSummary } from '../../blocks/block-view.ts'
import { joinBody, timesBytes } from '../../blocks/cut-bodies.ts'
import { OpenBlock } from '../../blocks/open-block.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { readStored } from '../../errors/read-stored.ts'
import { checked, withChecksum } from './checksum.ts'
import { decodeChunk } from './chunk-codec.ts'

/** What a row of `pending` says of its spans besides their bodies. */
export interface PendingContent {
  readonly summary: BlockSummary
  readonly bodyBytes: number
  /** Arrivals and groups, as in a block's head (docs/blocks.md). */
  readonly head: Uint8Array
  /**
   * Group of each span as u16; at an offset that 4 divides, the length of each body as u32; bytes that
   * are cut from its front as u8 (0: it is whole); what is cut, span after span; checksum.
   */
  readonly spans: Uint8Array
}

/**
 * The row for spans of an open block, from `first` to before `end`.
 *
 * @param isCut whether their bodies are kept as `joinCutBodies` gives them
 */
export function encodePending(
  open: OpenBlock,
  first: number,
  end: number,
  isCut: boolean,
): PendingContent {
  const count = end - first
  const { columns, ids } = open
  const numbers = new Map<number, number>()
  const groups: BlockGroup[] = []
  const cut = isCut ? open.joinCutParts(first, end) : none
  const rows = new Uint8Array(lengthsAt(count) + count * 5 + cut.length)
  const { buffer } = rows
  if (isCut) rows.set(open.fronts.subarray(first, end), frontsAt(count))
  rows.set(cut, frontsAt(count) + count)
  const groupOf = new Uint16Array(buffer, 0, count)
  const lengthOf = new Uint32Array(buffer, lengthsAt(count), count)
  let minMicros = Number.POSITIVE_INFINITY
  let maxMicros = 0
  let durationMaxMicros = 0
  let bodyBytes = 0
  for (let at = 0; at < count; at++) {
    const span = first + at
    const group = columns.groups[span] as number
    let number = numbers.get(group)
    if (number === undefined) {
      number = groups.length
      numbers.set(group, number)
      groups.push(open.groups[group] as BlockGroup)
    }
    groupOf[at] = number
    lengthOf[at] = ids.lengths[span] as number
    bodyBytes += lengthOf[at] as number
    minMicros = Math.min(minMicros, columns.starts[span] as number)
    maxMicros = Math.max(maxMicros, columns.starts[span] as number)
    durationMaxMicros = Math.max(durationMaxMicros, columns.durations[span] as number)
  }
  const runs = runsBetween(open.runs, first, end)
  const arrivals = runs.map(({ arrivalUnixMs }) => arrivalUnixMs)
  return {
    summary: {
      spanCount: count,
      minMicros,
      maxMicros,
      durationMaxMicros,
      arrivalMinUnixMs: arrivals.reduce((least, arrival) => Math.min(least, arrival)),
      arrivalMaxUnixMs: arrivals.reduce((most, arrival) => Math.max(most, arrival)),
    },
    bodyBytes,
    head: withChecksum(encodeHead({ runs, groups, whats: [] }, open.retentionMs)),
    spans: withChecksum(rows),
  }
}

/** The stored parts of a row, its bodies, cut or whole, decompressed and one behind the other. */
export interface StoredPending {
  readonly head: Uint8Array
  readonly spans: Uint8Array
  readonly bodies: Uint8Array
}

/**
 * The spans of a row as batches, one for each arrival, with what they are found by.
 *
 * @throws GatewayError 'store_corrupt' when they cannot be read
 */
export function* decodePending(stored: StoredPending): Iterable<SpanBatch> {
  const { bodies } = stored
  const { runs, groups } = decodeHead(checked(stored.head, 'stored spans'))
  const spans = checked(stored.spans, 'stored spans').slice()
  const count = runs.reduce((sum, { spanCount }) => sum + spanCount, 0)
  if (spans.length < frontsAt(count) + count) throw unreadable('there are more spans than lengths')
  const groupOf = new Uint16Array(spans.buffer, 0, count)
  const lengthOf = new Uint32Array(spans.buffer, lengthsAt(count), count)
  const fronts = spans.subarray(frontsAt(count), frontsAt(count) + count)
  let cut = frontsAt(count) + count
  let first = 0
  let body = 0
  for (const { spanCount, arrivalUnixMs } of runs) {
    const end = first + spanCount
    const numbers = new Map<number, number>()
    let size = 0
    for (let span = first; span < end; span++) {
      size += lengthOf[span] as number
      const group = groupOf[span] as number
      if (!numbers.has(group)) numbers.set(group, numbers.size)
    }
    const used = [...numbers.keys()].map((group) => groups[group])
    const rows = new Uint32Array(spanCount * 3)
    const { bytes, groupRows, at } = placeGroups(used, size)
    let offset = at
    for (let span = first; span < end; span++) {
      const row = (span - first) * 3
      const length = lengthOf[span] as number
      const front = fronts[span] as number
      const cutLength = front === 0 ? 0 : front + timesBytes
      if (body + length - cutLength > bodies.length) throw unreadable('bodies are missing')
      if (front === 0) bytes.set(bodies.subarray(body, body + length), offset)
      else {
        const parts = { bytes: spans, offset: cut, front }
        readStored(reading, () => joinBody(parts, bodies, body, length, bytes, offset))
      }
      rows[row] = numbers.get(groupOf[span] as number) as number
      rows[row + 1] = offset
      rows[row + 2] = length
      offset += length
      body += length - cutLength
      cut += cutLength
    }
    const kept = { bytes, groups: groupRows, spans: rows, arrivalUnixMs }
    yield readStored(reading, () => indexSpans(kept, true))
    first = end
  }
}

/** A row of `pending`, its chunks as they are stored. */
export interface RawPending {
  readonly head: Uint8Array
  readonly spans: Uint8Array
  /** One chunk; empty when the bodies are in `chunks`. */
  readonly bodies: Uint8Array
  readonly chunks: readonly Uint8Array[]
}

/** The spans of a row as a block that can be searched. @throws GatewayError 'store_corrupt' */
export function openBlockOf({ head, spans, bodies: inline, chunks }: RawPending): OpenBlock {
  const parts = (inline.length > 0 ? [inline] : chunks).map((chunk) => decodeChunk(chunk))
  const bodies = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
  const { retentionMs, runs } = decodeHead(checked(head, 'stored spans'))
  const count = runs.reduce((sum, { spanCount }) => sum + spanCount, 0)
  // What is cut of bodies is in `spans`.
  const open = new OpenBlock(retentionMs, Math.max(1, count), bodies.length + spans.length)
  for (const batch of decodePending({ head, spans, bodies })) open.append(batch)
  return open
}

/** The parts of arrival runs that belong to spans from `first` to before `end`. */
function runsBetween(
  runs: readonly ArrivalRun[],
  first: number,
  end: number,
): readonly ArrivalRun[] {
  const found: ArrivalRun[] = []
  let at = 0
  for (const { spanCount, arrivalUnixMs } of runs) {
    const from = Math.max(at, first)
    const to = Math.min(at + spanCount, end)
    if (from < to) found.push({ spanCount: to - from, arrivalUnixMs })
    at += spanCount
    if (at >= end) break
  }
  return found
}

const none = new Uint8Array(0)

/** After the groups, at an offset that 4 divides. */
function lengthsAt(count: number): number {
  return count * 2 + (count % 2) * 2
}

function frontsAt(count: number): number {
  return lengthsAt(count) + count * 4
}

function placeGroups(
  groups: readonly (BlockGroup | undefined)[],
  more: number,
): { readonly bytes: Uint8Array; readonly groupRows: Uint32Array; readonly at: number } {
  let size = more
  for (const group of groups) {
    if (group === undefined) throw unreadable('a span has no group')
    for (const slice of group.slices) size += slice.length
  }
  const bytes = new Uint8Array(size)
  const groupRows = new Uint32Array(groups.length * groupStride)
  let at = 0
  groups.forEach((group, number) => {
    group?.slices.forEach((slice, index) => {
      if (slice.length === 0) return
      bytes.set(slice, at)
      groupRows[number * groupStride + index * 2] = at
      groupRows[number * groupStride + index * 2 + 1] = slice.length
      at += slice.length
    })
  })
  return { bytes, groupRows, at }
}

function unreadable(state: string): GatewayError {
  return new GatewayError('store_corrupt', `${reading}: ${state}`)
}

const reading = 'Cannot read stored spans'
