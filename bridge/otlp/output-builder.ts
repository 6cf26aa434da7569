import type { BatchMemory } from '../model/batch-memory.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { BatchBuilder } from './batch-builder.ts'
import type { SpanOutput } from './span-output.ts'
import type { TermList } from './term-list.ts'

/** Indexes spans that lie in an output, which becomes the bytes of the batch. */
export class OutputBuilder extends BatchBuilder {
  /** Where the span begins that may be repaired. */
  spanStart = 0

  readonly #output: SpanOutput
  readonly #memory: BatchMemory | undefined

  /** @param expected how many spans will come, where there is no memory for them */
  constructor(
    output: SpanOutput,
    terms: TermList | undefined,
    expected: number,
    memory: BatchMemory | undefined,
  ) {
    super(new Uint8Array(0), terms, memory ?? expected)
    this.#output = output
    this.#memory = memory
    output.start(terms)
  }

  /** Puts a repaired span in the place of what it was. */
  override append(bytes: Uint8Array): number {
    this.#output.size = this.spanStart
    this.#output.raw(bytes)
    return this.spanStart
  }

  override finish(arrivalUnixMs: number): SpanBatch {
    return { ...super.finish(arrivalUnixMs), bytes: this.#output.finish(this.#memory?.bytes) }
  }
}
