import { encodeProcess } from '../jaeger-proto/encode-process.ts'
import { spanBody } from '../jaeger-proto/encode-span.ts'
import type { SpanGroup } from '../model/span.ts'
import { latin1Of } from '../wire/bytes-text.ts'
import type { JaegerProcess, JaegerTrace } from './jaeger-trace.ts'
import type { SpanOfProcess } from './read-span.ts'
import { readProcess, readSpan } from './read-span.ts'

/**
 * Model -> traces in the JSON of Jaeger's user interface. What each becomes is said once, by
 * bridge/jaeger-proto, whose messages this JSON is in other letters.
 */
export function jaegerTracesOf(groups: readonly SpanGroup[]): JaegerTrace[] {
  return encodeTraces(spanBodies(groups))
}

/**
 * Bodies of jaeger.api_v2.Span -> traces in the JSON of Jaeger's user interface.
 *
 * Traces are in the order of their first span, spans in that of the bodies. Spans whose processes
 * have the same service name and the same tags in the same order share one: `p1`, `p2`, ... by first
 * use in the trace.
 *
 * Source: jaeger v1.65.0, model/converter/json.
 *
 * @throws WireError for a body that is no Span
 */
export function encodeTraces(bodies: Iterable<Uint8Array>): JaegerTrace[] {
  const traces = new Map<string, TraceBuilder>()
  for (const body of bodies) {
    const read = readSpan(body)
    const { traceID } = read.span
    const trace = traces.get(traceID) ?? new TraceBuilder()
    traces.set(traceID, trace)
    trace.add(read)
  }
  return Array.from(traces, ([traceID, trace]) => trace.finish(traceID))
}

function* spanBodies(groups: readonly SpanGroup[]): Generator<Uint8Array, void, undefined> {
  for (const { resource, scope, spans } of groups) {
    const processBody = encodeProcess(resource)
    for (const span of spans) yield spanBody({ span, scope, processBody })
  }
}

class TraceBuilder {
  readonly #spans: JaegerTrace['spans'][number][] = []
  readonly #processes: Record<string, JaegerProcess> = {}
  readonly #idsByBody = new Map<string, string>()
  readonly #idsByContent = new Map<string, string>()

  add({ span, processBody }: SpanOfProcess): void {
    const { warnings, ...rest } = span
    this.#spans.push({ ...rest, processID: this.#idOf(processBody), warnings })
  }

  finish(traceID: string): JaegerTrace {
    return { traceID, spans: this.#spans, processes: this.#processes, warnings: null }
  }

  #idOf(body: Uint8Array): string {
    // Most spans of a trace share their bytes with others, which need not be read again.
    const bytes = latin1Of(body)
    let id = this.#idsByBody.get(bytes)
    if (id !== undefined) return id
    const read = readProcess(body)
    const content = JSON.stringify(read)
    id = this.#idsByContent.get(content) ?? `p${this.#idsByContent.size + 1}`
    this.#idsByBody.set(bytes, id)
    this.#idsByContent.set(content, id)
    this.#processes[id] = read
    return id
  }
}
