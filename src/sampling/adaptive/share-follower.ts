import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { SamplingStore } from '../../ports/sampling-store.ts'
import { givingWay } from '../give-way.ts'
import type { ExposureModel } from './exposure-model.ts'
import type { OperationShare } from './operation-counts.ts'
import { shardCount } from './operation-table.ts'
import { readShares } from './shares-document.ts'

/** Takes over the shares that the leader has stored. */
export class ShareFollower {
  readonly #store: SamplingStore
  readonly #model: ExposureModel
  readonly #onBadShares: (shard: string, error: WireError) => void
  readonly #known = new Map<string, number>()
  /** Shards whose newest version cannot be read. */
  readonly #unreadable = new Set<string>()

  /**
   * @param onBadShares told of a document that cannot be read, once until all can be again; the shares before it
   * stay, and a later version is taken
   */
  constructor(
    store: SamplingStore,
    model: ExposureModel,
    onBadShares: (shard: string, error: WireError) => void,
  ) {
    this.#store = store
    this.#model = model
    this.#onBadShares = onBadShares
  }

  /** Notes a version that this process has calculated itself. */
  know(shard: string, version: number): void {
    this.#known.set(shard, version)
    this.#unreadable.delete(shard)
  }

  /**
   * Fetches what has changed. What is not there any more stays: shares that nobody renews are better than none.
   *
   * @returns whether anything had changed
   */
  async step(): Promise<boolean> {
    const versions = await this.#store.versions('shares')
    let isChanged = false
    for (const [name, version] of versions) {
      const shard = Number(name)
      const isShard = Number.isInteger(shard) && shard >= 0 && shard < shardCount
      if (!isShard || this.#known.get(name) === version) continue
      const parts = await this.#store.get('shares', name, version)
      // Being replaced at this moment; the next look has it.
      if (parts === undefined) continue
      isChanged = (await this.#replace(name, parts)) || isChanged
      this.#known.set(name, version)
    }
    return isChanged
  }

  /** @returns false where they cannot be read */
  async #replace(name: string, parts: readonly Uint8Array[]): Promise<boolean> {
    try {
      await givingWay(this.#model.replacing(Number(name), () => sharesOf(parts)))
      this.#unreadable.delete(name)
      return true
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      if (this.#unreadable.size === 0) this.#onBadShares(name, error)
      this.#unreadable.add(name)
      return false
    }
  }
}

function* sharesOf(parts: readonly Uint8Array[]): Generator<OperationShare> {
  for (const part of parts) yield* readShares(part)
}
