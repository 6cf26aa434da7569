import { performance } from 'node:perf_hooks'
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServiceDefinition,
  StatusObject,
} from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import { WireReader } from '../../bridge/wire/reader.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { SearchBound } from '../ports/span-store.ts'
import { boundText, searchBoundKey } from '../search/bound-text.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { serviceError } from '../transport/service-error.ts'
import { signalOfCall } from './call-signal.ts'
import type { Responses } from './send-responses.ts'
import { sendResponses } from './send-responses.ts'
import type { StalledAnswers } from './stalled-answers.ts'

/** What every method needs besides its own work. */
export interface Serving {
  readonly metrics: Pick<Metrics, 'record'>
  readonly logger: Logger
  /** Answers that wait for their clients, of all services together. */
  readonly stalled: StalledAnswers
}

/** How a method's messages are read and written, as proto-loader defines them. */
export interface Codec<Request, Response> {
  /** `/jaeger.api_v3.QueryService/GetTrace`. */
  readonly path: string
  readonly requestDeserialize: (bytes: Buffer) => Request
  readonly responseSerialize: (response: Response) => Buffer
}

/**
 * The service with both messages as bytes. Methods decode requests themselves, so that broken bytes
 * are INVALID_ARGUMENT and not grpc-js' INTERNAL, and answer spans without decoding them.
 */
export function bytesDefinition(definition: ServiceDefinition): ServiceDefinition {
  const same = (bytes: Buffer) => bytes
  const entries = Object.entries(definition).map(([name, method]) => {
    return [name, { ...method, requestDeserialize: same, responseSerialize: same }]
  })
  return Object.fromEntries(entries)
}

/**
 * A method with one answer; `report` tells the client of a bound that cut it short.
 *
 * @param trailers metadata behind every answer
 */
export function serveUnary<Request, Response>(
  serving: Serving,
  codec: Codec<Request, Response>,
  handle: (
    request: Request,
    report: (bound: SearchBound | undefined) => void,
    signal: AbortSignal,
  ) => Promise<Response>,
  trailers: Readonly<Record<string, string>> = {},
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const work = async (signal: AbortSignal) => {
      let hit: SearchBound | undefined
      const report = (bound: SearchBound | undefined): void => {
        hit = bound
      }
      const response = await handle(decode(codec, call.request), report, signal)
      callback(null, codec.responseSerialize(response), trailersOf(hit, trailers))
    }
    void run({ serving, method: codec.path, call, work, fail: callback })
  }
}

/** A method with a stream of answers, which ends when the call does. */
export function serveStream<Request>(
  serving: Serving,
  codec: Codec<Request, never>,
  handle: (request: Request, signal: AbortSignal) => Responses,
): handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const work = async (signal: AbortSignal) => {
      const responses = handle(decode(codec, call.request), signal)
      const { stalled } = serving
      call.end(trailersOf(await sendResponses(call, responses, { signal, stalled })))
    }
    void run({
      serving,
      method: codec.path,
      call,
      work,
      fail: (error) => call.emit('error', error),
    })
  }
}

/** One call from its start to its end, however it ends. */
interface Run {
  readonly serving: Serving
  readonly method: string
  readonly call: Parameters<typeof signalOfCall>[0]
  readonly work: (signal: AbortSignal) => Promise<void>
  readonly fail: (error: StatusObject) => void
}

async function run({ serving, method, call, work, fail }: Run): Promise<void> {
  const startMs = performance.now()
  const { signal, close } = signalOfCall(call)
  let code: string = 'OK'
  try {
    await work(signal)
  } catch (thrown) {
    // Whatever an aborted search fails with, its cause is that the call is over.
    const error = serviceError(signal.aborted ? signal.reason : thrown, serving.logger)
    code = status[error.code]
    fail(error)
  } finally {
    close()
    const seconds = (performance.now() - startMs) / 1000
    serving.metrics.record('spangate_query_seconds', seconds, { method: method.slice(1), code })
  }
}

function decode<Request>(codec: Codec<Request, never>, bytes: Buffer): Request {
  try {
    // protobufjs takes what is there of a field whose length goes beyond the message.
    const reader = new WireReader(bytes)
    while (reader.more()) reader.skip(reader.tag())
    return codec.requestDeserialize(bytes)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is not the message of the method'
    throw new GatewayError('invalid_argument', `Cannot decode request: ${why}`)
  }
}

function trailersOf(
  bound: SearchBound | undefined,
  always: Readonly<Record<string, string>> = {},
): Metadata {
  const trailers = new Metadata()
  for (const [key, value] of Object.entries(always)) trailers.set(key, value)
  if (bound !== undefined) trailers.set(searchBoundKey, boundText(bound))
  return trailers
}
