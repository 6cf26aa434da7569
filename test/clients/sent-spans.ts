import type { PeerName } from './peers.ts'
import { runJson } from './peers.ts'

/** An OTLP span as the foreign programs print it; README.md says how. Only what tests name. */
export interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: string
  readonly startNano: string
  readonly endNano: string
  readonly status: { readonly code: string; readonly message: string }
  readonly events: readonly { readonly name: string }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly resource: Readonly<Record<string, unknown>>
  readonly attributes: Readonly<Record<string, unknown>>
}

/** One tag of Jaeger's model. */
export interface Tag {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

/** A span of Jaeger's model as the foreign programs print it. */
export interface JaegerSpan {
  readonly traceId: string
  readonly spanId: string
  readonly operationName: string
  readonly flags: number
  readonly tags: readonly Tag[]
  readonly logs: readonly { readonly timeNano: string; readonly fields: readonly Tag[] }[]
  readonly process: { readonly serviceName: string; readonly tags: readonly Tag[] }
}

/** What a run of a sending program is told. */
export interface Sending {
  readonly endpoint: string
  readonly run: string
  readonly traces: number
  readonly startMs: number
  readonly gzip: boolean
  /** Of an OpenTelemetry SDK; gRPC by default. Or of a client for Jaeger; UDP by default. */
  readonly protocol?: 'http/protobuf' | 'http/json' | 'udp' | 'http' | 'grpc'
}

/** Lets a program send; answers the spans that it says it sent. */
export async function send<S extends SentSpan | JaegerSpan>(
  name: PeerName,
  sending: Sending,
): Promise<readonly S[]> {
  const { endpoint, run, traces, startMs, gzip, protocol } = sending
  const flags = ['--endpoint', endpoint, '--run', run, '--traces', String(traces)]
  const how = [
    ...(protocol === undefined ? [] : ['--protocol', protocol]),
    ...(gzip ? ['--gzip'] : []),
  ]
  const all = [...flags, '--start-ms', String(startMs), ...how]
  const { spans } = (await runJson(name, all)) as { readonly spans: readonly S[] }
  return spans
}

/** What jaeger-query prints: spans, services or operations, or the status it was answered with. */
export interface Answer<S> {
  readonly spans?: readonly S[]
  readonly services?: readonly string[]
  readonly operations?: readonly { readonly name: string; readonly spanKind: string }[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** Reads with Jaeger's own contracts, api_v2 or api_v3. */
export async function query<S extends SentSpan | JaegerSpan>(
  api: 'v2' | 'v3',
  endpoint: string,
  ...command: readonly string[]
): Promise<Answer<S>> {
  const args = ['-endpoint', endpoint, '-api', api, ...command]
  return (await runJson('jaeger-query', args)) as Answer<S>
}

/** Spans by trace and span id, so that two lists of them compare. */
export function inOrder<S extends SentSpan | JaegerSpan>(spans: readonly S[]): readonly S[] {
  const id = (span: S) => span.traceId + span.spanId
  return [...spans].sort((a, b) => (id(a) < id(b) ? -1 : 1))
}

/** Trace ids in order of first appearance. */
export function traceIds(spans: readonly { readonly traceId: string }[]): readonly string[] {
  return [...new Set(spans.map((span) => span.traceId))]
}
