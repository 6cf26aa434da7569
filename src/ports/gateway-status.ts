import type { SamplingStatus } from './sampling-view.ts'
import type { StoreFacts } from './store-facts.ts'

/** Tells how the process does. */
export interface StatusView {
  /** From what is known already; resolves within about a second, whatever the store does. */
  status(): Promise<GatewayStatus>
}

/** Whether the process takes requests; without its store it is ready for none. */
export type GatewayState = 'starting' | 'ready' | 'store_away' | 'stopping'

/** How the process does; totals are since its start, times ms since the epoch. */
export interface GatewayStatus {
  readonly version: string
  readonly nodeVersion: string
  readonly host: string
  readonly processId: number
  readonly startUnixMs: number
  readonly nowUnixMs: number
  readonly uptimeSeconds: number
  readonly state: GatewayState
  /** What somebody should look at, each a sentence. */
  readonly problems: readonly string[]
  /** Of which all rates are the mean. */
  readonly rateSeconds: number
  readonly process: ProcessStatus
  readonly listeners: readonly ListenerStatus[]
  readonly store: StoreStatus
  readonly admission: AdmissionStatus
  /** Sorted by name. */
  readonly receivers: readonly ReceiverStatus[]
  readonly queries: QueryStatus
  readonly sampling: SamplingStatus
}

/** Something that is counted. */
export interface Count {
  readonly total: number
  readonly perSecond: number
}

/** The part of a count with one reason. */
export interface ReasonCount extends Count {
  readonly reason: string
}

/** Time and memory of the process. */
export interface ProcessStatus {
  /** CPU s per second, of all threads. */
  readonly cpuCores: number
  /** 0 to 1. */
  readonly mainThreadBusy: number
  readonly residentBytes: number
  readonly residentBytesMax: number
  readonly heapUsedBytes: number
  readonly heapBytesMax: number
  readonly externalBytes: number
}

/** A listener. */
export interface ListenerStatus {
  /** With which its settings begin. */
  readonly name: string
  readonly protocol: 'gRPC' | 'HTTP' | 'UDP'
  /** `host:port` each. */
  readonly addresses: readonly string[]
  readonly isEncrypted: boolean
  readonly openConnections: number
}

/** Where spans are kept, and how that goes. */
export interface StoreStatus {
  readonly kind: string
  /** Without a password. */
  readonly address: string
  readonly writes: CallsStatus
  readonly reads: CallsStatus
  /** 0: for ever; undefined: only another process knows. */
  readonly retentionMs: number | undefined
  readonly expiredSpans: Count
  readonly evictedSpans: Count
  /** Undefined where the store did not tell in time, or could not. */
  readonly facts: StoreFacts | undefined
  /** Why it could not. */
  readonly factsFailure?: string | undefined
}

/** How calls of one sort go. */
export interface CallsHealth {
  readonly state: 'idle' | 'ok' | 'failing'
  /** Those that failed because of who was called. */
  readonly failedCount: number
  readonly lastSuccessUnixMs: number | undefined
  /** Only while the state is failing. */
  readonly failingSinceUnixMs: number | undefined
  readonly lastError: { readonly message: string; readonly unixMs: number } | undefined
}

/** The same with its rate. */
export interface CallsStatus extends CallsHealth {
  readonly failed: Count
}

/** The bound of bytes in flight. */
export interface AdmissionStatus {
  readonly bytesInFlight: number
  readonly bytesInFlightMax: number
  readonly pausedConnections: number
  readonly requestSeconds: number
  readonly refusedRequests: readonly ReasonCount[]
  readonly givenUpMessages: readonly ReasonCount[]
}

/** What came to one receiver. */
export interface ReceiverStatus {
  readonly name: string
  readonly formats: readonly string[]
  readonly received: Count
  readonly stored: Count
  readonly inFlight: number
  readonly rejected: readonly ReasonCount[]
  readonly dropped: readonly ReasonCount[]
  readonly refusedRequests: Count
  readonly udp: UdpLosses | undefined
}

/** What only datagrams can lose. */
export interface UdpLosses {
  readonly kernelDropped: Count
  readonly clientSpans: Count
  readonly clientBatches: Count
}

/** What readers ask. */
export interface QueryStatus {
  readonly runningSearches: number
  readonly searchesMax: number
  readonly refusedSearches: Count
  readonly waitingReads: number
  readonly waitingReadsMax: number
  readonly refusedReads: Count
  readonly waitingAnswers: number
  readonly stalledAnswers: Count
}
