/** Names that are remembered; beyond it all are forgotten, and given to the file again. */
const namesMax = 50_000

/**
 * The names that a file has, with those of the transaction under way; `clear` when that fails. Sets
 * within a map, as a key made of all parts would be a new text for each span name of each block.
 */
export class KnownNames {
  /** Operations of each tenant's service and kind. */
  readonly #operations = new Map<string, Set<string>>()
  #count = 0

  /** @returns false when it was known */
  add(tenant: string, service: string, operation: string, kind: number): boolean {
    const key = `${tenant}\0${service}\0${kind}`
    const known = this.#operations.get(key)
    if (known?.has(operation)) return false
    if (this.#count >= namesMax) this.clear()
    const operations = this.#operations.get(key) ?? new Set()
    this.#operations.set(key, operations.add(operation))
    this.#count++
    return true
  }

  /** Forgets all of them. */
  clear(): void {
    this.#operations.clear()
    this.#count = 0
  }
}
