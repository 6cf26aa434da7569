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
  readonly #known = new Map<string, number>()

  constructor(store: SamplingStore, model: ExposureModel) {
    this.#store = store
    this.#model = model
  }

  /** Notes a version that this process has calculated itself. */
  know(shard: string, version: number): void {
    this.#known.set(shard, version)
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
      await givingWay(this.#model.replacing(shard, () => sharesOf(parts)))
      this.#known.set(name, version)
      isChanged = true
    }
    return isChanged
  }
}

function* sharesOf(parts: readonly Uint8Array[]): Generator<OperationShare> {
  for (const part of parts) yield* readShares(part)
}
