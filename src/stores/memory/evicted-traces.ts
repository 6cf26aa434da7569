import { traceKeysOf } from '../trace-keys.ts'

/**
 * Which traces have lost spans to the bound of bytes: 8 bytes for each, the newest so many of them.
 * A trace that is still there when its own entry is forgotten has outlived all that were stored with it.
 */
export class EvictedTraces {
  readonly #entriesMax: number
  readonly #sets: Set<number>[] = []
  #entries = 0

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  /** Notes the traces of a block that goes; 16 bytes each. */
  add(tenant: string, traceIds: Uint8Array): void {
    const keys = new Set(traceKeysOf(tenant, traceIds))
    this.#sets.push(keys)
    this.#entries += keys.size
    while (this.#entries > this.#entriesMax) {
      const oldest = this.#sets.shift()
      if (oldest === undefined) return
      this.#entries -= oldest.size
    }
  }

  /** True when spans of the trace went. */
  has(tenant: string, traceId: Uint8Array): boolean {
    const [key = 0] = traceKeysOf(tenant, traceId)
    return this.#sets.some((keys) => keys.has(key))
  }

  clear(): void {
    this.#sets.length = 0
    this.#entries = 0
  }
}
