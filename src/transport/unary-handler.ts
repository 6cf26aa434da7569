import type { handleUnaryCall, Metadata } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import { isDeadlineOver } from './deadline.ts'
import type { HeldMemory } from './inbound-connection.ts'
import { serviceError } from './service-error.ts'
import { inboundStreamOf } from './unary-call.ts'

/** What a handler gets to know about its call. */
export interface CallContext {
  /** ms since the epoch; undefined when the client gave none. */
  readonly deadlineUnixMs: number | undefined
  /** Aborts when the client goes away ('cancelled') or its deadline passes ('deadline_exceeded'). */
  readonly signal: AbortSignal
  readonly metadata: Metadata
  /** The request's bytes that the listener counts as in flight; who takes them over gives them back. */
  readonly held: HeldMemory & { takeOver(): number }
}

/**
 * A unary method as an async function: what it returns is the answer, what it throws becomes a status
 * by src/errors/status.ts.
 */
export function unaryHandler<Request, Response>(
  logger: Logger,
  handle: (request: Request, context: CallContext) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, respond) => {
    const controller = new AbortController()
    const deadline = Number(call.getDeadline())
    let answered = false
    // grpc-js also says so when a call has ended well.
    const cancel = () => {
      if (answered) return
      controller.abort(
        isDeadlineOver(deadline)
          ? new GatewayError('deadline_exceeded', 'Cannot answer: the deadline has passed')
          : new GatewayError('cancelled', 'Cannot answer: the client went away'),
      )
    }
    call.on('cancelled', cancel)
    if (call.cancelled) cancel()
    const inbound = inboundStreamOf(call.metadata)
    const context: CallContext = {
      deadlineUnixMs: Number.isFinite(deadline) ? deadline : undefined,
      signal: controller.signal,
      metadata: call.metadata,
      held: {
        takeOver: () => inbound?.takeOver() ?? 0,
        takeMemory: () => inbound?.takeMemory(),
      },
    }
    handle(call.request, context).then(
      (response) => {
        answered = true
        respond(null, response)
      },
      (error: unknown) => {
        answered = true
        respond(serviceError(error, logger))
      },
    )
  }
}
