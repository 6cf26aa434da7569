import type { DependencyLink, DependencyWindow } from '../../ports/dependency-store.ts'

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

const dayMs = 86_400_000
/** More days than this are not asked for one by one: those that have rows are listed first. */
const daysAskedMax = 60

/**
 * The UTC days of a window, as numbers of days since the epoch.
 *
 * @param listed gives those that have rows; asked only when the window is long
 */
export async function daysOf(
  { startMs, endMs }: DependencyWindow,
  listed: () => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const first = Math.floor(startMs / dayMs)
  const last = Math.ceil(endMs / dayMs) - 1
  if (last - first >= daysAskedMax) {
    const days = await listed()
    return days.filter((day) => day >= first && day <= last).sort((left, right) => left - right)
  }
  return Array.from(Array(Math.max(last - first + 1, 0)).keys(), (at) => first + at)
}

function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
