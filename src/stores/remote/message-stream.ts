import type { ClientReadableStream, Interceptor, Metadata, StatusObject } from '@grpc/grpc-js'
import { Metadata as NoMetadata } from '@grpc/grpc-js'
import { PacedCall } from './paced-call.ts'

/** The messages of one call, taken one by one. */
export class MessageStream {
  readonly #isAhead: boolean
  readonly #stream: ClientReadableStream<Buffer>
  readonly #queue: Buffer[] = []
  #call: PacedCall | undefined
  #status: StatusObject | undefined
  #isEnded = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  /**
   * @param start begins the call with this interceptor
   * @param isAhead whether a message comes while the one before it is worked on, so that two of them are in
   *   memory; else each comes when it is asked for
   */
  constructor(start: (interceptor: Interceptor) => ClientReadableStream<Buffer>, isAhead: boolean) {
    this.#isAhead = isAhead
    this.#stream = start(
      PacedCall.interceptor((call) => {
        this.#call = call
      }),
    )
    this.#stream.on('data', (message: Buffer) => {
      this.#queue.push(message)
      this.#wake?.()
    })
    this.#stream.on('end', () => {
      this.#isEnded = true
      this.#wake?.()
    })
    this.#stream.on('status', (status: StatusObject) => {
      this.#status = status
      this.#wake?.()
    })
    this.#stream.on('error', (error: Error) => this.fail(error))
    if (isAhead) this.#call?.grant()
  }

  /** The metadata behind the last message; empty before. */
  get trailers(): Metadata {
    return this.#status?.metadata ?? new NoMetadata()
  }

  /**
   * The next message, undefined after the last one.
   *
   * @param late the error when none comes in time
   * @throws what the call fails with, ServiceError of grpc-js for a status of the server
   */
  async next(timeoutMs: number, late: () => Error): Promise<Buffer | undefined> {
    const timer = setTimeout(() => this.fail(late()), timeoutMs)
    if (!this.#isAhead) this.#call?.grant()
    try {
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure
        const message = this.#queue.shift()
        if (message !== undefined) {
          if (this.#isAhead) this.#call?.grant()
          return message
        }
        if (this.#isEnded && this.#status !== undefined) return undefined
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends the call; whoever waits for a message gets the error, unless there was one before. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#stream.cancel()
    this.#wake?.()
  }

  /** Ends the call where it still goes on. */
  close(): void {
    this.#stream.cancel()
  }
}
