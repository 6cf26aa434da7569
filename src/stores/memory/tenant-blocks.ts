import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { NearnessRun } from '../../blocks/near-arrival.ts'
import { OpenBlock } from '../../blocks/open-block.ts'
import type { Operation } from '../../ports/span-store.ts'

/** When an open block is full. */
export interface BlockLimits {
  readonly spans: number
  readonly bodyBytes: number
  /** Between the first arrival and the last: what expires together. */
  readonly arrivalMs: number
}

/** A block of one tenant, as it is kept and removed. */
export interface KeptBlock {
  readonly tenant: TenantBlocks
  /** By group and what of its spans: 65,536 times the one plus the other. */
  readonly names: Map<number, CountedName>
  /** Never sealed: postings would cost as much as all else, and a list of terms is quick in memory. */
  readonly view: OpenBlock
  sizeBytes: number
}

interface CountedName extends Operation {
  readonly service: string
  /** Newest arrival of its spans, ms since the epoch. */
  seenUnixMs: number
  /** How often it is among the names of a block. */
  uses: number
}

/** What one tenant has stored: blocks, and the names in them. */
export class TenantBlocks {
  readonly name: string
  /** In the order in which they were begun. */
  readonly blocks = new Set<KeptBlock>()
  readonly #limits: BlockLimits
  readonly #retentionMs: number
  readonly #names = new Map<string, CountedName>()
  #sizeBytes = 0
  #hasFilled = false
  /** The block that grows, for spans that start near their arrival and for the others. */
  readonly #growing: Record<'near' | 'far', KeptBlock | undefined> = {
    near: undefined,
    far: undefined,
  }

  constructor(name: string, retentionMs: number, limits: BlockLimits) {
    this.name = name
    this.#retentionMs = retentionMs
    this.#limits = limits
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
    const before = view.spanCount
    view.append(batch, first, end)
    this.#noteNames(kept, before, batch.arrivalUnixMs)
    this.#sizeBytes += view.sizeBytes - kept.sizeBytes
    kept.sizeBytes = view.sizeBytes
    const { spans, bodyBytes } = this.#limits
    if (view.spanCount >= spans || view.bodyBytes >= bodyBytes) {
      this.#growing[kind] = undefined
      this.#hasFilled = view.spanCount >= spans
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
    for (const name of block.names.values()) {
      name.uses -= 1
      if (name.uses === 0) this.#names.delete(nameKey(name))
    }
  }

  services(keptSinceUnixMs: number): string[] {
    const services = new Set<string>()
    for (const { service, seenUnixMs } of this.#names.values()) {
      if (seenUnixMs >= keptSinceUnixMs && service !== '') services.add(service)
    }
    return [...services].sort()
  }

  operations(service: string, keptSinceUnixMs: number): Operation[] {
    return Array.from(this.#names.values())
      .filter((name) => name.service === service && name.seenUnixMs >= keptSinceUnixMs)
      .map(({ name, spanKind }) => ({ name, spanKind }))
      .sort(byNameThenKind)
  }

  #blockFor(kind: 'near' | 'far', arrivalUnixMs: number): KeptBlock {
    const growing = this.#growing[kind]
    if (growing !== undefined) {
      const { arrivalMinUnixMs } = growing.view.summary
      if (arrivalUnixMs - arrivalMinUnixMs < this.#limits.arrivalMs) return growing
    }
    // Who filled a block will fill the next one; others begin small.
    const expected = this.#hasFilled ? this.#limits.spans : 8
    const view = new OpenBlock(this.#retentionMs, expected)
    const begun = { tenant: this, names: new Map<number, CountedName>(), view, sizeBytes: 0 }
    this.#growing[kind] = begun
    this.blocks.add(begun)
    return begun
  }

  #noteNames({ view, names }: KeptBlock, from: number, arrivalUnixMs: number): void {
    const { groups, whats } = view.columns
    let last = -1
    for (let span = from; span < view.spanCount; span++) {
      const pair = (groups[span] as number) * 65_536 + (whats[span] as number)
      if (pair === last) continue
      last = pair
      const name = names.get(pair) ?? this.#nameOf(view, pair)
      if (name === undefined) continue
      if (!names.has(pair)) {
        names.set(pair, name)
        name.uses += 1
      }
      if (arrivalUnixMs > name.seenUnixMs) name.seenUnixMs = arrivalUnixMs
    }
  }

  #nameOf(view: OpenBlock, pair: number): CountedName | undefined {
    const service = view.groups[Math.floor(pair / 65_536)]?.service
    const what = view.whats[pair % 65_536]
    if (service === undefined || what === undefined) return undefined
    const fresh = { service, name: what.name, spanKind: what.kind, seenUnixMs: 0, uses: 0 }
    const key = nameKey(fresh)
    const name = this.#names.get(key) ?? fresh
    this.#names.set(key, name)
    return name
  }
}

function nameKey({ service, name, spanKind }: Operation & { readonly service: string }): string {
  return `${service.length}:${service}${spanKind}:${name}`
}

function byNameThenKind(left: Operation, right: Operation): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return left.spanKind - right.spanKind
}
