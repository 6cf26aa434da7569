import type { Carrier } from './carrier.ts'
import type { PropagationLimits } from './limits.ts'
import type { Loss } from './loss.ts'
import type { Propagated } from './propagated.ts'

/** One way to write `Propagated` into headers, or several of them as one. */
export interface Format {
  /** Lower-case names of the headers that `inject` may write; prefixes of names are left out. */
  readonly fields: readonly string[]
  /** Reads what the headers say; never throws for what is in them. */
  extract(carrier: Carrier, limits?: PropagationLimits): Extracted
  /** Says what is to be written; without a span, a decision or baggage that is nothing. */
  inject(propagated: Propagated, limits?: PropagationLimits): Injected
}

/** What headers said. */
export interface Extracted {
  readonly propagated: Propagated
  readonly losses: readonly Loss[]
}

/** What headers are to say. */
export interface Injected {
  /** In the order in which they are to be written; no name is there twice. */
  readonly fields: readonly Field[]
  readonly losses: readonly Loss[]
}

/** One header: a lower-case name, and a value of printable ASCII unless a format says otherwise. */
export type Field = readonly [name: string, value: string]
