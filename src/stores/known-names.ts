/** Names that are remembered; beyond it all are forgotten, and given to the file again. */
const namesMax = 50_000

/**
 * The names that a file has, with those of the transaction under way; `clear` when that fails. Maps
 * within maps, as a key made of all parts would be a new text for each span name of each block.
 */
export class KnownNames {
  /** By tenant and service: for each kind, its operations. */
  readonly #tenants = new Map<string, Map<string, Map<number, Set<string>>>>()
  #count = 0

  /** @returns false when it was known */
  add(tenant: string, service: string, operation: string, kind: number): boolean {
    const known = this.#tenants.get(tenant)?.get(service)?.get(kind)
    if (known?.has(operation)) return false
    if (this.#count >= namesMax) this.clear()
    const services = this.#tenants.get(tenant) ?? new Map<string, Map<number, Set<string>>>()
    this.#tenants.set(tenant, services)
    const kinds = services.get(service) ?? new Map<number, Set<string>>()
    services.set(service, kinds)
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(operation))
    this.#count++
    return true
  }

  /** Forgets all of them. */
  clear(): void {
    this.#tenants.clear()
    this.#count = 0
  }
}
