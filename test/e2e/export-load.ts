import { encodeGroups } from '../../bridge/otlp/encode-groups.ts'
import type { SampleSpan } from '../conformance/sample.ts'
import { sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { paddingOf } from '../padding.ts'
import type { ExportAnswer } from './gateway-clients.ts'
import { OtlpClient, QueryClient } from './gateway-clients.ts'

/** Which spans a request holds: of one trace, with ids in a row. */
export interface RequestSpans {
  readonly trace: number
  readonly firstId: number
  readonly count: number
  /** Bytes of text added to each span. */
  readonly padding?: number
}

/** The bytes of an ExportTraceServiceRequest with these spans, which started just now. */
export function exportRequest(spans: RequestSpans, change: Partial<SampleSpan> = {}): Uint8Array {
  const { trace, firstId, count, padding = 0 } = spans
  const startMicros = Date.now() * 1000
  const samples = Array.from({ length: count }, (_, at) => {
    const id = firstId + at
    const attributes = padding > 0 ? { padding: paddingOf(trace * 1000 + id, padding) } : {}
    return sampleSpan({ trace, id, startMicros, attributes, ...change })
  })
  return encodeGroups([sampleGroup(samples)])
}

/** Remembers which spans were acknowledged, and asks a gateway whether it has them. */
export class Ledger {
  readonly #spans = new Map<number, Set<string>>()
  #count = 0

  /** Spans acknowledged so far. */
  get count(): number {
    return this.#count
  }

  /** The traces that they are of. */
  get traces(): readonly number[] {
    return [...this.#spans.keys()]
  }

  /** What it knows now. */
  copy(): Ledger {
    const copy = new Ledger()
    for (const [trace, ids] of this.#spans) copy.#spans.set(trace, new Set(ids))
    copy.#count = this.#count
    return copy
  }

  acknowledged({ trace, firstId, count }: RequestSpans): void {
    const ids = this.#spans.get(trace) ?? new Set()
    this.#spans.set(trace, ids)
    for (let id = firstId; id < firstId + count; id++) ids.add(id.toString(16).padStart(16, '0'))
    this.#count += count
  }

  /** What api_v3 does not have of the acknowledged spans, or has twice; one line each. */
  async faults(queryAddress: string, traces = this.traces): Promise<string[]> {
    const client = new QueryClient(queryAddress)
    const faults: string[] = []
    try {
      for (const trace of traces) {
        const found = await client.spanIds(traceIdOf(trace))
        const there = new Set(found)
        if (there.size < found.length) faults.push(`trace ${trace} has spans twice`)
        for (const id of this.#spans.get(trace) ?? []) {
          if (!there.has(id)) faults.push(`span ${id} of trace ${trace} is missing`)
        }
      }
    } finally {
      client.close()
    }
    return faults
  }
}

/** A client with one request under way at a time. */
export interface LoadSender {
  /** Sends spans; every answer is an answer, `OK` where they are stored. */
  send(spans: RequestSpans, timeoutMs?: number): Promise<ExportAnswer>
  close(): void
}

/** What many clients at once send, until they are told to stop. */
export interface LoadOptions {
  readonly address: string
  /** Makes a client of that address; by default one of OTLP over gRPC. */
  readonly sender?: (address: string) => LoadSender
  readonly ledger: Ledger
  /** Clients, each with its own connection and one request under way. */
  readonly clients: number
  /** The first of 20 trace numbers that the spans are of. */
  readonly firstTrace: number
  readonly spansPerRequest?: number
  readonly padding?: number
  readonly timeoutMs?: number
}

/** Exports under way. */
export interface Load {
  /** Answers other than OK so far. */
  readonly refusals: readonly ExportAnswer[]
  /** Requests that were acknowledged so far. */
  readonly acknowledged: number
  /** Resolves when that many requests were acknowledged. */
  reached(requests: number): Promise<void>
  /** Sends no more and waits for the answers that are still to come. */
  stop(): Promise<void>
}

const tracesOfLoad = 20

function otlpSender(address: string): LoadSender {
  const client = new OtlpClient(address)
  return {
    send: (spans, timeoutMs) => client.export(exportRequest(spans), timeoutMs),
    close: () => client.close(),
  }
}

/** Lets clients send one request after the other; each goes on until `stop()`, whatever it is told. */
export function startLoad(options: LoadOptions): Load {
  const { ledger, clients, firstTrace, spansPerRequest = 10, padding = 200 } = options
  const refusals: ExportAnswer[] = []
  const watchers = new Set<() => void>()
  let acknowledged = 0
  let next = 0
  let isStopping = false
  const sender = async (): Promise<void> => {
    const client = (options.sender ?? otlpSender)(options.address)
    while (!isStopping) {
      const at = next++
      const trace = firstTrace + (at % tracesOfLoad)
      const spans = { trace, firstId: at * spansPerRequest + 1, count: spansPerRequest, padding }
      const answer = await client.send(spans, options.timeoutMs)
      if (answer.code === 'OK') {
        ledger.acknowledged(spans)
        acknowledged += 1
        for (const watcher of watchers) watcher()
      } else {
        refusals.push(answer)
        // A gateway that is gone refuses at once; not as fast as this loop can ask.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    client.close()
  }
  const senders = Array.from({ length: clients }, sender)
  return {
    refusals,
    get acknowledged() {
      return acknowledged
    },
    reached: (requests) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (acknowledged < requests) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
    async stop() {
      isStopping = true
      await Promise.all(senders)
    },
  }
}
