import type { StatusObject } from '@grpc/grpc-js'
import { Metadata } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { GrpcStatus } from '../errors/status.ts'
import { grpcStatusOf } from '../errors/status.ts'

/** A failure as grpc-js takes it: for a callback, for `stream.destroy` or for `call.sendStatus`. */
export function statusObject(status: GrpcStatus): StatusObject {
  const metadata = new Metadata()
  if (status.details !== undefined) {
    metadata.set('grpc-status-details-bin', Buffer.from(status.details))
  }
  return { code: status.code, details: status.message, metadata }
}

/**
 * Any thrown thing as a grpc-js status. The client gets code and message; the cause, and what is a
 * bug, goes to the log.
 */
export function serviceError(error: unknown, logger: Logger): StatusObject {
  const status = grpcStatusOf(error)
  if (status.bug) logger.error({ err: error }, 'call failed')
  else if (error instanceof Error && error.cause !== undefined) {
    logger.warn({ err: error }, 'call refused')
  }
  return statusObject(status)
}
