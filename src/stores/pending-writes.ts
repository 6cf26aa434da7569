import { cancelledBy } from './cancelled.ts'
import { onAbort } from './on-abort.ts'

/** States of a write's shared number: whoever moves it away from `waiting` decides. */
export const WriteState = { waiting: 0, committing: 1, cancelled: 2 } as const

/** For the thread that writes: from here on the caller can no longer take the request back. */
export function claimWrite(state: Int32Array): boolean {
  const { waiting, committing } = WriteState
  return Atomics.compareExchange(state, 0, waiting, committing) === waiting
}

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Writes that another thread was asked for, and who waits for them. */
export class PendingWrites {
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  /**
   * Asks for a write. A signal takes it back as long as its commit has not begun; from then on the
   * answer is the commit's.
   *
   * @param post asks the thread; `state` is for `claimWrite`
   * @param onCancelled told when the signal took it back: the thread need not keep it
   */
  ask(
    signal: AbortSignal,
    post: (id: number, state: Int32Array) => void,
    onCancelled?: (id: number) => void,
  ): Promise<void> {
    const id = ++this.#lastId
    const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    return new Promise((resolve, reject) => {
      const settle = onAbort(signal, () => {
        const { waiting, cancelled } = WriteState
        if (Atomics.compareExchange(state, 0, waiting, cancelled) !== waiting) return
        this.#pending.delete(id)
        onCancelled?.(id)
        reject(cancelledBy(signal))
      })
      this.#pending.set(id, {
        resolve: () => {
          settle()
          resolve()
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      post(id, state)
    })
  }

  /** They are stored. */
  done(ids: readonly number[]): void {
    for (const id of ids) this.#take(id)?.resolve()
  }

  /** They are not. @returns how many somebody waited for */
  fail(ids: readonly number[], error: Error): number {
    const failed = ids.map((id) => this.#take(id)).filter((pending) => pending !== undefined)
    for (const { reject } of failed) reject(error)
    return failed.length
  }

  /** Nothing that was asked for will be answered. */
  failAll(error: Error): void {
    this.fail([...this.#pending.keys()], error)
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }
}
