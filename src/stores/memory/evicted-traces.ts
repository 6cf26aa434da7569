import { hashOf } from '../../blocks/trace-dictionary.ts'

/**
 * Which traces have lost spans to the bound of bytes: 8 bytes for each, the newest so many of them.
 * A trace that is still there when its own entry is forgotten has outlived all that were stored with it.
 */
export class EvictedTraces {
  readonly #entriesMax: number
  readonly #sets: { readonly tenant: string; readonly keys: Set<number> }[] = []
  #entries = 0

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  /** Notes the traces of a block that goes; 16 bytes each. */
  add(tenant: string, traceIds: Uint8Array): void {
    const keys = new Set<number>()
    for (let at = 0; at < traceIds.length; at += 16) keys.add(keyOf(traceIds, at))
    this.#sets.push({ tenant, keys })
    this.#entries += keys.size
    while (this.#entries > this.#entriesMax) {
      const oldest = this.#sets.shift()
      if (oldest === undefined) return
      this.#entries -= oldest.keys.size
    }
  }

  /** True when spans of the trace went. */
  has(tenant: string, traceId: Uint8Array): boolean {
    const key = keyOf(traceId, 0)
    return this.#sets.some((set) => set.tenant === tenant && set.keys.has(key))
  }

  clear(): void {
    this.#sets.length = 0
    this.#entries = 0
  }
}

/** 53 bits of a trace id: two hashes of it, so that two traces are taken for one once in 10^15. */
function keyOf(bytes: Uint8Array, offset: number): number {
  const hash = hashOf(bytes, offset)
  let other = 0
  for (let at = 0; at < 16; at++)
    other = (Math.imul(other, 31) + (bytes[offset + at] as number)) | 0
  return hash * 2_097_152 + ((other ^ (other >>> 11)) & 0x1f_ffff)
}
