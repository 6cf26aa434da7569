import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { batchOfGroups } from '../../bridge/otlp/encode-groups.ts'
import type { BlockSections } from '../../src/blocks/block-sections.ts'
import { sealBlock } from '../../src/blocks/block-sections.ts'
import { OpenBlock } from '../../src/blocks/open-block.ts'
import { SealedBlock } from '../../src/blocks/sealed-block.ts'
import type { World } from '../conformance/generate.ts'
import { Chance, randomGroups } from '../conformance/generate.ts'

/** A retention that no test reaches by itself. */
export const retentionMs = 72 * 3_600_000

/** A world of random spans that arrive now. */
export function worldOf(seed: number, traces = 40): World {
  return { chance: new Chance(seed), arrivalUnixMs: Date.now(), traces }
}

/** Batches of random spans, one second apart, with terms or without. */
export function randomBatches(world: World, batches: number, spans: number): SpanBatch[] {
  return Array.from(Array(batches).keys(), (at) => {
    const arrivalUnixMs = world.arrivalUnixMs + at * 1000
    const withTerms = at % 2 === 0
    return batchOfGroups(randomGroups(world, spans), { arrivalUnixMs, withTerms }).batch
  })
}

/** An open block of all the batches. */
export function openBlockOf(batches: readonly SpanBatch[]): OpenBlock {
  const block = new OpenBlock(retentionMs)
  for (const batch of batches) block.append(batch)
  return block
}

/** The same block sealed, its bodies in chunks of so many spans, its parts as they come from files. */
export function sealedBlockOf(open: OpenBlock, chunkSpans = 50): SealedBlock {
  const sections = sealBlock(open)
  const starts = Array.from(
    Array(Math.ceil(open.spanCount / chunkSpans)).keys(),
    (at) => at * chunkSpans,
  )
  return new SealedBlock({
    summary: sections.summary,
    section: (name: Exclude<keyof BlockSections, 'summary'>) => displaced(sections[name]),
    chunkStarts: () => starts,
    chunk: (index) => {
      const first = index * chunkSpans
      return open.joinCutBodies(first, Math.min(first + chunkSpans, open.spanCount))
    },
  })
}

/** A copy at an odd offset, as a buffer of a database may be; its `slice` copies nothing. */
function displaced(bytes: Uint8Array): Uint8Array {
  const larger = Buffer.alloc(bytes.length + 3)
  larger.set(bytes, 3)
  return larger.subarray(3)
}
