import type { Decoded } from '../../bridge/model/decoded.ts'
import type { DecodeJob, DecodeThreadOptions } from './decode-thread.ts'
import { DecodeThread } from './decode-thread.ts'

/** Longer requests have a thread of their own; no client sends such as long as it works well. */
export const laneBytesMax = 4 * 1024 * 1024

/**
 * Decodes large requests on two threads, by their length: one that takes seconds holds up no usual one.
 * Each thread starts with the first request for it.
 */
export class DecodeLanes {
  readonly #usual: DecodeThread
  readonly #long: DecodeThread

  constructor(options: DecodeThreadOptions) {
    this.#usual = new DecodeThread(options)
    this.#long = new DecodeThread(options)
  }

  /** @throws what `DecodeThread.decode` throws */
  decode(job: DecodeJob): Promise<Decoded> {
    const sizeBytes = job.pieces.reduce((sum, piece) => sum + piece.length, 0)
    return (sizeBytes > laneBytesMax ? this.#long : this.#usual).decode(job)
  }

  /** Ends the threads as `DecodeThread.close` does. */
  async close(): Promise<void> {
    await Promise.all([this.#usual.close(), this.#long.close()])
  }
}
