import { list, number, object, text } from './strict-json.ts'

/** A span as the user interface has it after it has read a trace. */
export interface UiSpan {
  readonly spanID: string
  readonly operationName: string
  readonly serviceName: string
  readonly startTime: number
  readonly duration: number
  readonly tags: ReadonlyMap<string, unknown>
  readonly processTags: ReadonlyMap<string, unknown>
  readonly logs: readonly {
    readonly timestamp: number
    readonly fields: ReadonlyMap<string, unknown>
  }[]
  readonly references: readonly {
    readonly refType: string
    readonly traceID: string
    readonly spanID: string
  }[]
  readonly warnings: readonly string[]
}

/** A trace in the same way. */
export interface UiTrace {
  readonly traceID: string
  readonly spans: readonly UiSpan[]
}

/** What its search page shows of a trace since version 2.20. */
export interface UiSummary {
  readonly traceID: string
  readonly rootServiceName: string
  readonly rootOperationName: string
  /** µs. */
  readonly startTime: number
  readonly duration: number
  readonly spanCount: number
  readonly errorSpanCount: number
  readonly services: readonly string[]
}

/**
 * The requests that Jaeger's user interface makes, and a strict reading of every field that it reads of
 * the answers; what is missing or of another type throws with the path to it.
 *
 * Source: jaeger-ui v2.20.0, packages/jaeger-ui/src/api/jaeger.ts, api/v3/client.ts and schemas.ts,
 * model/transform-trace-data.ts; its search as of v1.76.0, components/SearchTracePage/SearchForm.jsx.
 */
export class JaegerUiClient {
  readonly #root: string

  /** @param address `host:port` */
  constructor(address: string) {
    this.#root = `http://${address}/api/`
  }

