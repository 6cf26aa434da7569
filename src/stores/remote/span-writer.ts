import type { Rejected } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { splitTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { WriteResult } from '../../ports/span-store.ts'
import type { RemoteStorage } from './remote-storage.ts'

/**
 * Sends spans to a remote, in requests that it takes, and resolves when it has all of them. After a failure it
 * may have some: those that are sent again are the same spans.
 *
 * Spans that the remote leaves out of a request, and one that it refuses alone, are listed; of which of them
 * the others are it does not tell, so a request that it refuses as a whole is an error.
 *
 * @param requestBytesMax a request is longer only where a single span is
 */
export async function writeSpans(
  remote: Pick<RemoteStorage, 'write'>,
  batch: SpanBatch,
  requestBytesMax: number,
  signal: AbortSignal,
): Promise<WriteResult> {
  const rejected: Rejected[] = []
  const isOneSpan = spanCount(batch) === 1
  for (const request of splitTracesData(batch, requestBytesMax)) {
    try {
      const { rejectedSpans, message } = await remote.write(request, signal)
      const told: Rejected = { reason: 'remote', message: `the remote storage says: ${message}` }
      // No more than there are, whatever it says.
      const count = Math.min(rejectedSpans, spanCount(batch) - rejected.length)
      for (let span = 0; span < count; span++) rejected.push(told)
    } catch (error) {
      const isAlone = isOneSpan || request.length > requestBytesMax
      if (!isAlone || !isRefusal(error)) throw error
      rejected.push({ reason: 'remote', message: error.message })
    }
  }
  return { rejected }
}

/** True for an error that is about the spans. */
function isRefusal(error: unknown): error is GatewayError {
  return (
    error instanceof GatewayError &&
    (error.code === 'invalid_argument' || error.code === 'too_large')
  )
}
