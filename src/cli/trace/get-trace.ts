import { Metadata } from '@grpc/grpc-js'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { asBytes, createClient } from '../endpoint.ts'

/** Which trace, of which gateway. */
export interface GetTraceOptions {
  /** `host:port` of a query service (jaeger.api_v3). */
  readonly endpoint: string
  /** Hex, 1 to 32 digits. */
  readonly traceId: string
  readonly timeoutMs: number
}

/** Reads a whole trace from a gateway by jaeger.api_v3.QueryService/GetTrace. */
export async function getTrace(options: GetTraceOptions): Promise<readonly SpanGroup[]> {
  const client = createClient(options.endpoint)
  try {
    const request = new WireWriter()
    request.string(1, options.traceId)
    const call = client.makeServerStreamRequest(
      '/jaeger.api_v3.QueryService/GetTrace',
      asBytes,
      (message) => message,
      request.finish(),
      new Metadata(),
      { deadline: Date.now() + options.timeoutMs },
    )
    const groups: SpanGroup[] = []
    for await (const message of call) {
      groups.push(...groupsOf(decodeRequest(message as Uint8Array, { arrivalUnixMs: 0 }).batch))
    }
    return groups
  } finally {
    client.close()
  }
}
