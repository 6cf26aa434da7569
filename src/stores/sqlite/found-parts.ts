import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { TracePart } from './thread-messages.ts'

/** Reads traces one after the other; parts carry the index of their trace. */
export type ReadTraces = (traceIds: readonly Uint8Array[]) => AsyncGenerator<TracePart>

/**
 * The traces that a search found, read ahead: whoever asks for the parts of one mostly asks for those
 * of the next, and a thread that has to be asked for each waits most of the time. What is read
 * ahead is what one job may be ahead of its consumer.
 */
export class FoundParts {
  readonly #traceIds: readonly Uint8Array[]
  readonly #read: ReadTraces
  #ahead: { readonly first: number; readonly parts: AsyncGenerator<TracePart> } | undefined
  /** The first part of a later trace than the one asked for. */
  #held: TracePart | undefined
  /** The first trace of which nothing was taken from what is read ahead. */
  #next = 0
  #isTaking = false
  #closed = false

  constructor(traceIds: readonly Uint8Array[], read: ReadTraces) {
    this.#traceIds = traceIds
    this.#read = read
  }

  /**
   * The parts of a trace by its index; in any order, and as often as one likes. Fails also when the
   * trace that is read next does.
   */
  async *of(index: number): AsyncGenerator<SpanBatch> {
    if (this.#closed || this.#isTaking || index < this.#next) {
      for await (const { part } of this.#read(this.#traceIds.slice(index, index + 1))) yield part
      return
    }
    this.#isTaking = true
    this.#next = index + 1
    let isTaken = false
    try {
      yield* this.#take(index)
      isTaken = true
    } finally {
      this.#isTaking = false
      // After a failure, or when its reader left, nothing is known of what would come next.
      if (!isTaken || this.#closed) await this.#stop()
    }
  }

  /** Reads nothing ahead any more; parts that are being taken come to their end. */
  async close(): Promise<void> {
    this.#closed = true
    if (!this.#isTaking) await this.#stop()
  }

  async *#take(index: number): AsyncGenerator<SpanBatch> {
    this.#ahead ??= { first: index, parts: this.#read(this.#traceIds.slice(index)) }
    const { first, parts } = this.#ahead
    for (;;) {
      const next = this.#held ?? (await parts.next()).value
      this.#held = next
      if (next === undefined || first + next.index > index) return
      this.#held = undefined
      if (first + next.index === index) yield next.part
    }
  }

  async #stop(): Promise<void> {
    const ahead = this.#ahead
    this.#ahead = undefined
    this.#held = undefined
    await ahead?.parts.return(undefined)
  }
}
