import type { Client } from '@grpc/grpc-js'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { IdentitySet } from '../../search/identity-set.ts'
import type { FindRequest } from './search-client.ts'
import { findTraces } from './search-client.ts'

/** Traces of one search; a gateway finds at most 10,000 at once. */
const pageTraces = 1000

/**
 * All traces that match, however many, newest first: a search goes on behind the last trace of the one
 * before. Of a trace that was given 32 bytes are kept, so that it is not given again for an older span.
 *
 * @param onBound told of a bound that cut a search short, after which it ends
 */
export async function* findPages(
  client: Client,
  request: Omit<FindRequest, 'limit'>,
  timeoutMs: number,
  onBound: (bound: string) => void,
): AsyncGenerator<FoundTrace__Output> {
  const given = new IdentitySet()
  let maxMicros = request.maxMicros
  for (;;) {
    let count = 0
    const before = maxMicros
    const page = { ...request, limit: pageTraces, ...(maxMicros !== undefined && { maxMicros }) }
    const found = findTraces(client, page, timeoutMs)
    let next = await found.next()
    for (; next.done !== true; next = await found.next()) {
      for (const trace of next.value) {
        count += 1
        maxMicros = Number(BigInt(trace.newestMatchTimeUnixNano) / 1000n) + 1
        const isFirst = given.add(
          BigInt(`0x${trace.traceId.slice(0, 16)}`),
          BigInt(`0x${trace.traceId.slice(16)}`),
        )
        if (!isFirst) continue
        yield trace
      }
    }
    if (next.value.bound !== undefined) {
      onBound(next.value.bound)
      return
    }
    if (count < pageTraces) return
    if (maxMicros === before) {
      throw new GatewayError(
        'invalid_argument',
        `Cannot go on: over ${pageTraces} traces match in one microsecond`,
      )
    }
  }
}
