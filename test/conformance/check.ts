import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { Ability, SpanStore } from '../../src/ports/span-store.ts'

/** One rule of the port, run on a fresh store. It fails by throwing. */
export interface Check {
  /** The method and what it must do. */
  readonly name: string
  /** Abilities without which the rule cannot be asked for. */
  readonly needs?: readonly Ability[]
  /**
   * True when it uses the default tenant alone and does not close the store: then it may run as a
   * tenant of its own on a store that others use too, which saves opening one.
   */
  readonly shares?: true
  run(bench: Bench): Promise<void>
}

/** What a check works with. */
export interface Bench {
  /** Empty for all the check can see, and changed by no other. */
  readonly store: SpanStore
  /** The retention that the store was opened with. */
  readonly retentionMs: number
  /** Arrival of the check's spans, ms since the epoch; about now. */
  readonly arrivalUnixMs: number
  /**
   * What the store gives back of a batch: the batch itself, unless it cannot keep all of it; then every
   * answer is held to this.
   */
  readonly kept: (batch: SpanBatch) => SpanBatch
  /** A second, empty store that is obviously right, to compare with. */
  reference(): SpanStore
  /** Closes the store and opens what it has kept; undefined for a store that keeps nothing. */
  readonly reopen: (() => Promise<SpanStore>) | undefined
  /** How much the random check does. */
  readonly random: RandomSizes
}

/** How much the random check does, and where it begins. */
export interface RandomSizes {
  readonly seed: number
  readonly spans: number
  readonly queries: number
}
