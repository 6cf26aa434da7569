/** Something that a header said, or should have said, and that is not in the result. */
export interface Loss {
  /** Lower-case name of the header; of a part of `Propagated` for the reason `not_carried`. */
  readonly field: string
  readonly reason: LossReason
  /** How many members, headers or bits; at least 1. */
  readonly count: number
}

/**
 * Why something is lost; closed, so that it can be counted and tested.
 *
 * - `malformed`: not written as the format says
 * - `zero_id`: an id of zeros names nothing
 * - `forbidden_version`: version ff of traceparent
 * - `reserved_flags`: bits without a meaning
 * - `incomplete`: a span without its trace, or the other way round
 * - `duplicate`: there was more than one, and only one can count
 * - `conflict`: another format said something else and is preferred
 * - `not_utf8`: bytes, or halves of a surrogate pair, that are no text
 * - `limit_fields`, `limit_field_bytes`, `limit_members`, `limit_member_bytes`, `limit_total_bytes`:
 *   past the limit of that name
 * - `unwritable`: no header can say it
 * - `not_carried`: the format has no place for it
 */
export const lossReasons = [
  'malformed',
  'zero_id',
  'forbidden_version',
  'reserved_flags',
  'incomplete',
  'duplicate',
  'conflict',
  'not_utf8',
  'limit_fields',
  'limit_field_bytes',
  'limit_members',
  'limit_member_bytes',
  'limit_total_bytes',
  'unwritable',
  'not_carried',
] as const
/** One of `lossReasons`. */
export type LossReason = (typeof lossReasons)[number]

/** Losses while they are collected; equal ones are counted together. */
export interface LossList {
  add(field: string, reason: LossReason, count?: number): void
  addAll(losses: readonly Loss[]): void
  list(): readonly Loss[]
}

/** An empty list. */
export function createLossList(): LossList {
  const losses = new Map<string, Loss>()
  const add = (field: string, reason: LossReason, count = 1) => {
    const key = `${reason} ${field}`
    losses.set(key, { field, reason, count: count + (losses.get(key)?.count ?? 0) })
  }
  return {
    add,
    addAll: (others) => {
      for (const { field, reason, count } of others) add(field, reason, count)
    },
    list: () => [...losses.values()],
  }
}
