import type { Operation } from '../ports/span-store.ts'

/** The order in which stores list operations: by name, by code unit, then by kind. */
export function byNameThenKind(left: Operation, right: Operation): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return left.spanKind - right.spanKind
}

/** Operations of several lists, each once, in the order in which stores list them. */
export function operationsOfBoth(operations: readonly Operation[]): readonly Operation[] {
  const once = new Map(operations.map((one) => [`${one.spanKind} ${one.name}`, one]))
  return [...once.values()].sort(byNameThenKind)
}
