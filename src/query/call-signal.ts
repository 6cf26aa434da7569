import { GatewayError } from '../errors/gateway-error.ts'
import { isDeadlineOver } from '../transport/deadline.ts'

/** What is used of a grpc-js call. */
interface CancellableCall {
  readonly cancelled: boolean
  getDeadline(): Date | number
  on(event: 'cancelled', listener: () => void): unknown
}

/** A signal that lasts as long as its call. */
export interface CallSignal {
  readonly signal: AbortSignal
  /** Frees the timer; safe to call twice. */
  close(): void
}

/**
 * A signal that aborts when the client goes away ('cancelled') or its deadline passes
 * ('deadline_exceeded').
 *
 * grpc-js reports a deadline as a cancellation, and only after what was written before has been sent;
 * a client that reads nothing would keep its search running. So the deadline has a timer here.
 */
export function signalOfCall(call: CancellableCall): CallSignal {
  const controller = new AbortController()
  const deadline = Number(call.getDeadline())
  const expire = () => {
    controller.abort(
      new GatewayError('deadline_exceeded', 'Cannot answer: the deadline has passed'),
    )
  }
  const cancel = () => {
    if (isDeadlineOver(deadline)) expire()
    else controller.abort(new GatewayError('cancelled', 'Cannot answer: the client went away'))
  }
  const timer = Number.isFinite(deadline)
    ? setTimeout(expire, Math.max(0, deadline - Date.now()))
    : undefined
  call.on('cancelled', cancel)
  if (call.cancelled) cancel()
  return { signal: controller.signal, close: () => clearTimeout(timer) }
}
