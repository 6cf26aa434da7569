import type { Metadata } from '@grpc/grpc-js'
import type { PartialSuccess } from '../../../bridge/opentelemetry/read-response.ts'
import { readResponse } from '../../../bridge/opentelemetry/read-response.ts'
import type { CapabilitiesDefinition } from '../../../proto/gen/jaeger/storage/v2/Capabilities.ts'
import type { DependencyReaderDefinition } from '../../../proto/gen/jaeger/storage/v2/DependencyReader.ts'
import type { FoundTraceID__Output } from '../../../proto/gen/jaeger/storage/v2/FoundTraceID.ts'
import type { GetDependenciesResponse__Output } from '../../../proto/gen/jaeger/storage/v2/GetDependenciesResponse.ts'
import type { GetOperationsResponse__Output } from '../../../proto/gen/jaeger/storage/v2/GetOperationsResponse.ts'
import type { SearchCapabilities__Output } from '../../../proto/gen/jaeger/storage/v2/SearchCapabilities.ts'
import type { TraceQueryParameters } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { TraceReaderDefinition } from '../../../proto/gen/jaeger/storage/v2/TraceReader.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { DependencyWindow } from '../../ports/dependency-store.ts'
import type { SearchBound, TraceRef, TraceSummary } from '../../ports/span-store.ts'
import { boundOfText, searchBoundKey } from '../../search/bound-text.ts'
import { newestMatchOrder, searchOrderKey } from '../../search/told-order.ts'
import { loadServiceDefinition } from '../../transport/service-definitions.ts'
import type { MessagePlace } from './message-room.ts'
import type { RemoteChannel } from './remote-channel.ts'
import { isUnimplemented } from './remote-failure.ts'
import { microsOfTimestamp, timestampOfMicros } from './wire-time.ts'

/** How long a call may take, and who wants its answer. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined
  /** Instead of the channel's, what is left of `search.max-time`. */
  readonly timeoutMs?: number | undefined
  /** Waits for room for each message of a stream; left out: it needs none. */
  readonly takeRoom?: (() => Promise<MessagePlace>) | undefined
}

/** What a remote says of its searches. */
export interface ToldCapabilities {
  readonly search: SearchCapabilities__Output | undefined
  /** The newest come first, and exactly as many as are asked for. */
  readonly isOrdered: boolean
}

/** Traces that a search found, and the limit of the remote that cut it short. */
export interface FoundIds {
  /** With the times within which the remote says that they lie, if it does. */
  readonly traces: readonly TraceRef[]
  readonly bound: SearchBound | undefined
}

interface Codec<Request, Response> {
  readonly path: string
  readonly requestSerialize: (request: Request) => Buffer
  readonly responseDeserialize: (bytes: Buffer) => Response
}

const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

/**
 * The methods of jaeger.storage.v2, and of OTLP beside them, over a channel.
 *
 * Source: jaeger-idl, proto/storage/v2.
 */
