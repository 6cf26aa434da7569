import type { Interceptor } from '@grpc/grpc-js'
import { InterceptingCall } from '@grpc/grpc-js'

/**
 * A call whose messages are taken off the connection one by one, as they are asked for: grpc-js itself reads
 * 16 of them ahead, each of which may have some MiB.
 */
export class PacedCall extends InterceptingCall {
  #granted = 0
  #isAsked = false

  /** What puts such a call under a stream; `onCall` is told of it before anything is read. */
  static interceptor(onCall: (call: PacedCall) => void): Interceptor {
    return (options, nextCall) => {
      const call = new PacedCall(nextCall(options))
      onCall(call)
      return call
    }
  }

  /** Lets one more message through. */
  grant(): void {
    if (this.#isAsked) {
      this.#isAsked = false
      super.startRead()
    } else this.#granted += 1
  }

  override startRead(): void {
    if (this.#granted > 0) {
      this.#granted -= 1
      super.startRead()
    } else this.#isAsked = true
  }
}
