import type { Runtime } from '../../../bridge/opentelemetry/send-request.ts'
import type {
  SpanTransport,
  TransportAnswer,
  TransportCall,
} from '../../../bridge/opentelemetry/span-transport.ts'

/** A clock that only waits move: a sleep ends at once, and it is so much later then. */
export class ManualRuntime implements Runtime {
  now = 0
  /** How long each sleep was to last, ms. */
  readonly sleeps: number[] = []
  readonly #randoms: number[]

  /** @param randoms the last one stays */
  constructor(...randoms: readonly number[]) {
    this.#randoms = [...randoms]
  }

  nowMs(): number {
    return this.now
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    this.sleeps.push(ms)
    this.now += ms
  }

  random(): number {
    return (this.#randoms.length > 1 ? this.#randoms.shift() : this.#randoms[0]) ?? 0
  }
}

/** Answers in this order; the last one stays. */
export class ScriptedTransport implements SpanTransport {
  readonly requests: Uint8Array[] = []
  readonly calls: TransportCall[] = []
  isClosed = false
  readonly #answers: (TransportAnswer | (() => Promise<TransportAnswer>))[]

  constructor(...answers: readonly (TransportAnswer | (() => Promise<TransportAnswer>))[]) {
    this.#answers = [...answers]
  }

  async send(request: Uint8Array, call: TransportCall): Promise<TransportAnswer> {
    this.requests.push(request)
    this.calls.push(call)
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]
    if (answer === undefined) throw new Error('the script has no answer')
    return typeof answer === 'function' ? await answer() : answer
  }

  close(): void {
    this.isClosed = true
  }
}

/** An answer that all spans were stored. */
export const takenAll: TransportAnswer = { kind: 'taken', response: new Uint8Array(0) }

/** A refusal of this code. */
export function refused(
  code: string,
  how: { readonly isRetryable?: boolean; readonly retryAfterMs?: number } = {},
): TransportAnswer {
  return { kind: 'refused', code, message: 'said no', isRetryable: true, ...how }
}
