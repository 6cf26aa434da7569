import type { Client } from '@grpc/grpc-js'
import { Metadata } from '@grpc/grpc-js'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import type { FindTracesRequest } from '../../../proto/gen/spangate/v1/FindTracesRequest.ts'
import type { FindTracesResponse__Output } from '../../../proto/gen/spangate/v1/FindTracesResponse.ts'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import type { TraceSearchServiceDefinition } from '../../../proto/gen/spangate/v1/TraceSearchService.ts'
import { searchBoundKey } from '../../search/bound-text.ts'
import { loadServiceDefinition } from '../../transport/service-definitions.ts'
import { asBytes } from '../endpoint.ts'
import type { FindWindow } from './find-window.ts'

/** One search. */
export interface FindRequest extends FindWindow {
  readonly query: string
  /** 0 leaves it to the gateway. */
  readonly limit: number
  readonly spansPerTrace?: number
}

/** What ends an answer besides its traces. */
export interface FindEnd {
  /** The bound that cut it short, `search.max-time=30000`. */
  readonly bound: string | undefined
}

/** Asks a gateway by spangate.v1.TraceSearchService/FindTraces; messages as they come. */
export async function* findTraces(
  client: Client,
  request: FindRequest,
  timeoutMs: number,
): AsyncGenerator<readonly FoundTrace__Output[], FindEnd> {
  const { FindTraces: method } = loadServiceDefinition<TraceSearchServiceDefinition>(
    'spangate.v1.TraceSearchService',
  )
  const { minMicros, maxMicros, query, limit, spansPerTrace = 0 } = request
  const call = client.makeServerStreamRequest<FindTracesRequest, FindTracesResponse__Output>(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    {
      query,
      limit,
      spansPerTrace,
      ...(minMicros !== undefined && { startTimeMin: timestampOf(minMicros) }),
      ...(maxMicros !== undefined && { startTimeMax: timestampOf(maxMicros) }),
    },
    new Metadata(),
    { deadline: Date.now() + timeoutMs },
  )
  let bound: string | undefined
  call.on('status', ({ metadata }) => {
    bound = metadata?.get(searchBoundKey)[0]?.toString()
  })
  try {
    for await (const message of call) yield (message as FindTracesResponse__Output).traces
  } finally {
    call.cancel()
  }
  return { bound }
}

/**
 * The spans of one trace by jaeger.api_v3.QueryService/GetTrace, a message at a time: as they are
 * stored where they are asked for raw, else adjusted.
 */
export async function* readTrace(
  client: Client,
  traceId: string,
  { raw, timeoutMs }: { readonly raw: boolean; readonly timeoutMs: number },
): AsyncGenerator<SpanBatch> {
  const request = new WireWriter()
  request.string(1, traceId)
  if (raw) request.boolAlways(4, true)
  const call = client.makeServerStreamRequest(
    '/jaeger.api_v3.QueryService/GetTrace',
    asBytes,
    (message) => message,
    request.finish(),
    new Metadata(),
    { deadline: Date.now() + timeoutMs },
  )
  try {
    for await (const message of call) {
      yield decodeRequest(message as Uint8Array, { arrivalUnixMs: 0 }).batch
    }
  } finally {
    call.cancel()
  }
}

function timestampOf(micros: number): { readonly seconds: string; readonly nanos: number } {
  const seconds = Math.floor(micros / 1_000_000)
  return { seconds: String(seconds), nanos: (micros - seconds * 1_000_000) * 1000 }
}
