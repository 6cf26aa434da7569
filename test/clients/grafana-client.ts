import { integer, list, object, text } from './strict-json.ts'

/** A row of the table that a search becomes. */
export interface GrafanaTraceRow {
  readonly traceID: string
  readonly traceName: string
  readonly startMicros: number
  readonly durationMicros: number
}

/** A row of the frame that a trace becomes. */
export interface GrafanaSpanRow {
  readonly traceID: string
  readonly spanID: string
  readonly parentSpanID: string | undefined
  readonly operationName: string
  readonly serviceName: string
  readonly serviceTags: readonly unknown[]
  readonly startMs: number
  readonly durationMs: number
  readonly logs: readonly unknown[]
  readonly references: readonly unknown[]
  readonly tags: readonly unknown[]
  readonly warnings: readonly unknown[]
}

interface Span {
  readonly traceID: string
  readonly spanID: string
  readonly processID: string
  readonly operationName: string
  readonly startTime: number
  readonly duration: number
  readonly references: readonly {
    readonly refType: string
    readonly spanID: string
    readonly traceID: string
  }[]
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly Tag[] }[]
  readonly tags: readonly Tag[]
  readonly warnings: readonly string[]
}

interface Tag {
  readonly key: string
  readonly type: string
  readonly value: unknown
}

interface Trace {
  readonly traceID: string
  readonly spans: readonly Span[]
  readonly processes: ReadonlyMap<
    string,
    { readonly serviceName: string; readonly tags: readonly Tag[] }
  >
}

/**
 * The requests that Grafana's Jaeger data source makes, and what it makes of the answers, read as its
 * Go structs are: whole numbers are whole, and a trace has a span.
 *
 * Source: grafana-jaeger-datasource v13.0.1, pkg/jaeger/client.go, types/types.go and utils/client_utils.go.
 */
export class GrafanaClient {
  readonly #url: string

  /** @param address `host:port` */
  constructor(address: string) {
    this.#url = `http://${address}`
  }

  /** Also its health check. */
  async services(): Promise<readonly string[]> {
    return names(await this.#data('/api/services'))
  }

  async operations(service: string): Promise<readonly string[]> {
    // Go's url.JoinPath escapes what a path cannot hold, which slashes and `+` are not.
    const path = encodeURI(service).replaceAll('?', '%3F').replaceAll('#', '%23')
    return names(await this.#data(`/api/services/${path}/operations`))
  }

  async search(query: Readonly<Record<string, string>>): Promise<GrafanaTraceRow[]> {
    const traces = list(await this.#data(`/api/traces?${new URLSearchParams(query)}`)).map(traceOf)
    return traces.map(rowOf).sort((a, b) => b.startMicros - a.startMicros)
  }

  /** Times are only sent when the data source is told to. */
  async trace(id: string, times: Readonly<Record<string, string>> = {}): Promise<GrafanaSpanRow[]> {
    const query = new URLSearchParams(times).toString()
    const path = `/api/traces/${encodeURIComponent(id)}${query === '' ? '' : `?${query}`}`
    const [trace] = list(await this.#data(path)).map(traceOf)
    return trace?.spans.map((span) => spanRowOf(span, trace)) ?? []
  }

  async dependencies(endMs: number, lookbackMs: number): Promise<readonly unknown[]> {
    const links = await this.#data(`/api/dependencies?endTs=${endMs}&lookback=${lookbackMs}`)
    return list(links).map((link) => {
      const { parent, child, callCount } = object(link)
      return { parent: text(parent), child: text(child), callCount: integer(callCount) }
    })
  }

  async #data(path: string): Promise<unknown> {
    const response = await fetch(this.#url + path, { headers: { 'accept-encoding': 'gzip' } })
    if (response.status !== 200) throw new Error(`request failed: ${response.status}`)
    const { data, limit, offset, total } = object(await response.json())
    for (const count of [limit, offset, total]) integer(count)
    return data
  }
}

/** Go's null list is an empty one. */
function names(data: unknown): readonly string[] {
  return data === null ? [] : list(data).map(text)
}

function traceOf(json: unknown): Trace {
  const { traceID, spans, processes } = object(json)
  const known = Object.entries(object(processes)).map(([id, process]) => {
    const { serviceName, tags } = object(process)
    return [id, { serviceName: text(serviceName), tags: tagsOf(tags) }] as const
  })
  return { traceID: text(traceID), spans: list(spans).map(spanOf), processes: new Map(known) }
}

function spanOf(json: unknown): Span {
  const span = object(json)
  return {
    traceID: text(span['traceID']),
    spanID: text(span['spanID']),
    processID: text(span['processID']),
    operationName: text(span['operationName']),
    startTime: integer(span['startTime']),
    duration: integer(span['duration']),
    references: list(span['references']).map((entry) => {
      const { refType, spanID, traceID } = object(entry)
      return { refType: text(refType), spanID: text(spanID), traceID: text(traceID) }
    }),
    logs: list(span['logs']).map((entry) => {
      const { timestamp, fields } = object(entry)
      return { timestamp: integer(timestamp), fields: tagsOf(fields) }
    }),
    tags: tagsOf(span['tags']),
    warnings: list(span['warnings'] ?? []).map(text),
  }
}

function tagsOf(json: unknown): readonly Tag[] {
  return list(json).map((entry) => {
    const { key, type, value } = object(entry)
    return { key: text(key), type: text(type), value }
  })
}

function rowOf({ traceID, spans, processes }: Trace): GrafanaTraceRow {
  const [first, ...others] = spans
  if (first === undefined) throw new Error('a trace without spans ends the data source')
  const root = others.reduce(
    (earliest, span) => (span.startTime < earliest.startTime ? span : earliest),
    first,
  )
  const service = processes.get(root.processID)?.serviceName ?? ''
  return {
    traceID,
    traceName: `${service}: ${root.operationName}`,
    startMicros: root.startTime,
    durationMicros: root.duration,
  }
}

function spanRowOf(span: Span, { processes }: Trace): GrafanaSpanRow {
  const parent = span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID
  const process = processes.get(span.processID)
  return {
    traceID: span.traceID,
    spanID: span.spanID,
    parentSpanID: parent,
    operationName: span.operationName,
    serviceName: process?.serviceName ?? '',
    serviceTags: process?.tags ?? [],
    startMs: span.startTime / 1000,
    durationMs: span.duration / 1000,
    logs: span.logs.map((log) => ({ ...log, timestamp: log.timestamp / 1000 })),
    references: span.references.filter(({ spanID }) => parent === undefined || spanID !== parent),
    tags: span.tags,
    warnings: span.warnings,
  }
}
