import { WireReader } from '../../../../bridge/wire/reader.ts'
import { WireWriter } from '../../../../bridge/wire/writer.ts'
import type { BlockView } from '../../../blocks/block-view.ts'
import type { PlanNode } from '../../../blocks/query-plan.ts'
import { nameHashes } from '../../../blocks/segment.ts'
import { readStored } from '../../../errors/read-stored.ts'

/** Largest starts of some blocks, from the oldest to the newest, µs; both included. */
export interface BlockRange {
  readonly oldestMicros: number
  readonly newestMicros: number
}

/** The blocks of a slot in groups, and in which of them are spans of a service or of a name. */
export interface SlotNames {
  readonly groups: readonly BlockRange[]
  /** By the hashes of `nameHashes`: a bit for each group. */
  readonly masks: ReadonlyMap<number, number>
}

/** Blocks of a group. A slot of 1,000 has 16 of them, which are the bits of a mask. */
const groupBlocks = 64
const groupsMax = 16
/** A slot with more names than this has no such row. */
const namesMax = 8192

/** Gathers the names of a slot while its blocks are written. */
export class SlotNamesWriter {
  readonly #groupBlocks: number
  readonly #groups: { oldestMicros: number; newestMicros: number }[] = []
  #masks: Map<number, number> | undefined = new Map()
  #blocks = 0

  /** @param blocks of a group */
  constructor(blocks = groupBlocks) {
    this.#groupBlocks = blocks
  }

  /** Adds a block that is being stored; one that is not stored in the end does no harm. */
  add(block: BlockView): void {
    const masks = this.#masks
    if (masks === undefined) return
    const at = Math.min(groupsMax - 1, Math.floor(this.#blocks / this.#groupBlocks))
    this.#blocks += 1
    const { maxMicros } = block.summary
    const group = this.#groups[at] ?? { oldestMicros: maxMicros, newestMicros: maxMicros }
    this.#groups[at] = group
    group.oldestMicros = Math.min(group.oldestMicros, maxMicros)
    group.newestMicros = Math.max(group.newestMicros, maxMicros)
    for (const hash of nameHashes(block)) masks.set(hash, (masks.get(hash) ?? 0) | (1 << at))
    if (masks.size > namesMax) this.#masks = undefined
  }

  /** Undefined where there are too many. */
  get names(): SlotNames | undefined {
    return this.#masks === undefined ? undefined : { groups: this.#groups, masks: this.#masks }
  }
}

/**
 * The names as a protobuf message:
 *
 *   1 groups   repeated: 1 oldest_micros double, 2 newest_micros double
 *   2 names    bytes: u32 hash, u16 mask of each, by hash; little-endian
 */
export function encodeSlotNames({ groups, masks }: SlotNames): Uint8Array {
  const writer = new WireWriter(masks.size * 6 + groups.length * 24 + 16)
  for (const { oldestMicros, newestMicros } of groups) {
    writer.message(1, (group) => {
      group.doubleAlways(1, oldestMicros)
      group.doubleAlways(2, newestMicros)
    })
  }
  const names = new DataView(new ArrayBuffer(masks.size * 6))
  let at = 0
  for (const [hash, mask] of [...masks].sort(([left], [right]) => left - right)) {
    names.setUint32(at, hash, true)
    names.setUint16(at + 4, mask, true)
    at += 6
  }
  writer.bytesAlways(2, new Uint8Array(names.buffer))
  return writer.finish()
}

/** The reverse of `encodeSlotNames`. @throws GatewayError 'store_corrupt' when it is none */
export function decodeSlotNames(bytes: Uint8Array): SlotNames {
  return readStored('Cannot read the names of a slot', () => {
    const groups: BlockRange[] = []
    const masks = new Map<number, number>()
    const reader = new WireReader(bytes)
    while (reader.more()) {
      const tag = reader.tag()
      if (tag === 0x0a) groups.push(decodeGroup(reader.slice()))
      else if (tag === 0x12) decodeMasks(reader.slice(), masks)
      else reader.skip(tag)
    }
    return { groups, masks }
  })
}

/**
 * Where the blocks lie that may have spans for a plan, newest first, none over another.
 *
 * @param minMicros blocks that end before it are left out
 */
export function rangesFor(
  plan: PlanNode,
  { groups, masks }: SlotNames,
  minMicros: number,
): readonly BlockRange[] {
  const mask = maskFor(plan, masks)
  const ranges: BlockRange[] = []
  const wanted = groups
    .filter((range, at) => (mask & (1 << at)) !== 0 && range.newestMicros >= minMicros)
    .sort((left, right) => right.newestMicros - left.newestMicros)
  for (const range of wanted) {
    const last = ranges.at(-1)
    if (last === undefined || range.newestMicros < last.oldestMicros) ranges.push(range)
    else {
      const oldestMicros = Math.min(last.oldestMicros, range.oldestMicros)
      ranges[ranges.length - 1] = { oldestMicros, newestMicros: last.newestMicros }
    }
  }
  return ranges.map(({ oldestMicros, newestMicros }) => {
    return { oldestMicros: Math.max(oldestMicros, minMicros), newestMicros }
  })
}

/** Whether a plan says anything of services or names. */
export function hasNames(plan: PlanNode): boolean {
  if (plan.kind === 'and' || plan.kind === 'or') return plan.parts.some(hasNames)
  return plan.kind === 'service' || plan.kind === 'name'
}

/** The groups that may match; all that is not a name may be anywhere. */
function maskFor(plan: PlanNode, masks: ReadonlyMap<number, number>): number {
  switch (plan.kind) {
    case 'none':
      return 0
    case 'service':
    case 'name': {
      let mask = 0
      for (const hash of plan.hashes) mask |= masks.get(hash) ?? 0
      return mask
    }
    case 'and':
      return plan.parts.reduce((mask, part) => mask & maskFor(part, masks), everyGroup)
    case 'or':
      return plan.parts.reduce((mask, part) => mask | maskFor(part, masks), 0)
    default:
      return everyGroup
  }
}

const everyGroup = 2 ** groupsMax - 1

function decodeGroup(bytes: Uint8Array): BlockRange {
  const reader = new WireReader(bytes)
  let oldestMicros = 0
  let newestMicros = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x09) oldestMicros = reader.double()
    else if (tag === 0x11) newestMicros = reader.double()
    else reader.skip(tag)
  }
  return { oldestMicros, newestMicros }
}

function decodeMasks(bytes: Uint8Array, into: Map<number, number>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; at += 6) {
    into.set(view.getUint32(at, true), view.getUint16(at + 4, true))
  }
}
