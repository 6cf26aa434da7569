import { setTimeout } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import type { SpanGroup } from '../../bridge/model/span.ts'
import { encodeGroups } from '../../bridge/otlp/encode-groups.ts'
import type { SampleSpan } from '../conformance/sample.ts'
import { sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { paddingOf } from '../padding.ts'
import { OtlpClient, QueryClient } from './gateway-clients.ts'

/** Which spans a request holds: of one trace, with ids in a row. */
export interface RequestSpans {
  readonly trace: number
  readonly firstId: number
  readonly count: number
  /** Bytes of text added to each span. */
  readonly padding?: number
  /** When they all started; by default just now. A request that comes again has the same. */
  readonly startMicros?: number
  /** By default the one of all samples. */
  readonly service?: string
}

/** The bytes of an ExportTraceServiceRequest with these spans. */
export function exportRequest(spans: RequestSpans, change: Partial<SampleSpan> = {}): Uint8Array {
  return encodeGroups([requestGroup(spans, change)])
}

/** The same as objects, for other encodings. */
export function requestGroup(spans: RequestSpans, change: Partial<SampleSpan> = {}): SpanGroup {
  const { trace, firstId, count, padding = 0, startMicros = Date.now() * 1000 } = spans
  const samples = Array.from({ length: count }, (_, at) => {
    const id = firstId + at
    const attributes = padding > 0 ? { padding: paddingOf(trace * 1000 + id, padding) } : {}
    return sampleSpan({ trace, id, startMicros, attributes, ...change })
  })
  return sampleGroup(samples, spans.service === undefined ? {} : { service: spans.service })
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
        const found = await spanIdsAgain(client, trace)
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

const readAgainMs = 20_000

/** As a client does it: what says UNAVAILABLE is asked again for some time. */
async function spanIdsAgain(client: QueryClient, trace: number): Promise<string[]> {
  const endMs = performance.now() + readAgainMs
  for (;;) {
    try {
      return await client.spanIds(traceIdOf(trace))
    } catch (error) {
      const isAway = (error as { code?: number }).code === status.UNAVAILABLE
      if (!isAway || performance.now() > endMs) throw error
      await setTimeout(500)
    }
  }
}

/** A connection of a client that sends spans in some protocol. */
export interface LoadClient {
  /** Sends one request; every answer that it gets, or none, is an answer. */
  send(spans: RequestSpans, timeoutMs?: number): Promise<LoadAnswer>
  close(): void
}

/** What a request was answered. */
export interface LoadAnswer {
  /** `OK` when its spans were acknowledged, else whatever the protocol says. */
  readonly code: string
  readonly message: string
  /** When the client may try again, if the answer says so. */
  readonly retryAfterMs: number | undefined
}

/** What many clients at once send, until they are told to stop. */
export interface LoadOptions {
  readonly address: string
  /** Opens a client's connection; OTLP over gRPC where it is left out. */
  readonly connect?: (address: string) => LoadClient
  readonly ledger: Ledger
  /** Clients, each with its own connection and one request under way. */
  readonly clients: number
  /** The first of the trace numbers that the spans are of. */
  readonly firstTrace: number
  /** Of so many traces; by default 20. */
  readonly traces?: number
  /** A client waits so long after each answer; by default not at all. */
  readonly pauseMs?: number
  /** A request that was refused is sent again for so long; by default not at all. */
  readonly retryForMs?: number
  readonly spansPerRequest?: number
  readonly padding?: number
  readonly timeoutMs?: number
}

/** Exports under way. */
export interface Load {
  /** Answers other than OK so far. */
  readonly refusals: readonly LoadAnswer[]
  /** The last answers to requests that were given up. */
  readonly givenUp: readonly LoadAnswer[]
  /** Requests that were acknowledged so far. */
  readonly acknowledged: number
  /** Resolves when that many requests were acknowledged. */
  reached(requests: number): Promise<void>
  /** Sends no more and waits for the answers that are still to come. */
  stop(): Promise<void>
}

const tracesOfLoad = 20

function connectOtlp(address: string): LoadClient {
  const client = new OtlpClient(address)
  return {
    send: (spans, timeoutMs) => client.export(exportRequest(spans), timeoutMs),
    close: () => client.close(),
  }
}

/**
 * Lets clients send one request after the other; each goes on until `stop()`, whatever it is told, and
 * ends what it has begun.
 */
export function startLoad(options: LoadOptions): Load {
  const { ledger, clients, spansPerRequest = 10, padding = 200 } = options
  const { firstTrace, traces = tracesOfLoad, pauseMs = 0, retryForMs = 0 } = options
  const refusals: LoadAnswer[] = []
  const givenUp: LoadAnswer[] = []
  const watchers = new Set<() => void>()
  let acknowledged = 0
  let next = 0
  let isStopping = false
  const sendOnce = async (client: LoadClient, spans: RequestSpans): Promise<boolean> => {
    const endMs = performance.now() + retryForMs
    for (;;) {
      const answer = await client.send(spans, options.timeoutMs)
      if (answer.code === 'OK') return true
      refusals.push(answer)
      // A gateway that is gone refuses at once; not as fast as this loop can ask.
      await setTimeout(20)
      if (performance.now() < endMs) continue
      givenUp.push(answer)
      return false
    }
  }
  const sender = async (): Promise<void> => {
    const client = (options.connect ?? connectOtlp)(options.address)
    while (!isStopping) {
      const at = next++
      const spans = {
        trace: firstTrace + (at % traces),
        firstId: at * spansPerRequest + 1,
        count: spansPerRequest,
        padding,
        startMicros: Date.now() * 1000,
      }
      if (await sendOnce(client, spans)) {
        ledger.acknowledged(spans)
        acknowledged += 1
        for (const watcher of watchers) watcher()
      }
      if (pauseMs > 0) await setTimeout(pauseMs)
    }
    client.close()
  }
  const senders = Array.from({ length: clients }, sender)
  return {
    refusals,
    givenUp,
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
