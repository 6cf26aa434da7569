/** A part of a document is at most this long. */
export const samplingPartBytesMax = 64 * 1024
/** A version replaces the one with the number so far below its own; a store may keep fewer. */
export const samplingVersionsKept = 4

/**
 * What documents are about: `counts` of one process each, `shares` that are in use, the `state` of whoever
 * calculates them.
 */
export type SamplingKind = 'counts' | 'shares' | 'state'

/** One version of a document. Whoever writes it decides what is in its parts. */
export interface SamplingDocument {
  readonly kind: SamplingKind
  /** Unique among those of its kind. */
  readonly name: string
  /** A whole number from 0 to 2^31 - 1; a writer counts it up. */
  readonly version: number
  /** Each at most `samplingPartBytesMax`. */
  readonly parts: readonly Uint8Array[]
  /** It is forgotten after so long, in whole seconds, rounded up. */
  readonly ttlMs: number
}

/** A process that wants to lead, or does. */
export interface LeaseHolder {
  /** Of this process alone. */
  readonly id: string
  /** For people: host and process id. */
  readonly process: string
}

/**
 * What gateways share to adapt shares together: documents, and a lease that one of them has at a time. The
 * contract is run as a test: test/conformance/sampling-store.ts.
 *
 * No clock of a gateway is compared with that of another one: documents are told apart by their versions, and
 * what expires does so by the clock of the store.
 */
export interface SamplingStore {
  /** False where nobody else reads it and nothing is there after the process has ended. */
  readonly isKept: boolean
  /** False where it belongs to this process alone, which leads. */
  readonly isShared: boolean
  /**
   * Stores a version, in place of those that are the same modulo `samplingVersionsKept`. Readers see the new
   * version when all of its parts are there, and until then the one before. Writing one twice is writing it once.
   */
  put(document: SamplingDocument): Promise<void>
  /** The newest version of each document of a kind. */
  versions(kind: SamplingKind): Promise<ReadonlyMap<string, number>>
  /** The parts of a version: of the newest, and of older ones where they are still there; else undefined. */
  get(kind: SamplingKind, name: string, version: number): Promise<readonly Uint8Array[] | undefined>
  /**
   * Takes the lease where nobody has it, and renews it where it is the caller's. It lasts for so long at least, and
   * at most two seconds longer.
   *
   * @returns who has it now
   */
  lease(holder: LeaseHolder, leaseMs: number): Promise<LeaseHolder>
  /** Gives the lease back, so that somebody else leads at once; nothing where it is not the caller's. */
  release(holder: LeaseHolder): Promise<void>
  /** Finishes what is under way and frees everything; safe to call twice. */
  close(): Promise<void>
}
