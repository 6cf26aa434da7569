import { hostname, totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type {
  CallsHealth,
  CallsStatus,
  GatewayState,
  GatewayStatus,
  ListenerStatus,
  ProcessStatus,
  ReceiverStatus,
  StatusView,
  StoreStatus,
} from '../ports/gateway-status.ts'
import type { SamplingView } from '../ports/sampling-view.ts'
import type { StoreFacts } from '../ports/store-facts.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { RateWindow } from '../telemetry/rate-window.ts'
import type { CountedName } from './count-table.ts'
import { CountTable, readTotals } from './count-table.ts'
import { findProblems } from './find-problems.ts'

/** What the status is made of. All of it is asked when somebody wants a status. */
export interface GatewayStatusOptions {
  readonly version: string
  readonly metrics: Pick<Metrics, 'sums'>
  readonly store: StoreParts
  readonly sampling: Pick<SamplingView, 'status'>
  readonly admission: AdmissionParts
  readonly searchesMax: number
  /** Answers that wait for their clients. */
  readonly waitingAnswers: () => number
  /** In the order of the settings. */
  readonly listeners: () => readonly Omit<ListenerStatus, 'openConnections'>[]
  readonly state: () => GatewayState
  /** How long the store may take to tell of itself, ms; 1,000. */
  readonly factsMsMax?: number
}

/** The store, and how it is watched. */
export interface StoreParts {
  /** Without a password. */
  readonly address: string
  readonly retentionMs: number
  /** Undefined: it has nothing to tell. */
  readonly facts: (() => Promise<StoreFacts>) | undefined
  readonly writes: { readonly health: CallsHealth }
  readonly reads: { readonly health: CallsHealth }
}

/** The bound of bytes in flight. */
export interface AdmissionParts {
  readonly budget: { readonly usedBytes: number; readonly boundBytes: number }
  readonly inflow: { readonly pausedConnections: number; readonly requestSeconds: number }
}

/** How the gateway does, from what its parts know. Closed with them. */
export class GatewayStatusBoard implements StatusView {
  readonly #options: GatewayStatusOptions
  readonly #window: RateWindow
  readonly #startUnixMs = Date.now()
  readonly #startMs = performance.now()
  /** The store is asked once at a time, however many ask here. */
  #facts: Promise<StoreFacts | undefined> | undefined
  /** Why it could not tell when it was asked last. */
  #factsFailure: string | undefined

  constructor(options: GatewayStatusOptions) {
    this.#options = options
    this.#window = new RateWindow({ read: () => this.#totals() })
  }

  async status(): Promise<GatewayStatus> {
    const { version, sampling, state } = this.#options
    const facts = await this.storeFacts()
    const totals = this.#totals()
    const counts = new CountTable(totals, this.#window.rates(totals))
    const status = {
      version,
      nodeVersion: process.versions.node,
      host: hostname(),
      processId: process.pid,
      startUnixMs: this.#startUnixMs,
      nowUnixMs: Date.now(),
      uptimeSeconds: (performance.now() - this.#startMs) / 1000,
      state: state(),
      rateSeconds: counts.rateSeconds,
      process: processStatus(counts),
      listeners: this.#listeners(),
      store: this.#storeStatus(facts, counts),
      admission: this.#admissionStatus(counts),
      receivers: this.#receivers(counts),
      queries: this.#queries(facts, counts),
      sampling: sampling.status(),
    }
    return { ...status, problems: findProblems(status) }
  }

  /** What the store tells of itself; undefined where it does not within a second. */
  async storeFacts(): Promise<StoreFacts | undefined> {
    const { store, factsMsMax = 1000 } = this.#options
    if (store.facts === undefined) return {}
    this.#facts ??= store
      .facts()
      .then((facts) => {
        this.#factsFailure = undefined
        return facts
      })
      .catch((error: unknown) => {
        this.#factsFailure = error instanceof Error ? error.message : String(error)
        return undefined
      })
      .finally(() => {
        this.#facts = undefined
      })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), factsMsMax)
    })
    try {
      return await Promise.race([this.#facts, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Looks at rates no more; safe to call twice. */
  close(): void {
    this.#window.close()
  }

  #totals() {
    const { metrics, store } = this.#options
    return readTotals(metrics, () => [
      ['store_writes_failed', store.writes.health.failedCount],
      ['store_reads_failed', store.reads.health.failedCount],
    ])
  }

  #listeners(): readonly ListenerStatus[] {
    const { metrics, listeners } = this.#options
    const open = new Map<string, number>()
    for (const { labels, value } of metrics.sums('spangate_connections_open')) {
      open.set(labels.listener, value)
    }
    return listeners().map((listener) => ({
      ...listener,
      openConnections: open.get(listener.name.replace('.', '_')) ?? 0,
    }))
  }

  #storeStatus(facts: StoreFacts | undefined, counts: CountTable): StoreStatus {
    const { address, retentionMs, writes, reads } = this.#options.store
    const [kind = ''] = address.split(':', 1)
    return {
      kind,
      address,
      writes: callsStatus(writes.health, 'store_writes_failed', counts),
      reads: callsStatus(reads.health, 'store_reads_failed', counts),
      retentionMs: facts?.isElsewhere ? undefined : (facts?.retentionMs ?? retentionMs),
      expiredSpans: counts.count('spangate_spans_expired_total', { reason: 'retention' }),
      evictedSpans: counts.count('spangate_spans_expired_total', { reason: 'eviction' }),
      facts,
      factsFailure: facts === undefined ? this.#factsFailure : undefined,
    }
  }

  #admissionStatus(counts: CountTable): GatewayStatus['admission'] {
    const { budget, inflow } = this.#options.admission
    return {
      bytesInFlight: budget.usedBytes,
      bytesInFlightMax: budget.boundBytes,
      pausedConnections: inflow.pausedConnections,
      requestSeconds: inflow.requestSeconds,
      refusedRequests: counts.byReason('spangate_requests_refused_total'),
      givenUpMessages: counts.byReason('spangate_messages_given_up_total'),
    }
  }

  #receivers(counts: CountTable): readonly ReceiverStatus[] {
    const { metrics } = this.#options
    const formats = new Map<string, Set<string>>()
    const inFlight = new Map<string, number>()
    for (const { labels } of metrics.sums('spangate_spans_received_total')) {
      const known = formats.get(labels.receiver) ?? new Set()
      formats.set(labels.receiver, known.add(labels.format))
    }
    for (const { labels, value } of metrics.sums('spangate_spans_in_flight')) {
      inFlight.set(labels.receiver, (inFlight.get(labels.receiver) ?? 0) + value)
    }
    const kernelDropped = 'spangate_udp_kernel_dropped_total'
    const udp = counts.receivers(kernelDropped)
    const met = (name: CountedName): readonly string[] =>
      counts.receivers(name).filter((receiver) => counts.count(name, { receiver }).total > 0)
    const names = new Set(signsOfLife.flatMap(met))
    return [...names].sort().map((receiver) => ({
      name: receiver,
      formats: [...(formats.get(receiver) ?? [])].sort(),
      received: counts.count('spangate_spans_received_total', { receiver }),
      stored: counts.count('spangate_spans_stored_total', { receiver }),
      inFlight: inFlight.get(receiver) ?? 0,
      rejected: counts.byReason('spangate_spans_rejected_total', { receiver }),
      dropped: counts.byReason('spangate_spans_dropped_total', { receiver }),
      refusedRequests: counts.count('spangate_requests_refused_total', { receiver }),
      udp: udp.includes(receiver)
        ? {
            kernelDropped: counts.count(kernelDropped, { receiver }),
            clientSpans: counts.count('spangate_client_spans_lost_total', { receiver }),
            clientBatches: counts.count('spangate_client_batches_lost_total', { receiver }),
          }
        : undefined,
    }))
  }

  #queries(facts: StoreFacts | undefined, counts: CountTable): GatewayStatus['queries'] {
    const { metrics, searchesMax, waitingAnswers } = this.#options
    const [searches] = metrics.sums('spangate_searches_under_way')
    const { details } = facts ?? {}
    const reads = details?.kind === 'sqlite' ? details : { waitingReads: 0, waitingReadsMax: 0 }
    return {
      runningSearches: searches?.value ?? 0,
      searchesMax,
      refusedSearches: counts.count('spangate_searches_refused_total'),
      waitingReads: reads.waitingReads,
      waitingReadsMax: reads.waitingReadsMax,
      refusedReads: counts.count('spangate_reads_refused_total'),
      waitingAnswers: waitingAnswers(),
      stalledAnswers: counts.count('spangate_answers_stalled_total'),
    }
  }
}

/** What a receiver counts that took something, or lost it. */
const signsOfLife = [
  'spangate_spans_received_total',
  'spangate_requests_refused_total',
  'spangate_udp_kernel_dropped_total',
  'spangate_client_batches_lost_total',
  'spangate_client_spans_lost_total',
] as const

function callsStatus(health: CallsHealth, name: string, counts: CountTable): CallsStatus {
  return { ...health, failed: counts.count(name) }
}

function processStatus(counts: CountTable): ProcessStatus {
  const { rss, heapUsed, external } = process.memoryUsage()
  return {
    cpuCores: counts.count('cpu_seconds').perSecond,
    mainThreadBusy: Math.min(1, counts.count('main_thread_busy_seconds').perSecond),
    residentBytes: rss,
    residentBytesMax: memoryBytesMax(),
    heapUsedBytes: heapUsed,
    heapBytesMax: getHeapStatistics().heap_size_limit,
    externalBytes: external,
  }
}

/** That of the container where there is one; without one the system says 0, or more than there is. */
function memoryBytesMax(): number {
  const machine = totalmem()
  const container = process.constrainedMemory() ?? 0
  return container > 0 && container < machine ? container : machine
}