  async services(): Promise<string[]> {
    return list(await this.#data('services')).map(text)
  }

  async serviceOperations(service: string): Promise<string[]> {
    const data = await this.#data(`services/${encodeURIComponent(service)}/operations`)
    return data === null ? [] : list(data).map(text)
  }

  async serverOperations(service: string): Promise<string[]> {
    const query = new URLSearchParams({ service, spanKind: 'server' })
    return list(await this.#data(`operations?${query}`)).map((entry) => text(object(entry)['name']))
  }

  async trace(id: string): Promise<UiTrace | undefined> {
    return list(await this.#data(`traces/${encodeURIComponent(id)}`)).map(traceOf)[0]
  }

  /** The comparison of traces asks for several. */
  async traces(
    ids: readonly string[],
  ): Promise<{ readonly traces: UiTrace[]; readonly errors: unknown }> {
    const query = ids.map((id) => `traceID=${id}`).join('&')
    const { data, errors } = object(await this.#json(`traces?${query}`))
    return { traces: list(data).map(traceOf), errors }
  }

  /** What its form sends: what is not filled in is there without a value. */
  async search(fields: {
    readonly service: string
    readonly operation?: string
    readonly tags?: Readonly<Record<string, string>>
    readonly minDuration?: string
    readonly maxDuration?: string
    readonly startMicros: number
    readonly endMicros: number
  }): Promise<UiTrace[]> {
    const { service, operation, tags, minDuration, maxDuration, startMicros, endMicros } = fields
    const pairs = [
      `end=${endMicros}`,
      'limit=20',
      'lookback=1h',
      valued('maxDuration', maxDuration),
      valued('minDuration', minDuration),
      ...(operation === undefined ? [] : [valued('operation', operation)]),
      valued('service', service),
      `start=${startMicros}`,
      ...(tags === undefined ? [] : [valued('tags', JSON.stringify(tags))]),
    ]
    return list(await this.#data(`traces?${pairs.join('&')}`)).map(traceOf)
  }

  async summaries(query: Readonly<Record<string, string>>): Promise<UiSummary[]> {
    const answer = object(await this.#json(`v3/trace-summaries?${new URLSearchParams(query)}`))
    return list(answer['summaries'] ?? []).map(summaryOf)
  }

  async servicesV3(): Promise<string[]> {
    return list(object(await this.#json('v3/services'))['services']).map(text)
  }

  async spanNames(
    service: string,
  ): Promise<{ readonly name: string; readonly spanKind: string }[]> {
    const answer = await this.#json(`v3/operations?service=${encodeURIComponent(service)}`)
    return list(object(answer)['operations']).map((entry) => {
      const { name, spanKind } = object(entry)
      return { name: text(name), spanKind: text(spanKind) }
    })
  }

  async dependencies(endTs: number, lookback: number): Promise<{ readonly parent: string }[]> {
    return list(await this.#data(`dependencies?endTs=${endTs}&lookback=${lookback}`)).map(
      (link) => {
        const { parent, child, callCount } = object(link)
        return { parent: text(parent), child: text(child), callCount: number(callCount) }
      },
    )
  }

  /** Its page for files sends what was dropped on it, with no content type that says anything. */
  async transform(otlp: object): Promise<UiTrace[]> {
    const init = { method: 'POST', body: JSON.stringify(otlp) }
    return list(object(await this.#json('transform', init))['data']).map(traceOf)
  }

  archive(id: string): Promise<unknown> {
    return this.#json(`archive/${id}`, { method: 'POST' })
  }

  /** Several services are joined in this way, whatever that means. */
  metrics(type: string, services: readonly string[], query: string): Promise<unknown> {
    return this.#json(
      `metrics/${type}?${services.map((name) => `service=${name}`).join(',')}&${query}`,
    )
  }

  async #data(path: string): Promise<unknown> {
    return object(await this.#json(path))['data']
  }

  /** A failure becomes the words that the interface shows. */
  async #json(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(this.#root + path, init)
    if (response.status < 400) return await response.json()
    const body = await response.text()
    const errors = list(object(JSON.parse(body))['errors'])
    const words = errors.map((entry) => {
      const { code, msg } = object(entry)
      return number(code) === response.status ? text(msg) : `${code} - ${msg}`
    })
    throw new Error(`HTTP Error: ${words.join('; ')}`)
  }
}

function valued(name: string, value: string | undefined): string {
  return value === undefined ? name : `${name}=${encodeURIComponent(value)}`
}

function traceOf(json: unknown): UiTrace {
  const { traceID, spans, processes } = object(json)
  const known = object(processes)
  return { traceID: text(traceID), spans: list(spans).map((span) => spanOf(span, known)) }
}

function spanOf(json: unknown, processes: Readonly<Record<string, unknown>>): UiSpan {
  const span = object(json)
  const process = object(processes[text(span['processID'])])
  return {
    spanID: text(span['spanID']),
    operationName: text(span['operationName']),
    serviceName: text(process['serviceName']),
    startTime: number(span['startTime']),
    duration: number(span['duration']),
    tags: tagsOf(span['tags']),
    processTags: tagsOf(process['tags']),
    logs: list(span['logs']).map((log) => {
      const { timestamp, fields } = object(log)
      return { timestamp: number(timestamp), fields: tagsOf(fields) }
    }),
    references: list(span['references']).map((entry) => {
      const { refType, traceID, spanID } = object(entry)
      return { refType: text(refType), traceID: text(traceID), spanID: text(spanID) }
    }),
    warnings: list(span['warnings'] ?? []).map(text),
  }
}

function tagsOf(json: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    list(json).map((entry) => {
      const { key, value } = object(entry)
      return [text(key), value]
    }),
  )
}

function summaryOf(json: unknown): UiSummary {
  const summary = object(json)
  const traceID = text(summary['traceId'])
  if (!/^[0-9a-f]{32}$/i.test(traceID)) throw new Error(`${traceID} has not 32 digits`)
  const start = BigInt(text(summary['minStartTimeUnixNano']))
  const end = BigInt(text(summary['maxEndTimeUnixNano']))
  return {
    traceID,
    rootServiceName: text(summary['rootServiceName'] ?? ''),
    rootOperationName: text(summary['rootOperationName'] ?? ''),
    startTime: Number(start / 1000n),
    duration: Number((end - start) / 1000n),
    spanCount: number(summary['spanCount'] ?? 0),
    errorSpanCount: number(summary['errorSpanCount'] ?? 0),
    services: list(summary['services'] ?? []).map((service) => text(object(service)['name'])),
  }
}
