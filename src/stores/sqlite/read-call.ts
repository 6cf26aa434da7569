import type { ReaderRequest } from './thread-messages.ts'
import { messagesInFlightMax } from './thread-messages.ts'

/**
 * What a job is to its thread: it works, or it waits until its consumer takes a message, or it has sent
 * its last one, whether that was taken or not.
 */
export type ReadState = 'working' | 'waiting' | 'done'

/** One job of a reader thread, on the consumer's side: messages that came and were not taken yet. */
export class ReadCall {
  readonly id: number
  /** Shared with the thread, which looks at it between any two steps. */
  readonly cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #post: (request: ReaderRequest) => void
  readonly #messages: (readonly unknown[])[] = []
  /** Messages that came and were not used up. */
  #untaken = 0
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(id: number, post: (request: ReaderRequest) => void) {
    this.id = id
    this.#post = post
  }

  get state(): ReadState {
    if (this.#ended) return 'done'
    return this.#untaken < messagesInFlightMax ? 'working' : 'waiting'
  }

  /** The next message; undefined after the last one. */
  async next(): Promise<readonly unknown[] | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      const items = this.#messages.shift()
      if (items !== undefined || this.#ended) return items
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  /** True while the consumer waits for the thread. */
  get awaited(): boolean {
    return this.#wake !== undefined
  }

  /** A message was used up: the thread may send another. */
  taken(): void {
    this.#untaken -= 1
    if (!this.#ended) this.#post({ kind: 'more', id: this.id })
  }

  /** A message came. */
  receive(items: readonly unknown[]): void {
    this.#messages.push(items)
    this.#untaken += 1
    this.#wake?.()
  }

  /** The last message came. */
  finish(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** Ends the call with an error, also where messages are left, and stops the job. */
  fail(error: Error): void {
    this.#failure ??= error
    this.cancel()
    this.#wake?.()
  }

  /** Stops the job in its thread unless it is done. Safe to call twice. */
  cancel(): void {
    if (this.#ended) return
    this.#ended = true
    Atomics.store(this.cancelled, 0, 1)
    this.#post({ kind: 'cancel', id: this.id })
  }
}
