import type { PartialSuccess } from './read-response.ts'
import { readResponse } from './read-response.ts'
import type { Refusal, SpanTransport, TransportAnswer } from './span-transport.ts'

/** Time and chance for whoever has none of his own. */
export interface Runtime {
  /** A clock that never runs backwards, ms. */
  nowMs(): number
  /** Resolves after so long, or as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** At least 0 and below 1. */
  random(): number
}

/** When a request is sent again, and when it is given up. */
export interface RetryLimits {
  /** How often one request is sent at most. */
  readonly attemptsMax: number
  /** What one attempt may take. */
  readonly attemptTimeoutMs: number
  /** What an export may take: its turn, all attempts and the waits between them. */
  readonly totalTimeoutMs: number
  /** The wait after the first attempt; it doubles with each one. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

/** What sending is made of. */
export interface SendOptions {
  readonly transport: Pick<SpanTransport, 'send'>
  readonly runtime: Runtime
  readonly limits: RetryLimits
  /** When it is given up, by the runtime's clock. */
  readonly endMs: number
  /** Called before each attempt but the first. */
  readonly onRetry: () => void
}

/** What became of a request in the end. */
export type Sent =
  | ({ readonly kind: 'taken' } & PartialSuccess)
  | {
      readonly kind: 'lost'
      readonly reason: 'refused' | 'gave_up' | 'shut_down'
      readonly message: string
    }

/**
 * Sends one request until it is taken, refused for good, or a limit is reached.
 *
 * The wait before an attempt is between half and all of the backoff, by chance, so that clients which
 * failed together do not come back together; never less than what the server asked for, which chance
 * lengthens by up to a fifth. A wait that would pass the total time is not begun.
 */
export async function sendRequest(
  request: Uint8Array,
  { transport, runtime, limits, endMs, onRetry }: SendOptions,
  signal: AbortSignal,
): Promise<Sent> {
  if (signal.aborted) return { kind: 'lost', reason: 'shut_down', message: 'not sent' }
  if (runtime.nowMs() >= endMs) {
    const message = `not sent, its turn did not come within ${limits.totalTimeoutMs} ms`
    return { kind: 'lost', reason: 'gave_up', message }
  }
  for (let attempt = 1; ; attempt++) {
    const timeoutMs = Math.min(limits.attemptTimeoutMs, endMs - runtime.nowMs())
    const answer = await transport.send(request, { timeoutMs, signal }).catch(failureOf)
    if (answer.kind === 'taken') return taken(answer.response)
    if (signal.aborted) return lost('shut_down', answer, attempt)
    if (!answer.isRetryable) return lost('refused', answer, attempt)
    const waitMs = waitBefore(attempt + 1, answer, limits, runtime.random())
    const isLate = runtime.nowMs() + waitMs >= endMs
    if (attempt >= limits.attemptsMax || isLate) return lost('gave_up', answer, attempt)
    await runtime.sleep(waitMs, signal)
    if (signal.aborted) return lost('shut_down', answer, attempt)
    onRetry()
  }
}

/** The wait before the attempt of this number, of which 2 is the first that waits. */
function waitBefore(
  attempt: number,
  { retryAfterMs = 0 }: Refusal,
  { backoffMs, backoffMaxMs }: RetryLimits,
  random: number,
): number {
  const backoff = Math.min(backoffMaxMs, backoffMs * 2 ** (attempt - 2))
  return Math.max(backoff * (0.5 + random / 2), retryAfterMs * (1 + random / 5))
}

/** A transport answers whatever happens; one that throws has a bug, which a retry would repeat. */
function failureOf(error: unknown): TransportAnswer {
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'refused', code: 'INTERNAL', message, isRetryable: false }
}

function taken(response: Uint8Array): Sent {
  try {
    return { kind: 'taken', ...readResponse(response) }
  } catch (error) {
    // Taken or not: who answers so cannot be believed to have kept them.
    const state = error instanceof Error ? error.message : String(error)
    return { kind: 'lost', reason: 'refused', message: `its answer is none: ${state}` }
  }
}

function lost(
  reason: Extract<Sent, { kind: 'lost' }>['reason'],
  { code, message }: Refusal,
  attempts: number,
): Sent {
  const times = attempts === 1 ? 'once' : `${attempts} times`
  return { kind: 'lost', reason, message: `sent ${times}, last answer ${code}: ${message}` }
}
