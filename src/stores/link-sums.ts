import type { DependencyLink } from '../ports/dependency-store.ts'

/** Adds up counts of calls between services, as the port gives them. */
export class LinkSums {
  readonly #sums = new Map<string, DependencyLink>()

  /** A count below 0, which only a broken writer makes, adds nothing. */
  add({ parent, child, source, callCount }: DependencyLink): void {
    const key = JSON.stringify([parent, child, source])
    const before = this.#sums.get(key)?.callCount ?? 0
    const sum = before + Math.max(callCount, 0)
    this.#sums.set(key, { parent, child, source, callCount: sum })
  }

  /** Each parent, child and source once, sorted by them. */
  links(): readonly DependencyLink[] {
    return [...this.#sums.values()].sort(
      (left, right) =>
        byCodeUnit(left.parent, right.parent) ||
        byCodeUnit(left.child, right.child) ||
        byCodeUnit(left.source, right.source),
    )
  }
}

function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
