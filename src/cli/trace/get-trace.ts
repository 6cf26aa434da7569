import { Metadata } from '@grpc/grpc-js'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { asBytes, createClient } from '../endpoint.ts'

/** Which trace, of which gateway. */
export interface GetTraceOptions {
  /** `host:port` of a query service (jaeger.api_v3). */
  readonly endpoint: string
  /** Hex, 1 to 32 digits. */
  readonly traceId: string
  /** As it is stored; adjusted when left out. */
  readonly raw?: boolean
  readonly timeoutMs: number
}

/** Reads a whole trace from a gateway by jaeger.api_v3.QueryService/GetTrace. */
export async function getTrace(options: GetTraceOptions): Promise<readonly SpanBatch[]> {
  const client = createClient(options.endpoint)
  try {
    const request = new WireWriter()
    request.string(1, options.traceId)
    if (options.raw) request.boolAlways(4, true)
    const call = client.makeServerStreamRequest(
      '/jaeger.api_v3.QueryService/GetTrace',
      asBytes,
      (message) => message,
      request.finish(),
      new Metadata(),
      { deadline: Date.now() + options.timeoutMs },
    )
    const batches: SpanBatch[] = []
    for await (const message of call) {
      batches.push(decodeRequest(message as Uint8Array, { arrivalUnixMs: 0 }).batch)
    }
    return batches
  } finally {
    client.close()
  }
}
