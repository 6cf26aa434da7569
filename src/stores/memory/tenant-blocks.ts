import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { isKept } from '../../blocks/kept-spans.ts'
import type { NearnessRun } from '../../blocks/near-arrival.ts'
import type { OpenBlock } from '../../blocks/open-block.ts'
import type { Operation } from '../../ports/span-store.ts'
import { byNameThenKind } from '../operation-order.ts'

/** When an open block is full. */
export interface BlockLimits {
  readonly spans: number
  readonly bodyBytes: number
  /** Between the first arrival and the last: what expires together. */
  readonly arrivalMs: number
}

/**
 * Gives an empty block: for as many spans as a block has with bodies of so many bytes, or a small one
 * that grows.
 */
export type NewBlock = (bodyBytes: number | undefined) => OpenBlock

/** A block of one tenant, as it is kept and removed. */
export interface KeptBlock {
  readonly tenant: TenantBlocks
  /** Never sealed: postings would cost as much as all else, and a list of terms is quick in memory. */
  readonly view: OpenBlock
  sizeBytes: number
}

/** What one tenant has stored. */
export class TenantBlocks {
  readonly name: string
  /** In the order in which they were begun. */
  readonly blocks = new Set<KeptBlock>()
  readonly #limits: BlockLimits
  readonly #newBlock: NewBlock
  #sizeBytes = 0
  #filledBytes = 0
  /** The block that grows, for spans that start near their arrival and for the others. */
  readonly #growing: Record<'near' | 'far', KeptBlock | undefined> = {
    near: undefined,
    far: undefined,
  }

  constructor(name: string, limits: BlockLimits, newBlock: NewBlock) {
    this.name = name
    this.#limits = limits
    this.#newBlock = newBlock
  }

  /** Memory that all blocks take, by estimate. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /**
   * Adds a run of a batch's spans.
   *
   * @returns the block that has them
   */
  append({ isNear, first, end }: NearnessRun, batch: SpanBatch): KeptBlock {
    const kind = isNear ? 'near' : 'far'
    const kept = this.#blockFor(kind, batch.arrivalUnixMs)
    const { view } = kept
    view.append(batch, first, end)
    this.#sizeBytes += view.sizeBytes - kept.sizeBytes
    kept.sizeBytes = view.sizeBytes
    const { spans, bodyBytes } = this.#limits
    if (view.spanCount >= spans || view.bodyBytes >= bodyBytes) {
      this.#growing[kind] = undefined
      this.#filledBytes = view.spanCount >= spans ? view.bodyBytes : 0
    }
    return kept
  }

  /** Forgets a block, whether it grows or not. */
  remove(block: KeptBlock): void {
    this.blocks.delete(block)
    this.#sizeBytes -= block.sizeBytes
    for (const kind of ['near', 'far'] as const) {
      if (this.#growing[kind] === block) this.#growing[kind] = undefined
    }
  }

  services(keptSinceUnixMs: number): string[] {
    const services = new Set<string>()
    for (const { view } of this.blocks) {
      for (const group of groupsOfKept(view, keptSinceUnixMs)) {
        const service = view.groups[group]?.service ?? ''
        if (service !== '') services.add(service)
      }
    }
    return [...services].sort()
  }

  operations(service: string, keptSinceUnixMs: number): Operation[] {
    const operations = new Map<string, Operation>()
    for (const { view } of this.blocks) {
      for (const what of whatsOfKept(view, service, keptSinceUnixMs)) {
        const { name, kind } = view.whats[what] ?? { name: '', kind: 0 }
        operations.set(`${kind} ${name}`, { name, spanKind: kind })
      }
    }
    return [...operations.values()].sort(byNameThenKind)
  }

  #blockFor(kind: 'near' | 'far', arrivalUnixMs: number): KeptBlock {
    const growing = this.#growing[kind]
    if (growing !== undefined) {
      const { arrivalMinUnixMs, arrivalMaxUnixMs } = growing.view.summary
      const { arrivalMs } = this.#limits
      // Arrivals come back where a clock was days ahead.
      const isNear = arrivalMaxUnixMs - arrivalUnixMs < arrivalMs
      if (isNear && arrivalUnixMs - arrivalMinUnixMs < arrivalMs) return growing
    }
    // Who filled a block will fill the next one; others begin small.
    const view = this.#newBlock(this.#filledBytes === 0 ? undefined : this.#filledBytes)
    const begun = { tenant: this, view, sizeBytes: 0 }
    this.#growing[kind] = begun
    this.blocks.add(begun)
    return begun
  }
}

/** Groups of which a span has not expired. */
function groupsOfKept(view: OpenBlock, keptSinceUnixMs: number): Iterable<number> {
  if (view.summary.arrivalMinUnixMs >= keptSinceUnixMs) return view.groups.keys()
  const kept = isKept(view, keptSinceUnixMs)
  return new Set(view.columns.groups.filter((_, span) => kept(span)))
}

/** Whats of a service of which a span has not expired. */
function whatsOfKept(view: OpenBlock, service: string, keptSinceUnixMs: number): Set<number> {
  const found = new Set<number>()
  const isOfService = Uint8Array.from(view.groups, (group) => (group.service === service ? 1 : 0))
  if (!isOfService.includes(1)) return found
  const kept = isKept(view, keptSinceUnixMs)
  const { groups, whats } = view.columns
  whats.forEach((what, span) => {
    if (isOfService[groups[span] as number] === 1 && kept(span)) found.add(what)
  })
  return found
}
