import { WireReader } from '../../bridge/wire/reader.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { ArrivalRun, BlockGroup, BlockView, BlockWhat } from './block-view.ts'
import { groupSlices } from './block-view.ts'

/** What a block has besides columns, terms and bodies. */
export interface BlockHead {
  /** By which starts far from the arrival were moved when the block was written, ms. */
  readonly retentionMs: number
  readonly runs: readonly ArrivalRun[]
  readonly groups: readonly BlockGroup[]
  readonly whats: readonly BlockWhat[]
}

/**
 * The head as a protobuf message:
 *
 *   1 retention_ms  double
 *   2 runs          repeated: 1 span_count uint32, 2 arrival_unix_ms double
 *   3 groups        repeated: 1 to 6 bytes, the slices of `GroupField` in order; 7 service string
 *   4 whats         repeated: 1 name string, 2 kind uint32, 3 status_code uint32
 */
export function encodeHead(
  block: Pick<BlockView, 'runs' | 'groups' | 'whats'>,
  retentionMs: number,
): Uint8Array {
  const writer = new WireWriter(4096)
  writer.doubleAlways(1, retentionMs)
  for (const { spanCount, arrivalUnixMs } of joined(block.runs)) {
    writer.message(2, (run) => {
      run.uint32(1, spanCount)
      run.doubleAlways(2, arrivalUnixMs)
    })
  }
  for (const { slices, service } of block.groups) {
    writer.message(3, (group) => {
      slices.forEach((slice, index) => {
        if (slice.length > 0) group.bytesAlways(index + 1, slice)
      })
      group.string(7, service)
    })
  }
  for (const { name, kind, statusCode } of block.whats) {
    writer.message(4, (what) => {
      what.string(1, name)
      what.uint32(2, kind)
      what.uint32(3, statusCode)
    })
  }
  return writer.finish()
}

/** The reverse of `encodeHead`. @throws WireError when it is no such message */
export function decodeHead(bytes: Uint8Array): BlockHead {
  const reader = new WireReader(bytes)
  let retentionMs = 0
  const runs: ArrivalRun[] = []
  const groups: BlockGroup[] = []
  const whats: BlockWhat[] = []
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x09) retentionMs = reader.double()
    else if (tag === 0x12) runs.push(decodeRun(reader.slice()))
    else if (tag === 0x1a) groups.push(decodeGroup(reader.slice()))
    else if (tag === 0x22) whats.push(decodeWhat(reader.slice()))
    else reader.skip(tag)
  }
  return { retentionMs, runs, groups, whats }
}

/** Runs of the same time that follow each other are one. */
function joined(runs: readonly ArrivalRun[]): ArrivalRun[] {
  const all: ArrivalRun[] = []
  for (const run of runs) {
    const last = all.at(-1)
    if (last?.arrivalUnixMs !== run.arrivalUnixMs) all.push(run)
    else all[all.length - 1] = { ...run, spanCount: last.spanCount + run.spanCount }
  }
  return all
}

function decodeRun(bytes: Uint8Array): ArrivalRun {
  const reader = new WireReader(bytes)
  let spanCount = 0
  let arrivalUnixMs = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x08) spanCount = reader.uint32()
    else if (tag === 0x11) arrivalUnixMs = reader.double()
    else reader.skip(tag)
  }
  return { spanCount, arrivalUnixMs }
}

const none = new Uint8Array(0)

function decodeGroup(bytes: Uint8Array): BlockGroup {
  const reader = new WireReader(bytes)
  const slices: Uint8Array[] = Array(groupSlices).fill(none)
  let service = ''
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x3a) service = reader.string()
    else if ((tag & 7) === 2 && tag >>> 3 <= groupSlices) slices[(tag >>> 3) - 1] = reader.slice()
    else reader.skip(tag)
  }
  return { slices, service }
}

function decodeWhat(bytes: Uint8Array): BlockWhat {
  const reader = new WireReader(bytes)
  let name = ''
  let kind = 0
  let statusCode = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) name = reader.string()
    else if (tag === 0x10) kind = reader.uint32()
    else if (tag === 0x18) statusCode = reader.uint32()
    else reader.skip(tag)
  }
  return { name, kind, statusCode }
}
