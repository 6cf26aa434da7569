/** Keeps what was used last, up to so many bytes. */
export class ByteCache<Value> {
  readonly #bytesMax: number
  readonly #entries = new Map<string, { value: Value; sizeBytes: number }>()
  #sizeBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Bytes of everything that is kept. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** Keeps a value; what was used longest ago goes when there is no room. */
  set(key: string, value: Value, sizeBytes: number): void {
    this.#sizeBytes += sizeBytes - (this.#entries.get(key)?.sizeBytes ?? 0)
    this.#entries.delete(key)
    this.#entries.set(key, { value, sizeBytes })
    this.#shrink()
  }

  /** Counts bytes that a value took since; nothing when it is gone already. */
  grow(key: string, sizeBytes: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.sizeBytes += sizeBytes
    this.#sizeBytes += sizeBytes
    this.#shrink()
  }

  #shrink(): void {
    for (const [key, { sizeBytes }] of this.#entries) {
      if (this.#sizeBytes <= this.#bytesMax) return
      this.#entries.delete(key)
      this.#sizeBytes -= sizeBytes
    }
  }
}
