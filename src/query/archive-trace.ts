import { hexOf } from '../../bridge/model/identifier.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { SpanStore, TraceRef } from '../ports/span-store.ts'

/** Where a trace is, and who asks. */
export interface ArchivingSource {
  /** Traces as they are stored. */
  readonly store: Pick<SpanStore, 'trace' | 'archive'>
  readonly tenant: string
  readonly signal: AbortSignal
}

/**
 * Keeps a trace for good, as it is stored. Spans that come later are not in it until it is archived
 * once more; one that is only in the archive stays there.
 *
 * @param notFound the error for a trace that is nowhere
 * @throws GatewayError 'unimplemented' where there is no archive, 'not_found'
 */
export async function archiveTrace(
  { store, tenant, signal }: ArchivingSource,
  trace: TraceRef,
  notFound = () => unknownTrace(trace.traceId),
): Promise<void> {
  const { archive } = store
  if (archive === undefined) {
    // In Jaeger's words.
    throw new GatewayError('unimplemented', 'archive span storage was not configured')
  }
  let isFound = false
  for await (const part of store.trace(tenant, trace, signal)) {
    if (spanCount(part) === 0) continue
    isFound = true
    await archive.write(tenant, part, signal)
  }
  if (!isFound) throw notFound()
}

function unknownTrace(traceId: Uint8Array): GatewayError {
  return new GatewayError('not_found', `Cannot archive trace ${hexOf(traceId)}: trace not found`)
}