export class RemoteStorage {
  readonly #channel: RemoteChannel
  readonly #reader = loadServiceDefinition<TraceReaderDefinition>('jaeger.storage.v2.TraceReader')
  readonly #links = loadServiceDefinition<DependencyReaderDefinition>(
    'jaeger.storage.v2.DependencyReader',
  )
  readonly #capabilities = loadServiceDefinition<CapabilitiesDefinition>(
    'jaeger.storage.v2.Capabilities',
  )

  constructor(channel: RemoteChannel) {
    this.#channel = channel
  }

  /** What searches can do; undefined where the remote does not tell, as an older Jaeger. */
  async searchCapabilities(waiting: Waiting): Promise<ToldCapabilities | undefined> {
    try {
      const codec = this.#capabilities.GetCapabilities
      const { answer, trailers } = await this.#ask(codec, {}, 'Cannot ask what it can do', waiting)
      const isOrdered = trailers.get(searchOrderKey)[0] === newestMatchOrder
      return { search: answer.search ?? undefined, isOrdered }
    } catch (error) {
      if (isUnimplemented(error)) return undefined
      throw error
    }
  }

  /** Sends spans; resolves when the remote says that it has them. */
  async write(request: Uint8Array, signal: AbortSignal): Promise<PartialSuccess> {
    const action = 'Cannot store spans'
    const { bytes } = await this.#channel.ask({ action, path: exportPath, request, signal })
    return decoded(action, bytes, readResponse)
  }

  /**
   * The traces with these ids, a message of TracesData at a time.
   *
   * @param waiting for each message
   * @param onEnd gets the bound that the remote told behind the last one
   */
  traces(
    traces: readonly TraceRef[],
    waiting: Waiting,
    onEnd: (bound: SearchBound | undefined) => void,
  ): AsyncGenerator<Buffer, void, void> {
    const { path, requestSerialize } = this.#reader.GetTraces
    const query = traces.map(({ traceId, minMicros, maxMicros }) => ({
      traceId,
      ...(minMicros !== undefined && { startTime: timestampOfMicros(minMicros) }),
      ...(maxMicros !== undefined && { endTime: timestampOfMicros(maxMicros) }),
    }))
    const call = {
      action: 'Cannot read traces',
      path,
      request: requestSerialize({ query }),
      ...waiting,
    }
    return this.#channel.stream(call, (trailers) => onEnd(boundOf(trailers)))
  }

  /** The ids of traces that a search of the remote finds. */
  async findIds(query: TraceQueryParameters, waiting: Waiting): Promise<FoundIds> {
    const codec = this.#reader.FindTraceIDs
    const { answer, trailers } = await this.#ask(codec, { query }, searchAction, waiting)
    return { traces: answer.traceIds.map(refOf), bound: boundOf(trailers) }
  }

  /**
   * Summaries of the traces that a search of the remote finds, in its order.
   *
   * @param onEnd gets the bound that the remote told behind the last one
   */
  async *findSummaries(
    query: TraceQueryParameters,
    waiting: Waiting,
    onEnd: (bound: SearchBound | undefined) => void,
  ): AsyncGenerator<TraceSummary, void, void> {
    const { path, requestSerialize, responseDeserialize } = this.#reader.FindTraceSummaries
    const call = { action: searchAction, path, request: requestSerialize({ query }), ...waiting }
    const messages = this.#channel.stream(call, (trailers) => onEnd(boundOf(trailers)))
    for await (const bytes of messages) {
      const { summaries } = decoded(searchAction, bytes, responseDeserialize)
      for (const { minStartTimeUnixNano, maxEndTimeUnixNano, traceId, ...counts } of summaries) {
        yield {
          kind: 'summary',
          ...counts,
          traceId: new Uint8Array(traceId),
          minStartUnixNano: BigInt(minStartTimeUnixNano),
          maxEndUnixNano: BigInt(maxEndTimeUnixNano),
        }
      }
    }
  }

  /** Names of services, in no order. */
  async services(waiting: Waiting): Promise<readonly string[]> {
    const codec = this.#reader.GetServices
    return (await this.#ask(codec, {}, 'Cannot list services', waiting)).answer.services
  }

  /** Operations of a service, in no order. */
  async operations(service: string): Promise<GetOperationsResponse__Output['operations']> {
    const codec = this.#reader.GetOperations
    return (await this.#ask(codec, { service }, 'Cannot list operations')).answer.operations
  }

  /** Links between services, in no order. */
  async dependencies(
    { startMs, endMs }: DependencyWindow,
    signal?: AbortSignal,
  ): Promise<GetDependenciesResponse__Output['dependencies']> {
    const codec = this.#links.GetDependencies
    const request = {
      startTime: timestampOfMicros(startMs * 1000),
      endTime: timestampOfMicros(endMs * 1000),
    }
    const { answer } = await this.#ask(codec, request, 'Cannot list dependencies', { signal })
    return answer.dependencies
  }

  async #ask<Request, Response>(
    { path, requestSerialize, responseDeserialize }: Codec<Request, Response>,
    request: Request,
    action: string,
    waiting: Waiting = {},
  ): Promise<{ readonly answer: Response; readonly trailers: Metadata }> {
    const call = { action, path, request: requestSerialize(request), ...waiting }
    const { bytes, trailers } = await this.#channel.ask(call)
    return { answer: decoded(action, bytes, responseDeserialize), trailers }
  }
}

/**
 * A trace with the times that the remote tells of it. Those up to 1970 are none: a Jaeger writes times that it
 * does not know as of the year 1.
 *
 * Source: jaeger v2.20.0, internal/storage/v2/api/tracestore/reader.go (FoundTraceID): times are hints for GetTraces.
 */
function refOf({ traceId, start, end }: FoundTraceID__Output): TraceRef {
  const minMicros = microsOfTimestamp(start)
  const maxMicros = microsOfTimestamp(end)
  if (maxMicros === undefined || maxMicros <= 0) return { traceId }
  if (minMicros === undefined || minMicros <= 0 || minMicros > maxMicros) return { traceId }
  // What it is in nanoseconds is behind that in microseconds.
  return { traceId, minMicros, maxMicros: maxMicros + 1 }
}

const searchAction = 'Cannot search traces'

function boundOf(trailers: Metadata): SearchBound | undefined {
  const [text] = trailers.get(searchBoundKey)
  return text === undefined ? undefined : boundOfText(String(text))
}

/** @throws GatewayError 'store_corrupt' for bytes that are no such message */
export function decoded<Message>(
  action: string,
  bytes: Buffer,
  decode: (bytes: Buffer) => Message,
): Message {
  try {
    return decode(bytes)
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    const message = `${action}: the remote storage answers what is no message of its kind (${state})`
    throw new GatewayError('store_corrupt', message, { cause })
  }
}
