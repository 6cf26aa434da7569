import type { DependencyWindow } from '../../ports/dependency-store.ts'

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
